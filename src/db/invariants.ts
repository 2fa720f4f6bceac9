import { sql, type RawBuilder } from 'kysely'
import { holding } from '../domain/refund.ts'
import { brokenLinks } from './audit-chain.ts'

export type Books = {
  readonly account: string
  readonly now: Date
}

/** Something that must be so after every commit. `broken` finds what is not: a subject, and what is wrong with it in words. */
export type Invariant = {
  readonly code: string
  readonly sentence: string
  broken(books: Books): RawBuilder<{ subject: string; what: string }>
}

/** The statuses in which a refund uses up room. */
const holdingSql = sql`(${sql.join(holding.map((status) => sql.lit(status)))})`

const openException = (kind: string, subject: RawBuilder<unknown>): RawBuilder<unknown> => sql`exists (
  select from exception e where e.account_id = x.account_id and e.kind = ${kind} and e.subject_id = ${subject} and e.resolved_at is null)`

const money: readonly Invariant[] = [
  {
    code: 'never-too-much',
    sentence: 'What refunds hold of a payment is never more than was captured.',
    broken: ({ account }) => sql`
      select x.id as subject, format('captured %s, held %s, overlap %s', x.captured_minor, h.held, x.overlap_minor) as what
      from payment x cross join lateral (
        select coalesce(sum(amount_minor), 0) as held from refund r
        where r.account_id = x.account_id and r.payment_id = x.id and r.status in ${holdingSql}) h
      where x.account_id = ${account} and (h.held > x.captured_minor + x.overlap_minor or h.held <> x.reserved_minor)`,
  },
  {
    code: 'overlap-is-told',
    sentence: 'Money that is claimed twice is always told to a person.',
    broken: ({ account }) => sql`
      select x.id as subject, format('%s minor units overlap and no exception is open', x.overlap_minor) as what
      from payment x where x.account_id = ${account} and x.overlap_minor > 0
        and not ${openException('refunded_elsewhere_too', sql`x.id`)}`,
  },
  {
    code: 'one-approval-each',
    sentence: 'Every refund stands on one approval of its own: same request, amount and currency, given before it.',
    broken: ({ account }) => sql`
      select x.id as subject, format('stands on %s: %s %s %s at %s', d.id, d.verdict, d.amount_minor, d.currency, d.at) as what
      from refund x join decision d on d.account_id = x.account_id and d.id = x.decision_id
      where x.account_id = ${account} and (d.verdict <> 'approve' or d.request_id <> x.request_id or d.amount_minor <> x.amount_minor
        or d.currency <> x.currency or d.at > x.created_at + interval '1 second')
      union all
      select min(x.id), format('%s refunds stand on %s', count(*), x.decision_id)
      from refund x where x.account_id = ${account} group by x.decision_id having count(*) > 1`,
  },
  {
    code: 'same-payment',
    sentence: 'A refund, its request and its payment belong together, in one currency.',
    broken: ({ account }) => sql`
      select x.id as subject, format('refund of %s in %s, request for %s, payment in %s', x.payment_id, x.currency, q.payment_id, p.currency) as what
      from refund x join refund_request q on q.account_id = x.account_id and q.id = x.request_id
      join payment p on p.account_id = x.account_id and p.id = x.payment_id
      where x.account_id = ${account} and (q.payment_id <> x.payment_id or p.currency <> x.currency)`,
  },
  {
    code: 'frozen-call',
    sentence: 'What is sent under a refund’s only key says what the refund says.',
    broken: ({ account }) => sql`
      select x.id as subject, format('key %s, body %s', x.idempotency_key, x.body) as what
      from refund x join payment p on p.account_id = x.account_id and p.id = x.payment_id
      where x.account_id = ${account} and x.origin = 'moneyback' and (
        x.idempotency_key <> 'moneyback-' || x.id
        or x.body::jsonb -> 'metadata' ->> 'moneyback_refund' is distinct from x.id
        or (x.body::jsonb ->> 'amount')::bigint is distinct from x.amount_minor
        or not coalesce(x.body::jsonb ->> 'payment_intent' = p.stripe_payment_intent, x.body::jsonb ->> 'charge' = p.stripe_charge, false))`,
  },
  {
    code: 'intent-first',
    sentence: 'Whatever Stripe has of ours was written down before it was sent.',
    broken: ({ account }) => sql`
      select x.id as subject, format('%s since %s, sent %s times', x.status, x.created_at, x.send_count) as what
      from refund x where x.account_id = ${account} and x.origin = 'moneyback' and x.stripe_refund_id is not null
        and (x.first_sent_at is null or x.send_count < 1 or not exists (
          select from move m where m.account_id = x.account_id and m.machine = 'refund' and m.subject_id = x.id and m.event = 'send'))`,
  },
  {
    code: 'two-people',
    sentence: 'Where the policy wants several people, so many different ones approved, and none of them had asked.',
    broken: ({ account }) => sql`
      select x.id as subject, format('%s of %s approvals', s.people, s.needed) as what
      from refund x join decision d on d.account_id = x.account_id and d.id = x.decision_id
      join refund_request q on q.account_id = x.account_id and q.id = x.request_id
      cross join lateral (
        select (select (p.explanation -> 'approvers' ->> 'count')::int from decision p
                where p.account_id = x.account_id and p.request_id = x.request_id and p.by = 'policy' and p.at <= d.at
                order by p.at desc, p.id desc limit 1) as needed,
          (select count(distinct a.by) from decision a
            where a.account_id = x.account_id and a.request_id = x.request_id and a.verdict = 'approve' and a.by <> 'policy'
              and a.amount_minor = x.amount_minor and a.at <= d.at
              and (a.by <> q.created_by or a.by not like 'staff:%')) as people) s
      where x.account_id = ${account} and x.origin = 'moneyback' and d.by like 'staff:%' and s.people < coalesce(s.needed, 1)
        -- A team of one has switched it off, and each such approval says so.
        and not exists (select from audit w where w.account_id = x.account_id and w.subject_id = x.request_id
          and w.action = 'request.approved' and w.detail ->> 'four_eyes' = 'off')`,
  },
  {
    code: 'nothing-while-disputed',
    sentence: 'Nothing is sent for a payment whose dispute we know of.',
    broken: ({ account }) => sql`
      select x.id as subject, format('sent %s, dispute %s since %s', x.first_sent_at, k.dispute, k.at) as what
      from refund x cross join lateral (
        select a.detail ->> 'dispute' as dispute, a.at from audit a
        where a.account_id = x.account_id and a.subject_id = x.payment_id and a.action in ('payment.seen', 'payment.changed')
          and a.at < x.first_sent_at - interval '5 seconds' order by a.seq desc limit 1) k
      where x.account_id = ${account} and x.origin = 'moneyback' and k.dispute in ('open', 'lost') and exists (
        select from move m where m.account_id = x.account_id and m.machine = 'refund' and m.subject_id = x.id and m.event = 'send'
          and m.by = 'moneyback')`,
  },
]

const journal: readonly Invariant[] = [
  {
    code: 'journal-has-no-gaps',
    sentence: 'The journal of each request and refund leads from its beginning to where it stands, without a gap.',
    broken: ({ account }) => sql`
      with steps as (
        select m.machine, m.subject_id, m.from_status, m.to_status,
          lag(m.to_status) over w as before, lead(m.seq) over w is null as is_last
        from move m where m.account_id = ${account} window w as (partition by m.machine, m.subject_id order by m.seq)),
      stands as (
        select 'refund' as machine, id, status, case origin when 'stripe' then 'unconfirmed' else 'reserved' end as began
        from refund where account_id = ${account}
        union all select 'request', id, status, 'submitted' from refund_request where account_id = ${account})
      select s.subject_id as subject, format('a move from %s after %s', s.from_status, coalesce(s.before, i.began)) as what
      from steps s join stands i on i.machine = s.machine and i.id = s.subject_id
      where s.from_status <> coalesce(s.before, i.began)
      union all
      select i.id, format('stands in %s, the journal ends in %s', i.status, coalesce(s.to_status, i.began))
      from stands i left join steps s on s.machine = i.machine and s.subject_id = i.id and s.is_last
      where i.status <> coalesce(s.to_status, i.began)`,
  },
  {
    code: 'journal-adds-up',
    sentence: 'The journal alone gives the same sums as the payments say.',
    broken: ({ account }) => sql`
      with ended as (
        select distinct on (m.subject_id) m.subject_id, m.to_status from move m
        where m.account_id = ${account} and m.machine = 'refund' order by m.subject_id, m.seq desc),
      sums as (
        select r.payment_id, sum(r.amount_minor) as held from refund r left join ended e on e.subject_id = r.id
        where r.account_id = ${account}
          and coalesce(e.to_status, case r.origin when 'stripe' then 'unconfirmed' else 'reserved' end) in ${holdingSql}
        group by r.payment_id)
      select p.id as subject, format('%s set aside, %s by the journal', p.reserved_minor, coalesce(s.held, 0)) as what
      from payment p left join sums s on s.payment_id = p.id
      where p.account_id = ${account} and p.reserved_minor <> coalesce(s.held, 0)`,
  },
  {
    code: 'audit-tells-each-move',
    sentence: 'Each decision, and each end of a refund, stands in the audit trail with who did it.',
    broken: ({ account }) => sql`
      select m.subject_id as subject, format('%s → %s by %s at %s', m.from_status, m.to_status, m.by, m.at) as what
      from move m where m.account_id = ${account} and m.to_status <> 'unconfirmed'
        and not (m.machine = 'request' and m.by in ('stripe', 'moneyback')) and not exists (
        select from audit a where a.account_id = m.account_id and a.subject_id = m.subject_id and a.actor = m.by
          and a.at between m.at - interval '1 minute' and m.at + interval '1 minute')`,
  },
]

const agreement: readonly Invariant[] = [
  {
    code: 'request-follows-refund',
    sentence: 'A request and its refund tell the same story: approved with a live one, refunded with a paid one.',
    broken: ({ account }) => sql`
      select x.id as subject, format('%s with refunds: %s', x.status, coalesce(r.all_of_them, 'none')) as what
      from refund_request x cross join lateral (
        select string_agg(status, ', ') as all_of_them,
          count(*) filter (where status in ${holdingSql}) as live,
          count(*) filter (where status in ('succeeded', 'requires_action', 'pending')) as paid
        from refund r where r.account_id = x.account_id and r.request_id = x.id) r
      where x.account_id = ${account} and case x.status
        when 'approved' then r.live = 0 when 'refunded' then r.paid = 0
        else r.live > 0 end`,
  },
  {
    code: 'somebody-is-next',
    sentence: 'Every request is over or waits for somebody named, and no refund is forgotten.',
    broken: ({ account }) => sql`
      select x.id as subject, format('%s, and nothing says when it goes on', x.status) as what
      from refund_request x where x.account_id = ${account}
        and case x.status when 'submitted' then x.next_at is null when 'in_review' then x.due_at is null
          -- Or it waits for the customer, who has until then to answer.
          and not exists (select from question q where q.account_id = x.account_id and q.request_id = x.id
            and q.answered_at is null and q.closed_at is null) else false end
      union all
      select x.id, format('%s, and neither a time nor a person is named: %s', x.status, x.last_outcome)
      from refund x where x.account_id = ${account} and x.status in ('reserved', 'unconfirmed') and x.next_at is null
        and not exists (select from exception e where e.account_id = x.account_id and e.subject_id in (x.id, x.request_id))`,
  },
  {
    code: 'nothing-is-late',
    sentence: 'What is due is done within a quarter of an hour.',
    broken: ({ account, now }) => {
      const late = (table: string): RawBuilder<unknown> => sql`
        select x.id as subject, format('%s was due at %s', ${sql.lit(table)}::text, x.next_at) as what
        from ${sql.table(table)} x where x.account_id = ${account} and x.next_at < ${now}::timestamptz - interval '15 minutes'
          and (x.lease_until is null or x.lease_until < clock_timestamp())`
      return sql`${sql.join(
        ['refund', 'refund_request', 'stripe_event', 'subscription_change', 'message'].map(late),
        sql` union all `,
      )}`
    },
  },
  {
    code: 'every-event-is-taken',
    sentence: 'Every event of Stripe is looked at, ignored, or put aside for a person.',
    broken: ({ account }) => sql`
      select x.id as subject, format('%s is %s', x.type, x.status) as what
      from stripe_event x where x.account_id = ${account} and (
        (x.status = 'new' and x.next_at is null)
        or (x.status = 'quarantined' and not exists (
          select from exception e where e.account_id = x.account_id and e.kind = 'event_set_aside' and x.payload like '%' || e.subject_id || '%')))
      union all
      select x.id, 'it is of the other mode' from stripe_event x join account a on a.id = x.account_id
      where x.account_id = ${account} and x.livemode <> a.livemode`,
  },
  {
    code: 'access-follows',
    sentence: 'The end of a subscription is wished for by a refund that stays, and taken back from one that does not.',
    broken: ({ account }) => sql`
      select x.id as subject, 'paid, and its subscription was never looked at' as what
      from refund x join payment p on p.account_id = x.account_id and p.id = x.payment_id
      where x.account_id = ${account} and x.origin = 'moneyback' and x.status = 'succeeded' and x.access <> 'keep'
        and p.subscription_id is not null and not exists (select from subscription_change c where c.account_id = x.account_id and c.id = x.id)
      union all
      select x.id, format('the refund is %s, the change is %s', x.status, c.status)
      from refund x join subscription_change c on c.account_id = x.account_id and c.id = x.id
      where x.account_id = ${account} and (
        (x.status in ('failed', 'canceled') and c.status in ('wanted', 'done'))
        or (c.status in ('wanted', 'undo_wanted') and c.next_at is null))`,
  },
]

const trail: readonly Invariant[] = [
  {
    code: 'audit-chain',
    sentence:
      'Nobody has altered, deleted, inserted or moved a row of the audit trail: each stands on the hash of the one before.',
    broken: ({ account }) => sql`
      select lpad(x.seq::text, 12, '0') as subject, x.what from (${brokenLinks(account)}) x`,
  },
]

/** All of them, the gravest first. Each one can be asked of a running database; together they read every row once or twice. */
export const invariants: readonly Invariant[] = [...money, ...journal, ...agreement, ...trail]

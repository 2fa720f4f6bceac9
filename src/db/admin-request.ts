import { sql, type RawBuilder } from 'kysely'
import type { AttachmentType } from '../domain/attachment.ts'
import type { AccessChoice, Decision, Verdict } from '../domain/decision.ts'
import type { RefundStatus } from '../domain/refund.ts'
import type { RequestStatus } from '../domain/request.ts'
import type { OpenException } from './admin-queue.ts'
import type { Db } from './connect.ts'

export type RequestDetail = {
  id: string
  status: RequestStatus
  asked_minor: number | null
  currency: string
  reason: string
  comment: string | null
  channel: string
  created_by: string
  bundle_id: string | null
  locale: string | null
  attempt: number
  assignee: string | null
  due_at: string | null
  asked_at: string | null
  snoozed_until: string | null
  escalated_to: string | null
  merged_into: string | null
  created_at: string
  decided_at: string | null
  last_error: string | null
}

export type PaymentDetail = {
  id: string
  customer_id: string | null
  description: string
  captured_minor: number
  reserved_minor: number
  refundable_minor: number
  currency: string
  paid_at: string
  captured: boolean
  stripe_payment_intent: string | null
  stripe_charge: string
  method: string | null
  card_brand: string | null
  card_last4: string | null
  dispute: 'none' | 'inquiry' | 'open' | 'won' | 'lost'
  fraud_warning: boolean
  product_name: string | null
  interval: string
  first: boolean
  invoice_number: string | null
  subscription_id: string | null
  period_start: string | null
  period_end: string | null
}

export type CustomerDetail = {
  id: string
  name: string | null
  email: string | null
  country: string | null
  created_at: string | null
  /** What was paid and given back, by currency. */
  value: { currency: string; paid_minor: number; refunded_minor: number; payments: number }[]
  disputes: number
}

export type SubscriptionDetail = {
  id: string
  status: string
  current_period_start: string | null
  current_period_end: string | null
  cancel_at: string | null
  ended_at: string | null
  started_at: string
}

export type GivenDecision = {
  id: string
  verdict: Verdict
  by: string
  amount_minor: number
  currency: string
  rule: string | null
  policy_version: number | null
  access: AccessChoice
  note: string | null
  reply: string | null
  explanation: Decision | null
  at: string
}

export type RefundDetail = {
  id: string
  request_id: string
  decision_id: string
  status: RefundStatus
  amount_minor: number
  currency: string
  access: AccessChoice
  origin: 'moneyback' | 'stripe'
  stripe_refund_id: string | null
  failure_reason: string | null
  pending_reason: string | null
  reference: string | null
  created_at: string
  settled_at: string | null
  undo_until: string | null
  credit_note: { status: string; stripe_credit_note_id: string | null } | null
  subscription_change: { change: string; status: string; because: string | null; done_at: string | null } | null
}

export type JournalLine = {
  machine: string
  subject_id: string
  from_status: string
  event: string
  to_status: string
  by: string
  because: string | null
  at: string
}
export type ToldMessage = {
  id: string
  status: string
  kind: string
  recipient: string | null
  subject: string
  body: string
  created_at: string
  sent_at: string | null
}
export type AskedQuestion = {
  id: string
  question: string
  asked_by: string
  asked_at: string
  answer_by: string
  answer: string | null
  answered_at: string | null
  closed_at: string | null
}
/** A duplicate that goes on here, with what was said in it. */
export type MergedRequest = {
  id: string
  reason: string
  comment: string | null
  created_at: string
  description: string
}
/** A deed beside the moves: assigned, escalated, snoozed … */
export type Deed = { by: string; at: string; action: string; detail: Record<string, unknown> }
export type StaffNote = { by: string; at: string; note: string }
export type OtherRequest = {
  id: string
  status: RequestStatus
  reason: string
  created_at: string
  description: string
  amount_minor: number
  currency: string
}

export type SentFile = {
  id: string
  question_id: string | null
  name: string
  type: AttachmentType
  bytes: number
  created_at: string
  /** Its time is over: that there was one is all that is left. */
  deleted_at: string | null
}

export type RequestScreen = {
  request: RequestDetail
  payment: PaymentDetail
  customer: CustomerDetail | null
  subscription: SubscriptionDetail | null
  /** The customer's newest payment in this currency, where it is another one. */
  last_payment: { id: string; captured_minor: number; paid_at: string } | null
  /** Every answer that was given, oldest first. */
  decisions: GivenDecision[]
  /** All refunds of the payment, those of other requests too, oldest first. */
  refunds: RefundDetail[]
  journal: JournalLine[]
  messages: ToldMessage[]
  notes: StaffNote[]
  questions: AskedQuestion[]
  /** What the customer sent, with the request (`question_id` is null) or with an answer. */
  files: SentFile[]
  merged: MergedRequest[]
  deeds: Deed[]
  exceptions: OpenException[]
  /** The customer's other requests, newest first, at most ten. */
  others: OtherRequest[]
  /** What was asked for together with this request, in the same order for each of them. */
  together: OtherRequest[]
  /** Names of the actors that are people or keys. */
  people: Record<string, string>
}

const deeds = ['request.assigned', 'request.escalated', 'request.snoozed', 'request.woken', 'request.reminded']

/** Everything that is needed to decide about one request, in one question to the database. */
export async function adminRequest(db: Db, account: string, id: string): Promise<RequestScreen | undefined> {
  const { rows } = await sql<{ screen: RequestScreen }>`
    with r as (select * from refund_request where account_id = ${account} and id = ${id}),
    p as (select p.*, greatest(p.captured_minor - p.reserved_minor, 0) as refundable_minor
          from payment p, r where p.account_id = r.account_id and p.id = r.payment_id),
    rf as (${refundsOfPayment})
    select json_build_object(
      'request', to_json(r), 'payment', (select to_json(p) from p), 'customer', (${customerOf(sql`r.customer_id`, account)}),
      'subscription', (select to_json(s) from subscription s, p where s.account_id = p.account_id and s.id = p.subscription_id),
      'last_payment', (select to_json(l) from (
        select x.id, x.captured_minor, x.paid_at from payment x, p
        where x.account_id = p.account_id and x.owner_id = p.owner_id and x.currency = p.currency and x.captured and x.id <> p.id
        order by x.paid_at desc, x.id desc limit 1) l),
      'decisions', ${list(sql`select id, verdict, by, amount_minor, currency, rule, policy_version, access, note, reply, explanation, at
        from decision d where d.account_id = r.account_id and d.request_id = r.id order by d.at, d.id`)},
      'refunds', ${list(sql`select * from rf order by created_at, id`)},
      'journal', ${list(sql`select machine, subject_id, from_status, event, to_status, by, because, at from move m
        where m.account_id = r.account_id and (m.subject_id = r.id or m.subject_id in (select id from rf where rf.request_id = r.id))
        order by seq`)},
      'messages', ${list(sql`select id, status, kind, recipient, subject, body, created_at, sent_at from message m
        where m.account_id = r.account_id and m.request_id = r.id order by m.created_at, m.id`)},
      'notes', ${list(sql`select actor as by, at, detail ->> 'note' as note from audit a
        where a.account_id = r.account_id and a.subject_id = r.id and a.action = 'request.note_added' order by seq`)},
      'files', ${list(sql`select id, question_id, name, type, bytes, created_at, deleted_at from attachment a
        where a.account_id = r.account_id and a.request_id = r.id order by created_at, id`)},
      'questions', ${list(sql`select id, question, asked_by, asked_at, answer_by, answer, answered_at, closed_at from question q
        where q.account_id = r.account_id and q.request_id = r.id order by asked_at, id`)},
      'merged', ${list(sql`select o.id, o.reason, o.comment, o.created_at, op.description
        from refund_request o join payment op on op.account_id = o.account_id and op.id = o.payment_id
        where o.account_id = r.account_id and o.merged_into = r.id order by o.created_at`)},
      'deeds', ${list(sql`select actor as by, at, action, detail from audit a
        where a.account_id = r.account_id and a.subject_id = r.id and a.action = any(${deeds}) order by seq`)},
      'exceptions', ${list(sql`select id, kind, subject_id, because, cure, owner_role, opened_at, due_at, r.id as request_id from exception e
        where e.account_id = r.account_id and e.resolved_at is null
          and (e.subject_id in (r.id, r.payment_id) or e.subject_id in (select id from rf)) order by e.due_at`)},
      'others', ${list(sql`${others}
        where o.account_id = r.account_id and o.customer_id = r.customer_id and o.id <> r.id
        order by o.created_at desc, o.id desc limit 10`)},
      'together', ${list(sql`${others} where o.account_id = r.account_id and o.bundle_id = r.bundle_id and o.id <> r.id order by o.payment_id`)},
      'people', ${people(account)}
    ) as screen from r`.execute(db)
  return rows[0]?.screen
}

/** The rows of a query as one JSON list, in their order. */
export const list = (query: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`coalesce((select json_agg(line) from (${query}) line), '[]')`

/** Names of staff and keys by the actor's word for them. */
export const people = (account: string): RawBuilder<unknown> => sql`
  (select coalesce(json_object_agg(actor, name), '{}') from (
    select 'staff:' || id as actor, name from staff
    union all select 'api_key:' || id, name from api_key where account_id = ${account}) known)`

export const customerOf = (id: RawBuilder<unknown>, account: string): RawBuilder<unknown> => sql`
  select json_build_object('id', c.id, 'name', c.name, 'email', c.email, 'country', c.country, 'created_at', c.created_at,
    'disputes', (select count(*) from payment x where x.account_id = c.account_id and x.customer_id = c.id and x.dispute <> 'none'),
    'value', ${list(sql`select currency, sum(captured_minor)::bigint as paid_minor, sum(reserved_minor)::bigint as refunded_minor, count(*) as payments
      from payment x where x.account_id = c.account_id and x.customer_id = c.id group by currency order by count(*) desc`)})
  from customer c where c.account_id = ${account} and c.id = ${id}`

const others = sql`
  select o.id, o.status, o.reason, o.created_at, op.description, coalesce(o.asked_minor, op.captured_minor) as amount_minor, o.currency
  from refund_request o join payment op on op.account_id = o.account_id and op.id = o.payment_id`

const refundsOfPayment = sql`
  select f.id, f.request_id, f.decision_id, f.status, f.amount_minor, f.currency, f.access, f.origin, f.stripe_refund_id, f.failure_reason,
    f.undo_until, f.pending_reason, f.reference,
    (select json_build_object('status', cn.status, 'stripe_credit_note_id', cn.stripe_credit_note_id)
     from credit_note cn where cn.account_id = f.account_id and cn.id = f.id) as credit_note, f.created_at, f.settled_at,
    (select json_build_object('change', sc.change, 'status', sc.status, 'because', sc.because, 'done_at', sc.done_at)
     from subscription_change sc where sc.account_id = f.account_id and sc.id = f.id) as subscription_change
  from refund f, p where f.account_id = p.account_id and f.payment_id = p.id`

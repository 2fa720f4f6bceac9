import { verifyBooks } from '../src/db/verify.ts'
import { accessOfCustomer } from '../src/flows/access-of-customer.ts'
import type { WorkTable } from '../src/db/work.ts'
import { workOnce } from '../src/jobs/work.ts'
import { auditBooks } from '../stripe-simulator/audit.ts'
import { find } from '../stripe-simulator/rows.ts'
import { table } from '../stripe-simulator/world.ts'
import type { Command } from './history.ts'
import type { Lab } from './lab.ts'
import { arrive, bring, queues, reconciliations, turnKey } from './operate.ts'

const plain: Command = { do: 'work', pick: 0, part: 0, by: 0, ms: 0, run: -1, salt: 0, faults: [] }
const minute = 60_000
const day = 24 * 60 * minute
/** Long enough for a person to be called about a 500 (three days), for a bounce (five) and for a pending refund (three). */
const horizonMs = 13 * day

type All = (lab: Lab) => Promise<void>

/**
 * Faults end; whoever is frozen wakes; what is due is done, time goes on to what is due next, until nothing is due before the
 * horizon. Then everything must agree.
 */
export async function comeToRest(lab: Lab, all: All): Promise<void> {
  turnKey(lab, 'active')
  await closeDifferences(lab)
  for (const activity of lab.scheduler.activities) activity.faults.length = 0
  await arrive(lab)
  if (!lab.history.wakeLast) await wakeAll(lab, all)
  await all(lab)
  await untilNothingIsDue(lab, all, horizonMs)
  if (lab.history.wakeLast && (await wakeAll(lab, all))) await untilNothingIsDue(lab, all, day)
  if (lab.watchman.violations.length > 0) return
  await compare(lab)
  await lookAtAccess(lab, all)
}

/** Somebody has compared what Stripe said about another amount, and sending goes on. */
async function closeDifferences({ server, account, history }: Lab): Promise<void> {
  if (!history.commands.some(({ faults }) => faults.some(({ kind }) => kind === 'wrong_object'))) return
  await server.control.query(`delete from sending_stop where account_id = $1 and kind = 'differs'`, [account])
}

async function wakeAll(lab: Lab, all: All): Promise<boolean> {
  const sleeping = lab.scheduler.activities.filter(({ state }) => state === 'frozen')
  for (const activity of sleeping) lab.wake(activity)
  await all(lab)
  return sleeping.length > 0
}

async function untilNothingIsDue(lab: Lab, all: All, within: number): Promise<void> {
  const end = lab.now() + within
  let atOnce = 0
  for (let rounds = 0; lab.watchman.violations.length === 0; rounds++) {
    if (rounds === roundsMax) return lab.watchman.broke(`the work does not come to an end: ${await whatIsDue(lab)}`)
    await takePost(lab, all)
    await reconcile(lab, all)
    await closeDifferences(lab)
    const next = await nextDue(lab)
    if (next === undefined || next.at > end) break
    atOnce = next.at > lab.now() ? 0 : atOnce + 1
    if (next.at > lab.now()) await lab.advance(next.at - lab.now() + 1000)
    else if (atOnce % roundsInHalfAMinute === 0) await lab.advance(30_000)
    // The queue of refunds also ends a recovery, for which others wait.
    else await doIt(lab, all, 'worker', (app) => workOnce(app, ['refund', ...next.queues]))
  }
}

const roundsMax = 250
// A worker looks every second. What stays due is held by somebody who sleeps in a transaction, which PostgreSQL ends.
const roundsInHalfAMinute = 30

/** Stripe's lists are read when Stripe has something new to tell. */
export async function reconcile(lab: Lab, all: All): Promise<void> {
  const told = table(lab.books, 'event').order.at(-1)?.id
  if (lab.history.mode === 'webhooks' || told === lab.read.event) return
  lab.read.event = told
  for (const each of reconciliations) await doIt(lab, all, 'worker', each)
}

async function doIt<T>(
  lab: Lab,
  all: All,
  process: string,
  work: (app: Parameters<typeof workOnce>[0]) => Promise<T>,
): Promise<T | undefined> {
  let value: T | undefined
  await lab.begin(`rest${lab.scheduler.activities.length}`, process, [], async (app) => (value = await work(app)))
  await all(lab)
  return value
}

async function takePost(lab: Lab, all: All): Promise<void> {
  if (lab.history.mode === 'reconciliation') lab.letters.length = 0
  for (const letter of lab.letters.splice(0)) {
    await bring(lab, plain, letter)
    await all(lab)
  }
}

const dueRows = queues
  .map(
    (name) =>
      `select '${name}' as queue, '${name} ' || id as what, greatest(next_at, lease_until${name === 'refund' ? ', (select max(next_try_at) from sending_stop where account_id = $1)' : ''}) as at
       from ${name} where account_id = $1 and next_at is not null`,
  )
  .join(' union all ')

async function whatIsDue({ server, account }: Lab): Promise<string> {
  const { rows } = await server.control.query(`select what from (${dueRows}) due order by at, what limit 3`, [account])
  return (rows as { what: string }[]).map(({ what }) => what).join(', ')
}

/** When something is due next, here or at Stripe, and which of our queues have something now. */
async function nextDue({
  server,
  account,
  world,
  now,
}: Lab): Promise<{ at: number; queues: readonly WorkTable[] } | undefined> {
  const { rows } = await server.control.query(
    `select min(at) as at, array_agg(distinct queue) filter (where at <= $2) as queues from (${dueRows}) due`,
    [account, new Date(now())],
  )
  const { at, queues } = rows[0] as { at: Date | null; queues: WorkTable[] | null }
  const ours = at?.getTime() ?? Infinity
  const theirs = world.agenda[0]?.at ?? Infinity
  const first = Math.min(ours, theirs)
  return first === Infinity ? undefined : { at: first, queues: queues ?? [] }
}

const elsewhere = /disputed|Somebody refunded/

type Line = {
  id: string
  status: string
  amount_minor: number
  currency: string
  stripe_refund_id: string | null
  request_id: string
  stripe_charge: string
  failure_reason: string | null
  origin: string
  saw_500: boolean
  told: boolean
}

const linesOf = `
  select r.id, r.status, r.amount_minor, r.currency, r.stripe_refund_id, r.request_id, p.stripe_charge, r.saw_500, r.failure_reason, r.origin,
    exists (select from exception e where e.account_id = r.account_id and e.subject_id in (r.id, r.request_id, r.payment_id)
      and e.resolved_at is null) as told
  from refund r join payment p on p.account_id = r.account_id and p.id = r.payment_id where r.account_id = $1 order by r.id`

/** Our books against Stripe's, to the cent; every request over or with somebody; what was acknowledged is there. */
async function compare(lab: Lab): Promise<void> {
  const { server, account, books, watchman } = lab
  const lines = (await server.control.query(linesOf, [account])).rows as Line[]
  for (const refund of table(books, 'refund').order) {
    const ours = lines.filter(({ stripe_refund_id }) => stripe_refund_id === refund.id)
    if (ours.length !== 1) {
      watchman.broke(
        `${refund.id} (${refund.status}, ${refund.metadata?.['moneyback_refund'] ?? 'made elsewhere'}) has ${ours.length} rows`,
      )
      continue
    }
    const [row] = ours
    if (
      row!.amount_minor !== refund.amount ||
      row!.currency !== refund.currency ||
      row!.stripe_charge !== refund.charge
    )
      watchman.broke(
        `${row!.id}: ${row!.amount_minor} of ${row!.stripe_charge}, at Stripe ${refund.amount} of ${refund.charge}`,
      )
    const name = refund.metadata?.['moneyback_refund']
    if (name !== undefined ? row!.id !== name && !row!.told : row!.origin === 'moneyback')
      watchman.broke(`${row!.id} claims ${refund.id}, which is ${name ?? 'somebody else’s'}`)
    if (row!.status !== refund.status) watchman.broke(`${row!.id} is ${row!.status}, at Stripe ${refund.status}`)
  }
  for (const row of lines) {
    if (row.stripe_refund_id !== null && find(books, 'refund', row.stripe_refund_id) === undefined)
      watchman.broke(`${row.id} says it is ${row.stripe_refund_id}, which Stripe does not have`)
    // Only Stripe's definite no, or a dispute, ends a refund that was never made: never a key, a silence or a 500.
    if (
      row.stripe_refund_id === null &&
      row.status === 'failed' &&
      !watchman.refusedByStripe.has(row.id) &&
      !elsewhere.test(row.failure_reason ?? '')
    )
      watchman.broke(`${row.id} failed (${row.failure_reason}), and Stripe never said so`)
    if (row.stripe_refund_id === null && !['failed', 'canceled'].includes(row.status) && !row.told)
      watchman.broke(`${row.id} is ${row.status} after everything, and nobody is told`)
  }
  await compareRows(lab)
  const { violations } = await verifyBooks(server.books, { account, now: new Date(lab.now()) })
  for (const { code, examples } of violations) watchman.broke(`verify, ${code}: ${examples.join('; ')}`)
  for (const fault of auditBooks(books)) watchman.broke(`Stripe's own books: ${fault}`)
  await watchman.acknowledgedAreThere()
}

const restless = `
  select 'request ' || id || ' is still submitted' as what from refund_request where account_id = $1 and status = 'submitted'
  union all select 'request ' || q.id || ' is approved without a refund' from refund_request q where q.account_id = $1 and q.status = 'approved'
    and not exists (select from refund r where r.account_id = $1 and r.request_id = q.id
      and r.status in ('reserved', 'unconfirmed', 'pending', 'requires_action', 'succeeded'))
  union all select 'request ' || id || ' failed, and nobody is called' from refund_request q where q.account_id = $1 and q.status = 'failed'
    and not exists (select from exception e where e.account_id = $1 and e.subject_id = q.id and e.resolved_at is null)
  union all select 'event ' || type || ' is ' || status from stripe_event where account_id = $1 and status = 'new'
  union all select 'subscription change of ' || id || ' is ' || status from subscription_change
    where account_id = $1 and status in ('wanted', 'undo_wanted')
  union all select 'payment ' || id || ' has an overlap of ' || overlap_minor from payment p where account_id = $1 and overlap_minor > 0
    and not exists (select from exception e where e.account_id = $1 and e.subject_id = p.id and e.resolved_at is null)
  union all select 'sending is stopped although the key is good' from account where id = $1 and sending_stopped_because is not null
    and exists (select from refund where account_id = $1 and stripe_refund_id is null and status in ('reserved', 'unconfirmed') and not saw_500)`

async function compareRows({ server, account, watchman }: Lab): Promise<void> {
  const { rows } = await server.control.query(restless, [account])
  for (const { what } of rows as { what: string }[]) watchman.broke(what)
}

/** Nobody who has paid and got nothing back is without access, whatever came and went in between. */
async function lookAtAccess(lab: Lab, all: All): Promise<void> {
  const paid = lab.payments.filter(({ charge }) => {
    const { amount_refunded, disputed } = find(lab.books, 'charge', charge)!
    return amount_refunded === 0 && !disputed
  })
  const [customer] = paid.map((each) => each.customer)
  if (customer === undefined) return
  const access = await doIt(lab, all, 'serve', (app) => accessOfCustomer(app, customer))
  if (access === undefined || !access.ok) return
  const { rows } = await lab.server.control.query(
    `select id, stripe_payment_intent, product_id, product_name, description, period_end from payment
     where account_id = $1 and stripe_charge = any($2)`,
    [lab.account, paid.map(({ charge }) => charge)],
  )
  type Row = {
    id: string
    product_id: string | null
    product_name: string | null
    description: string
    period_end: Date | null
  }
  for (const row of rows as Row[]) {
    if (row.period_end !== null && row.period_end.getTime() <= lab.now()) continue
    const product = access.value.products.find((each) =>
      row.product_id === null
        ? each.product_name === (row.product_name ?? row.description)
        : each.product === row.product_id,
    )
    if (product?.access !== true)
      lab.watchman.broke(`${row.id} is paid and not refunded, and its customer has no access: ${product?.because}`)
  }
}

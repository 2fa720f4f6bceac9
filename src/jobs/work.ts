import type { App } from '../app.ts'
import type { StripeEventRow } from '../db/events.ts'
import { linkAudit } from '../db/audit-chain.ts'
import { stopsOf, takeTry } from '../db/stops.ts'
import { claimDeliveries, type DeliveryRow, type OutboxRow } from '../db/webhooks.ts'
import type { SignInRow } from '../db/portal-sign-ins.ts'
import { claimDue, isDue, type WorkTable } from '../db/work.ts'
import { compareAccess } from '../flows/compare-access.ts'
import { compareMoney } from '../flows/compare-money.ts'
import { verifyNightly } from '../flows/verify-nightly.ts'
import { changeSubscription, type SubscriptionChangeRow } from '../flows/change-subscription.ts'
import { decideRequest } from '../flows/decide-request.ts'
import { forgetOld } from '../flows/forget-old.ts'
import { issueRefund } from '../flows/issue-refund.ts'
import type { ImportRow } from '../db/imports.ts'
import { runImport } from '../flows/stripe/import-history.ts'
import { runBulk } from '../flows/bulk/run.ts'
import { runIncident } from '../flows/incidents/run.ts'
import { observeEvents } from '../flows/observe-events.ts'
import { noticeRestore, recover } from '../flows/recover.ts'
import { checkKey } from '../flows/check-key.ts'
import { backfillEvents, followPending, sweepRefunds } from '../flows/reconcile.ts'
import { writeCreditNote, type CreditNoteRow } from '../flows/write-credit-note.ts'
import type { MessageRow } from '../db/messages.ts'
import { backtestLeaseSeconds, runBacktest } from '../flows/run-backtest.ts'
import { sendSignIn } from '../flows/sign-in-by-mail.ts'
import { sendMessage } from '../flows/send-message.ts'
import { runShadow } from '../flows/shadow-policy.ts'
import { watchDesk } from '../flows/watch-desk.ts'
import { announce } from '../flows/webhooks/announce.ts'
import { deliver } from '../flows/webhooks/deliver.ts'
import { errorLine } from '../stripe/answers.ts'
import { inLane } from '../stripe/line.ts'

/** Rows whose `next_at` has come are the queue: no second copy of the truth in a job table. See docs/decisions. */
type Queue = {
  readonly table: WorkTable
  readonly limit: number
  readonly leaseSeconds: number
  readonly lane?: 'urgent' | 'bulk'
  /** How many may be taken now: fewer, or none, while sending is stopped. */
  readonly allowed?: (app: App, queue: Queue) => Promise<number>
  run(app: App, rows: readonly object[], claimedAt: number): Promise<unknown>
  /** How rows are taken, where it is not the plain way. */
  readonly claim?: typeof claimDeliveries
}

const each =
  <Row extends object>(work: (row: Row, claimedAt: number, app: App) => Promise<void>): Queue['run'] =>
  (app, rows, claimedAt) =>
    Promise.all(rows.map((row) => report(app, work(row as Row, claimedAt, app))))

const queues: readonly Queue[] = [
  { table: 'refund', lane: 'urgent', limit: 4, leaseSeconds: 60, allowed: refundsAllowed, run: each(issueOne) },
  // A burst is drained by as many hands as Stripe's rate can use, beside the lane for what somebody waits for.
  { table: 'refund', lane: 'bulk', limit: 16, leaseSeconds: 60, allowed: refundsAllowed, run: each(issueOne) },
  {
    table: 'refund_request',
    limit: 4,
    leaseSeconds: 60,
    run: each<{ id: string }>(({ id }, _, app) => decideRequest(app, id)),
  },
  {
    table: 'stripe_event',
    limit: 200,
    leaseSeconds: 120,
    run: (app, rows) =>
      report(
        app,
        inLane('bulk', () => observeEvents(app, rows as StripeEventRow[])),
      ),
  },
  {
    table: 'subscription_change',
    limit: 4,
    leaseSeconds: 60,
    run: each<SubscriptionChangeRow>((row, _, app) => changeSubscription(app, row)),
  },
  {
    table: 'credit_note',
    limit: 4,
    leaseSeconds: 60,
    run: each<CreditNoteRow>((row, _, app) => writeCreditNote(app, row)),
  },
  {
    table: 'portal_sign_in',
    limit: 4,
    leaseSeconds: 60,
    run: each<SignInRow>((row, _, app) => sendSignIn(app, row)),
  },
  { table: 'message', limit: 4, leaseSeconds: 60, run: each<MessageRow>((row, _, app) => sendMessage(app, row)) },
  {
    table: 'backtest',
    limit: 1,
    leaseSeconds: backtestLeaseSeconds,
    run: each<{ id: string }>(({ id }, _, app) => runBacktest(app, id)),
  },
  {
    table: 'policy_shadow',
    limit: 4,
    leaseSeconds: 60,
    run: each<{ id: string }>(({ id }, _, app) => runShadow(app, id)),
  },
  {
    table: 'incident',
    limit: 1,
    leaseSeconds: 120,
    run: each<{ id: string }>(({ id }, _, app) => runIncident(app, id)),
  },
  { table: 'bulk', limit: 2, leaseSeconds: 120, run: each<{ id: string }>(({ id }, _, app) => runBulk(app, id)) },
  { table: 'history_import', limit: 1, leaseSeconds: 300, run: each<ImportRow>((row, _, app) => runImport(app, row)) },
  { table: 'outbox', limit: 50, leaseSeconds: 60, run: (app, rows) => report(app, announce(app, rows as OutboxRow[])) },
  {
    table: 'webhook_delivery',
    limit: 50,
    leaseSeconds: 60,
    claim: claimDeliveries,
    // A receiver that takes its time is not waited for: the next round takes what others are due.
    run: (app, rows) =>
      Promise.race([
        Promise.all(rows.map((row) => report(app, deliver(app, row as DeliveryRow)))),
        new Promise((done) => setTimeout(done, 1_000)),
      ]),
  },
]

function issueOne({ id }: { id: string }, claimedAt: number, app: App): Promise<void> {
  return issueRefund(app, id, claimedAt)
}

/** With the key refused, one refund tries every 30 s; with any other reason to stop, none does. */
async function refundsAllowed(app: App, { table, lane }: Queue): Promise<number> {
  const stops = await stopsOf(app.db, app.account)
  if (stops.length === 0) return Infinity
  if (stops.some(({ kind }) => kind === 'recovery')) await recover(app)
  if (stops.some(({ kind }) => kind !== 'key')) return 0
  // Only a lane that has something to try takes the try: an empty one would take it away from the other for ever.
  if (!(await isDue(app.db, app.account, table, { now: app.now(), lane }))) return 0
  return (await takeTry(app.db, app.account, 'key', { now: app.now(), everyMs: 30_000 })) ? 1 : 0
}

async function report(app: App, work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    app.log.error(
      { error: errorLine(error), stack: (error as Error).stack },
      'a piece of work failed; it is tried again when its lease ends',
    )
  }
}

/** Does everything that is due now, once; with `only`, what is due in these tables. Answers how many rows it took. */
export async function workOnce(app: App, only?: readonly WorkTable[]): Promise<number> {
  const chosen = queues.filter(({ table }) => only === undefined || only.includes(table))
  const taken = await Promise.all(chosen.map((queue) => drain(app, queue)))
  return taken.reduce((sum, count) => sum + count, 0)
}

async function drain(app: App, queue: Queue): Promise<number> {
  const { table, lane, leaseSeconds, claim, run } = queue
  const limit = Math.min(queue.limit, (await queue.allowed?.(app, queue)) ?? queue.limit)
  if (limit === 0) return 0
  const how = { now: app.now(), limit, leaseSeconds, lane }
  const rows = await (claim?.(app.db, app.account, how) ?? claimDue(app.db, app.account, table, how))
  if (rows.length > 0) await run(app, rows, app.elapsed())
  return rows.length
}

/** A thousand rows in a round, until none is left. */
async function chainAudit(app: App): Promise<void> {
  while ((await linkAudit(app.db, app.account)) === 1_000);
}

type Timer = { readonly name: string; readonly everyMs: number; run(app: App): Promise<unknown> }

const minute = 60_000
const day = 24 * 60 * minute
const timers: readonly Timer[] = [
  { name: 'say that we are here', everyMs: 15_000, run: noticeRestore },
  { name: 'chain the audit trail', everyMs: 1_000, run: chainAudit },
  { name: 'ask whose key it is', everyMs: 5 * minute, run: checkKey },
  { name: 'compare subscriptions', everyMs: 15 * minute, run: compareAccess },
  { name: 'compare the balance', everyMs: day, run: compareMoney },
  { name: 'verify the books', everyMs: day, run: verifyNightly },
  { name: 'watch the desk', everyMs: 20_000, run: watchDesk },
  { name: 'backfill events', everyMs: 5 * minute, run: backfillEvents },
  { name: 'follow pending refunds', everyMs: 5 * minute, run: followPending },
  { name: 'forget what was kept for a while', everyMs: 24 * 60 * minute, run: forgetOld },
  {
    name: 'sweep recent refunds',
    everyMs: 60 * minute,
    run: (app) => sweepRefunds(app, new Date(app.now().getTime() - 48 * 60 * minute)),
  },
  {
    name: 'sweep all refunds that can still bounce',
    everyMs: 24 * 60 * minute,
    run: (app) => sweepRefunds(app, new Date(app.now().getTime() - 35 * 24 * 60 * minute)),
  },
]

export type Worker = { stop(): Promise<void> }

/** Works until it is stopped. Any number of processes may: each row is taken by one. `idleMs` is the longest wait for new work. */
export function startWorker(app: App, { idleMs = 250, reconcile = true } = {}): Worker {
  const stopping = new AbortController()
  // Nothing is sent before it is known whether these are still the books that a worker left.
  const noticed = untilDone(stopping.signal, () => noticeRestore(app), app)
  const loops = queues.map(async (queue) => {
    await noticed
    await loop(stopping.signal, async () => ((await drain(app, queue)) > 0 ? 0 : idleMs), app)
  })
  if (reconcile)
    for (const { name, everyMs, run } of timers)
      loops.push(
        loop(
          stopping.signal,
          async () => {
            app.log.debug({ job: name }, 'begins')
            await inLane('bulk', async () => run(app))
            return everyMs
          },
          app,
        ),
      )
  return {
    stop: async () => {
      stopping.abort()
      await Promise.all(loops)
    },
  }
}

/** Runs `work` until it has gone well once. */
async function untilDone(signal: AbortSignal, work: () => Promise<void>, app: App): Promise<void> {
  let done = false
  await loop(
    signal,
    async () => {
      if (!done) await work()
      done = true
      return 0
    },
    app,
    () => done,
  )
}

/** Runs `work` again and again; it says how long to wait. After an error, 2 s: PostgreSQL or Stripe may be away. */
async function loop(signal: AbortSignal, work: () => Promise<number>, app: App, over = () => false): Promise<void> {
  while (!signal.aborted && !over()) {
    let wait = 2_000
    try {
      wait = await work()
    } catch (error) {
      if (!signal.aborted) app.log.warn({ error: errorLine(error) }, 'the work waits')
    }
    if (wait > 0) await pause(wait, signal)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) return done()
    const timer = setTimeout(wake, ms)
    signal.addEventListener('abort', wake, { once: true })
    function wake(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', wake)
      done()
    }
  })
}

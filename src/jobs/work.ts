import type { App } from '../app.ts'
import type { StripeEventRow } from '../db/events.ts'
import { claimDeliveries, type DeliveryRow, type OutboxRow } from '../db/webhooks.ts'
import type { SignInRow } from '../db/portal-sign-ins.ts'
import { claimDue, type WorkTable } from '../db/work.ts'
import { changeSubscription, type SubscriptionChangeRow } from '../flows/change-subscription.ts'
import { decideRequest } from '../flows/decide-request.ts'
import { forgetOld } from '../flows/forget-old.ts'
import { issueRefund } from '../flows/issue-refund.ts'
import { observeEvents } from '../flows/observe-events.ts'
import { backfillEvents, followPending, sweepRefunds } from '../flows/reconcile.ts'
import { writeCreditNote, type CreditNoteRow } from '../flows/write-credit-note.ts'
import type { MessageRow } from '../db/messages.ts'
import { backtestLeaseSeconds, runBacktest } from '../flows/run-backtest.ts'
import { sendSignIn } from '../flows/sign-in-by-mail.ts'
import { sendMessage } from '../flows/send-message.ts'
import { runShadow } from '../flows/shadow-policy.ts'
import { announce } from '../flows/webhooks/announce.ts'
import { deliver } from '../flows/webhooks/deliver.ts'
import { errorLine } from '../stripe/answers.ts'

/** Rows whose `next_at` has come are the queue: no second copy of the truth in a job table. See docs/decisions. */
type Queue = {
  readonly table: WorkTable
  readonly limit: number
  readonly leaseSeconds: number
  run(app: App, rows: readonly object[], claimedAt: number): Promise<unknown>
  /** How rows are taken, where it is not the plain way. */
  readonly claim?: typeof claimDeliveries
}

const each =
  <Row extends object>(work: (row: Row, claimedAt: number, app: App) => Promise<void>): Queue['run'] =>
  (app, rows, claimedAt) =>
    Promise.all(rows.map((row) => report(app, work(row as Row, claimedAt, app))))

const queues: readonly Queue[] = [
  {
    table: 'refund',
    limit: 4,
    leaseSeconds: 60,
    run: each<{ id: string }>(({ id }, claimedAt, app) => issueRefund(app, id, claimedAt)),
  },
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
    run: (app, rows) => report(app, observeEvents(app, rows as StripeEventRow[])),
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

/** Does everything that is due now, once. Answers how many rows it took. */
export async function workOnce(app: App): Promise<number> {
  const taken = await Promise.all(queues.map((queue) => drain(app, queue)))
  return taken.reduce((sum, count) => sum + count, 0)
}

async function drain(app: App, { table, limit, leaseSeconds, run, claim }: Queue): Promise<number> {
  const how = { now: app.now(), limit, leaseSeconds }
  const rows = await (claim?.(app.db, app.account, how) ?? claimDue(app.db, app.account, table, how))
  if (rows.length > 0) await run(app, rows, app.elapsed())
  return rows.length
}

type Timer = { readonly name: string; readonly everyMs: number; run(app: App): Promise<unknown> }

const minute = 60_000
const timers: readonly Timer[] = [
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
  const loops = queues.map((queue) =>
    loop(stopping.signal, async () => ((await drain(app, queue)) > 0 ? 0 : idleMs), app),
  )
  if (reconcile)
    for (const { name, everyMs, run } of timers)
      loops.push(
        loop(
          stopping.signal,
          async () => {
            app.log.debug({ job: name }, 'begins')
            await run(app)
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

/** Runs `work` again and again; it says how long to wait. After an error, 2 s: PostgreSQL or Stripe may be away. */
async function loop(signal: AbortSignal, work: () => Promise<number>, app: App): Promise<void> {
  while (!signal.aborted) {
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

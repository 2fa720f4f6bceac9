import { createHmac } from 'node:crypto'
import type { App } from '../src/app.ts'
import { approveRequest } from '../src/flows/approve-request.ts'
import { denyRequest } from '../src/flows/deny-request.ts'
import { publishPolicy } from '../src/flows/publish-policy.ts'
import { backfillEvents, followPending, sweepRefunds } from '../src/flows/reconcile.ts'
import { noticeRestore } from '../src/flows/recover.ts'
import { submitRequest } from '../src/flows/submit-request.ts'
import { withdrawRequest } from '../src/flows/withdraw-request.ts'
import { stripeWebhook } from '../src/http/stripe-webhook.ts'
import type { WorkTable } from '../src/db/work.ts'
import { workOnce } from '../src/jobs/work.ts'
import { answer } from '../stripe-simulator/api.ts'
import { closeDispute, openDispute } from '../stripe-simulator/disputes.ts'
import { keys } from '../stripe-simulator/keys.ts'
import { moveRefund } from '../stripe-simulator/refund-moves.ts'
import { find } from '../stripe-simulator/rows.ts'
import { assign } from '../stripe-simulator/store.ts'
import { dashboardRefund } from '../stripe-simulator/twists.ts'
import { finish, table } from '../stripe-simulator/world.ts'
import type { Command, Operation } from './history.ts'
import type { Activity } from './scheduler.ts'
import { reachesStripeWithinMs, type Lab, type Letter } from './lab.ts'
import { policies, reasons } from './policy.ts'

/** The queues that a history is about; the others stay empty here, and would be asked in vain. */
export const queues = [
  'refund',
  'refund_request',
  'stripe_event',
  'subscription_change',
  'message',
  'credit_note',
] as const satisfies readonly WorkTable[]

const nothing = async (): Promise<void> => undefined
const day = 86_400_000

/** Does what a command says. Production code is started as an activity; what happens at Stripe happens at once. */
export async function operate(lab: Lab, command: Command): Promise<void> {
  await (acts[command.do] ?? nothing)(lab, command)
  finish(lab.world)
}

type Act = (lab: Lab, command: Command) => Promise<unknown>

const acts: Partial<Record<Operation, Act>> = {
  submit: (lab, command) => {
    const { payment, customer } = of(lab.payments, command.pick)!
    return start(lab, command, 'serve', (app) =>
      submitRequest(app, {
        payment,
        reason: reasons[command.by % 3 === 2 && command.part === 3 ? 3 : command.by]!,
        ...(command.part > 0 && { amount_minor: command.part * 100 }),
        channel: command.by === 1 ? 'portal' : 'api',
        by: command.by === 1 ? `customer:${customer}` : 'api_key:shop',
      }).then((result) => result.ok && lab.watchman.acknowledged('refund_request', result.value.id)),
    )
  },
  approve: async (lab, command) => {
    const id = await request(lab, ['in_review', 'failed', 'denied'], command.pick)
    return (
      id &&
      start(lab, command, 'serve', (app) =>
        approveRequest(app, {
          id,
          by: `staff:${command.by}`,
          role: 'owner',
          ...(command.part > 0 && { amount_minor: command.part * 100 }),
        }),
      )
    )
  },
  deny: async (lab, command) => {
    const id = await request(lab, ['in_review', 'failed'], command.pick)
    return (
      id &&
      start(lab, command, 'serve', (app) =>
        denyRequest(app, { id, by: `staff:${command.by}`, role: 'owner', note: 'No.' }),
      )
    )
  },
  withdraw: async (lab, command) => {
    const id = await request(lab, ['submitted', 'in_review'], command.pick)
    return id && start(lab, command, 'serve', (app) => withdrawRequest(app, { id, by: `staff:${command.by}` }))
  },
  work: (lab, command) => start(lab, command, 'worker', (app) => workOnce(app, queues)),
  work_elsewhere: (lab, command) => start(lab, command, 'worker2', (app) => workOnce(app, queues)),
  reconcile: (lab, command) => start(lab, command, 'worker', reconciliations[command.by]!),
  deliver: (lab, command) => {
    if (lab.letters.length > 1 && command.pick % lab.letters.length > 0) lab.tally.fault('out of order')
    return deliver(lab, command, { again: false })
  },
  deliver_twice: (lab, command) => counted(lab, command, () => deliver(lab, command, { again: true })),
  deliver_forged: (lab, command) => forge(lab, command, { secret: 'whsec_of_somebody_else' }),
  deliver_stale: (lab, command) => forge(lab, command, { seconds: -600 }),
  deliver_early: (lab, command) => forge(lab, command, { seconds: 600 }),
  deliver_foreign: (lab, command) =>
    forge(lab, command, { change: (body) => body.replace('{', '{"account":"acct_of_somebody_else",') }),
  deliver_wrong_mode: (lab, command) =>
    forge(lab, command, { change: (body) => body.replaceAll('"livemode":false', '"livemode":true') }),
  drop: async (lab, command) => {
    if (lab.letters.length > 0)
      await counted(lab, command, async () => lab.letters.splice(command.pick % lab.letters.length, 1))
  },
  advance: async (lab, command) => {
    lab.tally.fault('advance')
    await lab.advance(command.ms)
    await arrive(lab)
  },
  dashboard_refund: (lab, command) =>
    atStripe(lab, command, () => {
      const charge = find(lab.books, 'charge', of(lab.payments, command.pick)!.charge)!
      const left = charge.amount_captured - charge.amount_refunded
      if (left <= 0 || charge.disputed) return false
      dashboardRefund(lab.books, {
        charge: charge.id,
        ...(command.part > 0 && { amount: Math.min(left, command.part * 150) }),
      })
      return true
    }),
  dashboard_cancel: (lab, command) =>
    atStripe(lab, command, () => move(lab, command, ['requires_action', 'pending'], ['canceled', 'failed'])),
  late_failure: (lab, command) => atStripe(lab, command, () => move(lab, command, ['succeeded'], ['failed'])),
  settle_pending: (lab, command) =>
    atStripe(lab, command, () => move(lab, command, ['pending', 'requires_action'], ['succeeded', 'pending'])),
  open_dispute: (lab, command) =>
    atStripe(lab, command, () => {
      const charge = find(lab.books, 'charge', of(lab.payments, command.pick)!.charge)!
      if (charge.disputed || charge.refunded) return false
      openDispute(lab.books, charge, { inquiry: command.part === 3 })
      return true
    }),
  close_dispute: (lab, command) =>
    atStripe(lab, command, () => {
      const open = table(lab.books, 'dispute').order.filter(({ status }) => status === 'needs_response')
      const dispute = of(open, command.pick)
      if (dispute) closeDispute(lab.books, dispute as never, command.part % 2 === 0 ? 'won' : 'lost')
      return dispute !== undefined
    }),
  revoke_key: (lab, command) => counted(lab, command, async () => turnKey(lab, 'revoked')),
  restore_key: (lab, command) => counted(lab, command, async () => turnKey(lab, 'active')),
  publish_policy: (lab, command) =>
    counted(lab, command, () =>
      start(lab, command, 'serve', (app) =>
        publishPolicy(app, { source: policies[command.part % 2]!, comment: 'A change.', by: 'staff:0', role: 'owner' }),
      ),
    ),
  kill: (lab, command) => counted(lab, command, () => lab.kill(['worker', 'serve', 'worker2'][command.by]!)),
  restart_database: (lab, command) => counted(lab, command, () => lab.restartDatabase()),
  // As after a failover: the same rows, and another place.
  move_books: (lab, command) =>
    counted(lab, command, () =>
      lab.server.control.query(`update account set place = 'where they were before' where id = $1`, [lab.account]),
    ),
  notice_restore: (lab, command) => counted(lab, command, () => start(lab, command, 'worker', noticeRestore)),
  wake: async (lab, command) => {
    const sleeper = of(
      lab.scheduler.activities.filter(({ state }) => state === 'frozen'),
      command.pick,
    )
    if (sleeper) lab.wake(sleeper)
  },
}

export const turnKey = (lab: Lab, state: 'active' | 'revoked'): void =>
  assign(lab.world.store, keys(lab.world), keys(lab.world).rows.get(lab.secretKey)!, { state })

export const reconciliations: readonly ((app: App) => Promise<unknown>)[] = [
  backfillEvents,
  followPending,
  (app) => sweepRefunds(app, new Date(app.now().getTime() - 35 * day)),
]

const of = <T>(list: readonly T[], pick: number): T | undefined => list[pick % Math.max(1, list.length)]

async function counted(lab: Lab, { do: op }: Command, act: () => Promise<unknown>): Promise<void> {
  lab.tally.fault(op)
  await act()
}

async function atStripe(lab: Lab, { do: op }: Command, act: () => boolean): Promise<void> {
  if (act()) lab.tally.fault(op)
}

function start(lab: Lab, { do: op, faults }: Command, process: string, work: (app: App) => Promise<unknown>) {
  return lab.begin(`${op}${lab.scheduler.activities.length}`, process, [...faults], work)
}

async function request(lab: Lab, statuses: readonly string[], pick: number): Promise<string | undefined> {
  const { rows } = await lab.server.control.query(
    'select id from refund_request where account_id = $1 and status = any($2) order by created_at, id',
    [lab.account, statuses],
  )
  return of(rows as { id: string }[], pick)?.id
}

function move(
  lab: Lab,
  { pick, part }: Command,
  from: readonly string[],
  to: readonly ('canceled' | 'failed' | 'succeeded' | 'pending')[],
): boolean {
  const refund = of(
    table(lab.books, 'refund').order.filter(({ status }) => from.includes(status)),
    pick,
  )
  if (refund === undefined) return false
  return moveRefund(lab.books, refund, { to: to[part % to.length]! }) || moveRefund(lab.books, refund, { to: to[0]! })
}

/** What was still on its way gets to Stripe now, long after its sender gave up. */
export async function arrive(lab: Lab): Promise<void> {
  for (const { request: late, since } of lab.onTheWay.splice(0)) {
    if (lab.now() - since > reachesStripeWithinMs) continue
    lab.tally.fault('late arrival')
    const { answer: answered } = answer(lab.world, late)
    lab.say(`arrives late: ${late.method} ${late.target} → ${answered.status}`)
    lab.watchman.after(late, answered.status)
  }
}

async function deliver(lab: Lab, command: Command, { again }: { again: boolean }): Promise<void> {
  const letter = of(lab.letters, command.pick)
  if (letter === undefined) return
  if (!again) lab.letters.splice(lab.letters.indexOf(letter), 1)
  await bring(lab, command, letter)
}

/** Stripe brings an event to our endpoint, and again later when it isn't acknowledged. */
export async function bring(lab: Lab, command: Command, letter: Letter): Promise<void> {
  let activity: Activity | undefined
  activity = await start(lab, command, 'serve', async (app) => {
    const status = await post(lab, app, letter.body, signature(lab, letter.body, 0, lab.webhookSecret))
    if (status === 200) lab.watchman.acknowledged('stripe_event', letter.event)
    else if (status < 500) lab.watchman.broke(`a genuine ${letter.type} was refused with ${status}`)
    else lab.letters.push(letter)
    if (activity) lab.underWay.delete(activity)
  })
  if (activity.state !== 'done') lab.underWay.set(activity, letter)
}

type Forgery = {
  readonly secret?: string
  readonly seconds?: number
  readonly change?: (body: string) => string
}

/** Brings an event that is not to be believed, for one reason: it must be refused, and not be kept. */
async function forge(
  lab: Lab,
  command: Command,
  { secret = lab.webhookSecret, seconds = 0, change = (body) => body }: Forgery,
): Promise<void> {
  const letter = of(lab.letters, command.pick)
  if (letter === undefined) return
  lab.tally.fault(command.do)
  const body = change(letter.body.replace('"id":"evt_', '"id":"evt_forged'))
  await start(lab, { ...command, faults: [] }, 'serve', async (app) => {
    const status = await post(lab, app, body, signature(lab, body, seconds, secret))
    if (status < 400) lab.watchman.broke(`${command.do}: the webhook was answered with ${status}`)
  })
}

async function post(lab: Lab, app: App, body: string, header: string): Promise<number> {
  const endpoint = stripeWebhook(app).onError((error) => {
    lab.watchman.thrown('the webhook', error)
    return new Response(null, { status: 500 })
  })
  return (await endpoint.request('/', { method: 'POST', body, headers: { 'stripe-signature': header } })).status
}

function signature(lab: Lab, body: string, late: number, secret: string): string {
  const seconds = Math.floor(lab.now() / 1000) + late
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}

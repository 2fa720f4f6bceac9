import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import type { Simulator } from '../../stripe-simulator/simulator.ts'
import type { App } from '../app.ts'
import { createApiKey } from '../db/api-keys.ts'
import type { Role } from '../domain/actor.ts'
import { publishPolicy } from '../flows/publish-policy.ts'
import { putFacts } from '../flows/put-facts.ts'
import { submitRequest } from '../flows/submit-request.ts'
import { createStaff } from '../http/admin/auth.ts'
import { history, randomFrom, type Step } from './history.ts'
import { otherRequests, stories, subscriptionPayment } from './stories.ts'

export type Seeded = { readonly apiKey: string; readonly customers: Readonly<Record<string, string>> }

/** How far back the demo's Stripe begins, in seconds: a little more than the 13 months of its history. */
export const historySeconds = 400 * 24 * 60 * 60

/**
 * Makes the demo's data the way that real data comes: through Stripe's API (the simulator's) and its webhooks, and through
 * our own flows. Nothing is written into the tables.
 */
export async function seed(
  app: App,
  simulator: Simulator,
  staff: readonly { email: string; name: string; role: Role; password: string }[],
): Promise<Seeded> {
  const source = await readFile(new URL('../../policies/default.yaml', import.meta.url), 'utf8')
  await publishPolicy(app, { source, comment: 'The policy that Moneyback comes with.', by: 'moneyback', role: 'owner' })
  for (const member of staff) await createStaff(app, member)
  // A team of some weeks: who is new is not the second of two.
  await sql`update staff set "createdAt" = now() - interval '60 days', role_since = now() - interval '60 days'`.execute(
    app.db,
  )
  const { secret: apiKey } = await createApiKey(app.db, app.account, 'Demo', app.now())

  const now = Math.floor(app.now().getTime() / 1000) - 60
  const steps = inOrder([...history(now), ...stories.flatMap((story) => story.steps(now))], now)
  const { failed, answers, stopped_at } = (await simulator.control('POST', '/_control/import', {
    steps,
  })) as unknown as Imported
  if (stopped_at !== null)
    throw new Error(
      `the demo's history stops at step ${stopped_at} (${failed}): ${JSON.stringify([steps[stopped_at], answers.at(-1)])}`,
    )
  await simulator.control('POST', '/_control/clock', { mode: 'real' })
  await caughtUp(app)

  const named = Object.fromEntries(
    steps.flatMap((step, i) => (step.as && answers[i]?.id ? [[step.as, answers[i].id]] : [])),
  )
  const payments = await paymentNames(app, steps, named)
  await pushUsage(app, named)
  await askForSome(app, named, payments)
  return { apiKey, customers: Object.fromEntries(stories.map(({ as }) => [as, named[as]!])) }
}

type Imported = { failed: number; stopped_at: number | null; answers: { id: string | null; error?: unknown }[] }

/** Blocks begin with their time and stay together; whole blocks are put in order. */
function inOrder(steps: readonly Step[], now: number): Step[] {
  const blocks: Step[][] = []
  for (const step of steps) {
    if (step.at !== undefined || blocks.length === 0) blocks.push([step])
    else blocks.at(-1)!.push(step)
  }
  return blocks
    .filter((block) => (block[0]!.at ?? 0) <= now)
    .sort((a, b) => (a[0]!.at ?? 0) - (b[0]!.at ?? 0))
    .flat()
}

/** Waits until every event that Stripe sent was looked at. */
async function caughtUp(app: App): Promise<void> {
  for (const deadline = Date.now() + 120_000; Date.now() < deadline;) {
    const { rows } = await sql<{
      waiting: number
    }>`select count(*)::int as waiting from stripe_event where status = 'new'`.execute(app.db)
    if (rows[0]!.waiting === 0) return
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error('the demo’s events were not worked off within two minutes')
}

/** Which payment stands behind a name of the steps. */
async function paymentNames(
  app: App,
  steps: readonly Step[],
  named: Record<string, string>,
): Promise<(name: string) => Promise<string>> {
  return async (name) => {
    const id = named[name]!
    if (id.startsWith('pi_')) return id
    const { rows } = await sql<{ id: string }>`
      select id from payment where account_id = ${app.account} and subscription_id = ${id} order by paid_at desc limit 1`.execute(
      app.db,
    )
    if (!rows[0])
      throw new Error(`the demo has no payment for ${name} (${subscriptionPayment(name)}, ${steps.length} steps)`)
    return rows[0].id
  }
}

/** The merchant says how much each customer used; of a few it says nothing, as in life. */
async function pushUsage(app: App, named: Record<string, string>): Promise<void> {
  const random = randomFrom(11)
  const told = stories.flatMap(({ as, usage }) => (usage === undefined ? [] : [[named[as]!, usage] as const]))
  const others = Object.entries(named).flatMap(([name, id]) =>
    /^c\d+$/.test(name) && random() < 0.8 ? [[id, Math.round(random() * 100) / 100] as const] : [],
  )
  const all = [...told, ...others]
  await Promise.all(
    all.map(([subject, share]) => putFacts(app, { subject, facts: { 'usage.share': share }, by: 'moneyback' })),
  )
}

async function askForSome(
  app: App,
  named: Record<string, string>,
  paymentOf: (name: string) => Promise<string>,
): Promise<void> {
  for (const { as, asked } of stories) {
    if (!asked) continue
    const customer = named[as]!
    await submitRequest(app, {
      payment: await paymentOf(asked.payment),
      reason: asked.reason,
      comment: asked.comment,
      channel: 'portal',
      by: `customer:${customer}`,
      customer,
      locale: 'en',
    })
  }
  const told = Object.values(Object.fromEntries(stories.map(({ as }) => [as, named[as]!])))
  const { rows } = await sql<{ id: string; customer: string }>`
    select distinct on (customer_id) id, customer_id as customer from payment
    where account_id = ${app.account} and reserved_minor = 0 and customer_id <> all(${told}) and paid_at > ${new Date(app.now().getTime() - 28 * 86_400_000)}
    order by customer_id, paid_at desc limit ${otherRequests.length}`.execute(app.db)
  for (const [i, { reason, comment }] of otherRequests.entries()) {
    const payment = rows[i]
    if (!payment) return
    await submitRequest(app, {
      payment: payment.id,
      reason,
      comment,
      channel: 'portal',
      by: `customer:${payment.customer}`,
      customer: payment.customer,
    })
  }
}

import { expect, test } from 'vitest'
import { randomFrom } from '../src/demo/history.ts'
import { backfillEvents, sweepRefunds } from '../src/flows/reconcile.ts'
import { expectBooksToAgree, openWorld, type Bought, type World } from './world.ts'

type Story = {
  readonly world: World
  readonly random: () => number
  readonly bought: Bought[]
  readonly requests: string[]
}

const pick = <T>({ random }: Pick<Story, 'random'>, from: readonly T[]): T | undefined =>
  from[Math.floor(random() * from.length)]

/** What our API may say to anybody at any time: yes, or no with a reason, but never that it failed. */
async function say({ world }: Story, method: string, path: string, body?: object): Promise<string> {
  const answer = await world.api<{ id?: string; code?: string }>(method, path, body)
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500)
  return answer.body.id ?? answer.body.code ?? ''
}

/** Something that a bank or a colleague does in Stripe; where it isn't possible at the moment it doesn't happen. */
const atStripe = ({ world }: Story, path: string, body: object): Promise<unknown> =>
  world.simulator.control('POST', path, body).catch(() => undefined)

const faults: readonly object[] = [
  { kind: 'connection_lost', when: 'before' },
  { kind: 'connection_lost', when: 'after' },
  { kind: 'connection_lost', when: 'after', how: 'half_body' },
  { kind: 'rate_limit', retry_after: 1 },
  { kind: 'idempotency_key_in_use' },
  { kind: 'status', status: 500, executes: true },
  { kind: 'status', status: 502, body: 'html', executes: true },
  { kind: 'status', status: 200, body: 'json', executes: true },
  { kind: 'webhook_first' },
  { kind: 'balance_refused' },
  { kind: 'first', does: 'dashboard_refund', amount: 500 },
  { kind: 'first', does: 'open_dispute' },
]

type Step = (story: Story) => Promise<unknown>
const steps: Readonly<Record<string, Step>> = {
  buy: async (story) =>
    story.bought.push(
      await story.world.buys({
        amount: 1000 + Math.floor(story.random() * 9000),
        currency: pick(story, ['usd', 'eur', 'jpy'])!,
      }),
    ),
  subscribe: async (story) =>
    story.bought.push(await story.world.subscribes({ amount: 1000 + Math.floor(story.random() * 9000) })),
  ask: async (story) => {
    const payment = pick(story, story.bought)?.payment
    const id =
      payment === undefined ? '' : await say(story, 'POST', '/v1/refund_requests', { payment, reason: 'other' })
    if (id.startsWith('rr_')) story.requests.push(id)
  },
  approve: async (story) => {
    const id = pick(story, story.requests)
    const body = {
      ...(story.random() < 0.6 && { amount: 100 + Math.floor(story.random() * 6000) }),
      access: pick(story, ['now', 'period_end', 'keep']),
    }
    if (id !== undefined) await say(story, 'POST', `/v1/refund_requests/${id}/approve`, body)
  },
  deny: async (story) =>
    story.requests.length > 0 &&
    say(story, 'POST', `/v1/refund_requests/${pick(story, story.requests)}/deny`, { note: 'No.' }),
  withdraw: async (story) =>
    story.requests.length > 0 && say(story, 'POST', `/v1/refund_requests/${pick(story, story.requests)}/withdraw`),
  refundByHand: async (story) => {
    const payment = pick(story, story.bought)?.payment
    if (payment)
      await atStripe(story, '/_control/refunds', {
        payment_intent: payment,
        ...(story.random() < 0.7 && { amount: 100 + Math.floor(story.random() * 3000) }),
      })
  },
  bounce: async (story) => {
    const refund = pick(story, (await story.world.stripe.refunds.list({ limit: 100 })).data)
    if (refund)
      await atStripe(story, `/_control/refunds/${refund.id}`, {
        to: pick(story, ['failed', 'failed', 'requires_action']),
      })
  },
  dispute: async (story) => {
    const payment = pick(story, story.bought)?.payment
    if (payment) await atStripe(story, '/_control/disputes', { payment_intent: payment, inquiry: story.random() < 0.5 })
  },
  dispute_ends: async (story) => {
    const dispute = pick(story, (await story.world.stripe.disputes.list()).data)
    if (dispute)
      await atStripe(story, `/_control/disputes/${dispute.id}`, { to: pick(story, ['won', 'lost', 'escalated']) })
  },
  fault: async (story) => story.world.fault(pick(story, faults)!),
  letter: async (story) =>
    story.world.simulator.control('POST', '/_control/faults', {
      on: 'delivery',
      effect: { kind: pick(story, ['drop', 'duplicate', 'reorder'])! },
    }),
  wait: async (story) => story.world.later(3 + Math.floor(story.random() * 10)),
  work: async (story) => story.world.settle(),
}
const likely = [
  'buy',
  'subscribe',
  'ask',
  'ask',
  'ask',
  'approve',
  'approve',
  'approve',
  'deny',
  'withdraw',
  'refundByHand',
  'bounce',
  'dispute',
  'dispute_ends',
  'fault',
  'fault',
  'letter',
  'wait',
  'work',
  'work',
  'work',
]

/** Everything that went wrong is over; what waits for its time gets it, and the reconciliation looks at all. */
async function calm({ world }: Story): Promise<void> {
  await world.faultsEnd()
  await world.simulator.control('POST', '/_control/deliveries/release')
  for (const seconds of [0, 35, 310, 3700]) {
    world.later(seconds)
    await world.settle()
    await backfillEvents(world.app)
    await sweepRefunds(world.app, new Date(0))
  }
  await world.settle()
}

const seeds = (process.env['STORY_SEEDS'] ?? '1,2,3,4').split(',').map(Number)

test.each(seeds)(
  'whatever happens, in the end the books agree and nobody waits in silence (story %i)',
  async (seed) => {
    await using world = await openWorld({ daysAgo: 0.01 })
    const story: Story = { world, random: randomFrom(seed), bought: [], requests: [] }
    await steps['buy']!(story)
    await steps['subscribe']!(story)
    const told: string[] = []
    for (let i = 0; i < 60; i++) {
      const name = pick(story, likely)!
      told.push(name)
      await steps[name]!(story)
    }
    await calm(story)
    try {
      await expectBooksToAgree(world)
      expect(
        await world.rows(`select q.id, q.status, r.status as refund from refund_request q
      left join refund r on r.request_id = q.id and r.status not in ('failed', 'canceled')
      where (q.status = 'submitted') or (q.status = 'approved' and coalesce(r.status, '') not in ('pending', 'requires_action'))
        or (q.status = 'refunded' and coalesce(r.status, '') not in ('succeeded', 'requires_action'))
        or (q.status in ('denied', 'withdrawn', 'in_review', 'failed') and r.id is not null)`),
        'requests that do not fit their refund',
      ).toEqual([])
      expect(
        await world.rows(`select * from exception where resolved_at is null and kind = 'refunded_elsewhere_too'`),
      ).toEqual([])
      expect(await world.rows(`select id, type, last_error from stripe_event where status = 'quarantined'`)).toEqual([])
    } catch (error) {
      ;(error as Error).message += `\n\nThe story was: ${told.join(', ')}`
      throw error
    }
  },
  60_000,
)

import { describe, expect, test } from 'vitest'
import { randomFrom } from '../src/demo/history.ts'
import { approve } from './cases.ts'
import { expectBooksToAgree, openWorld, type World } from './world.ts'

describe('a storm of webhooks', () => {
  /** Signs an event as Stripe would and posts it to us. */
  async function post({ url, webhookSecret, stripe }: World, event: object): Promise<number> {
    const payload = JSON.stringify(event)
    const signature = stripe.webhooks.generateTestHeaderString({ payload, secret: webhookSecret })
    return (
      await fetch(`${url}/webhooks/stripe`, {
        method: 'POST',
        body: payload,
        headers: { 'stripe-signature': signature },
      })
    ).status
  }

  test.each([1, 2])(
    'every event three times, shuffled, while we work (course %i): the books agree to the cent',
    async (seed) => {
      await using world = await openWorld({ daysAgo: 40 })
      const random = randomFrom(seed)
      await world.simulator.control('POST', '/_control/faults', {
        on: 'delivery',
        effect: { kind: 'drop' },
        times: null,
      })
      const month = await Promise.all(Array.from({ length: 4 }, () => world.subscribes()))
      await world.daysAgo(5)
      const once = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          world.buys({ amount: 1000 + 137 * i, currency: i % 3 === 0 ? 'jpy' : 'eur' }),
        ),
      )
      await world.daysAgo(0)
      const requests = []
      for (const { payment } of once.slice(0, 6)) requests.push(await world.ask(payment))
      for (const { payment } of once.slice(6, 9))
        await world.simulator.control('POST', '/_control/refunds', { payment_intent: payment, amount: 333 })
      await world.simulator.control('POST', '/_control/refunds', { payment_intent: once[9]!.payment })
      await world.simulator.control('POST', '/_control/disputes', { payment_intent: once[10]!.payment })
      for (const { payment } of month) requests.push(await world.ask(payment))
      await world.settle()
      const [bounced] = (await world.stripe.refunds.list({ payment_intent: once[0]!.payment })).data
      await world.simulator.control('POST', `/_control/refunds/${bounced!.id}`, { to: 'failed' })
      for (const { id } of requests.slice(6)) await approve(world, id, { amount: 1450, access: 'keep' })
      const events = []
      for await (const event of world.stripe.events.list({ limit: 100 })) events.push(event)
      const storm = [...events, ...events, ...events]
        .map((event) => ({ event, place: random() }))
        .sort((a, b) => a.place - b.place)
      const sender = async (): Promise<void> => {
        for (let next = storm.pop(); next; next = storm.pop()) expect(await post(world, next.event)).toBe(200)
      }
      await Promise.all([sender(), sender(), sender(), sender(), world.settle(), world.settle()])
      await world.settle()
      expect(events.length).toBeGreaterThan(80)
      expect(await world.rows(`select id from stripe_event where status not in ('done', 'ignored')`)).toEqual([])
      expect((await world.stripe.refunds.list({ limit: 100 })).data).toHaveLength(6 + 3 + 1 + 4)
      await expectBooksToAgree(world)
    },
  )
})

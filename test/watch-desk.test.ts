import { expect, test } from 'vitest'
import { assignRequest } from '../src/flows/assign-request.ts'
import { askCustomer } from '../src/flows/ask-customer.ts'
import { snoozeRequest } from '../src/flows/snooze-request.ts'
import { watchDesk } from '../src/flows/watch-desk.ts'
import { adminQueue } from '../src/db/admin-queue.ts'
import { colleague, inReview } from './cases.ts'
import { openWorld, type World } from './world.ts'

const owner = { by: 'staff:o', role: 'owner' } as const
const hour = 3600
const queue = async (world: World, view: 'all' | 'snoozed' | 'customer' | 'mentions' | 'escalated' = 'all') => {
  const { app } = world
  const { rows } = await adminQueue(app.db, app.account, { view, me: 'staff:mara', now: app.now() })
  return rows.map(({ id }) => id)
}

test('what is snoozed leaves the queue and comes back by itself', async () => {
  await using world = await openWorld()
  const { id } = (await inReview(world)).request
  await snoozeRequest(world.app, { id, ...owner, until: new Date(world.app.now().getTime() + hour * 1000) })
  expect([await queue(world), await queue(world, 'snoozed')]).toEqual([[], [id]])
  world.later(hour + 1)
  await watchDesk(world.app)
  expect([await queue(world), await queue(world, 'snoozed')]).toEqual([[id], []])
  expect(await world.rows(`select actor from audit where action = 'request.woken'`)).toEqual([{ actor: 'moneyback' }])
})

test('a question without an answer brings the request back after seven days, and decides nothing', async () => {
  await using world = await openWorld()
  const { id } = (await inReview(world)).request
  await askCustomer(world.app, { id, ...owner, question: 'Why?' })
  expect([await queue(world), await queue(world, 'customer')]).toEqual([[], [id]])
  world.later(7 * 24 * hour + 1)
  await watchDesk(world.app)
  expect([await queue(world), await queue(world, 'customer')]).toEqual([[id], []])
  expect(await world.request(id)).toMatchObject({ status: 'in_review', waiting_for: 'staff' })
})

test('who has taken on what is due soon is reminded once; what is overdue is escalated once; nothing is ever paid', async () => {
  await using world = await openWorld()
  await colleague(world, { id: 'mara', role: 'support' })
  const { id } = (await inReview(world)).request
  await assignRequest(world.app, { id, by: 'staff:mara', to: 'staff:mara' })
  await watchDesk(world.app)
  expect(await queue(world, 'mentions')).toEqual([])
  world.later(23 * hour)
  await watchDesk(world.app)
  await watchDesk(world.app)
  expect([await queue(world, 'mentions'), await queue(world, 'escalated')]).toEqual([[id], []])
  world.later(30 * 24 * hour)
  await watchDesk(world.app)
  await watchDesk(world.app)
  expect(await queue(world, 'escalated')).toEqual([id])
  const told = await world.rows(
    `select action from audit where actor = 'moneyback' and action in ('request.reminded', 'request.escalated') order by seq`,
  )
  expect(told).toEqual([{ action: 'request.reminded' }, { action: 'request.escalated' }])
  expect((await world.request(id)).status).toBe('in_review')
  expect((await world.stripe.refunds.list()).data).toEqual([])
})

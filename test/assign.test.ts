import { expect, test } from 'vitest'
import { assignRequest } from '../src/flows/assign-request.ts'
import { previewLetter } from '../src/flows/preview-letter.ts'
import { colleague, inReview } from './cases.ts'
import { openWorld } from './world.ts'

test('a request is given only to somebody who is in the team and decides', async () => {
  await using world = await openWorld()
  const { request } = await inReview(world)
  const by = await colleague(world, { id: 's', role: 'support' })
  const other = await colleague(world, { id: 'a', role: 'approver' })
  const viewer = await colleague(world, { id: 'v', role: 'viewer' })
  const assign = (to: typeof by | null) => assignRequest(world.app, { id: request.id, by, to })
  expect(await assign(other)).toMatchObject({ ok: true })
  for (const nobody of [viewer, 'staff:gone' as const])
    expect(await assign(nobody)).toMatchObject({ ok: false, no: { code: 'assignee_not_found' } })
  expect(await world.rows('select assignee from refund_request')).toEqual([{ assignee: other }])
  expect(await assign(null)).toMatchObject({ ok: true })
})

test('the letter of an approval is shown as it would be sent, in the customer’s language, and nothing is sent', async () => {
  await using world = await openWorld()
  const { request } = await inReview(world)
  await world.rows(`update refund_request set locale = 'de' where id = '${request.id}'`)
  const before = await world.rows('select id from message')
  expect(await previewLetter(world.app, { id: request.id, amount_minor: 1000, reply: 'Gern.' })).toMatchObject({
    ok: true,
    value: { language: 'de', subject: expect.stringContaining('10,00'), paragraphs: ['Gern.', expect.any(String)] },
  })
  expect(await world.rows('select id from message')).toEqual(before)
  expect(await previewLetter(world.app, { id: 'rr_none', amount_minor: 1, reply: '' })).toMatchObject({
    no: { code: 'request_not_found' },
  })
})

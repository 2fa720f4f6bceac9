import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Actor, Role } from '../src/domain/actor.ts'
import { addNote } from '../src/flows/add-note.ts'
import { approveRequest } from '../src/flows/approve-request.ts'
import { publishPolicy } from '../src/flows/publish-policy.ts'
import { requestScreen } from '../src/http/admin/request-screen.ts'
import { colleague, inReview } from './cases.ts'
import { openWorld, type World } from './world.ts'

const yes = (world: World, id: string, who: string, amount_minor?: number) =>
  approveRequest(world.app, { id, by: `staff:${who}` as Actor, role: 'finance', ...(amount_minor && { amount_minor }) })

async function asked(world: World) {
  for (const [id, role] of [
    ['f', 'finance'],
    ['f2', 'finance'],
    ['o', 'owner'],
  ] as [string, Role][])
    await colleague(world, { id, role })
  const { request, ...bought } = await inReview(world, 1_500_000)
  return { id: request.id, ...bought }
}

const firstOf = async (world: World, id: string) =>
  (await requestScreen(world.app, id, { id: 'o', role: 'owner' }))!.first_approval

test('the second of two is shown that nothing changed, when nothing did', async () => {
  await using world = await openWorld()
  const { id } = await asked(world)
  expect(await firstOf(world, id)).toBeNull()
  expect(await yes(world, id, 'f')).toMatchObject({ ok: true, value: { needs_another_approval: true } })
  // Time passes, and with it the age of the payment: that is no news.
  world.later(3 * 86_400)
  expect(await firstOf(world, id)).toMatchObject({ by: 'staff:f', amount_minor: 1_500_000, changes: [] })
})

test('the second of two is shown facts, signals, policy, notes and amounts that are otherwise since the first', async () => {
  await using world = await openWorld()
  const { id, customer } = await asked(world)
  expect(await yes(world, id, 'f2', 900_000)).toMatchObject({ ok: true })
  world.later(60)
  expect(await yes(world, id, 'f')).toMatchObject({ ok: true, value: { needs_another_approval: true } })
  world.later(60)
  await addNote(world.app, { id, by: 'staff:f2' as Actor, note: 'The customer called.' })
  await world.used(customer, 0.9)
  const other = await world.buys({ customer })
  await world.settle()
  await world.ask(other.payment)
  const source = (await readFile(new URL('./policy.yaml', import.meta.url), 'utf8')) + '\n# A second version.\n'
  expect(await publishPolicy(world.app, { source, comment: 'Anew', by: 'moneyback', role: 'owner' })).toMatchObject({
    ok: true,
  })
  world.later(60)
  const says = (await firstOf(world, id))!.changes.map(({ kind, says: words }) => `${kind}: ${words}`)
  expect(says).toContain(
    'amount: the amount is $15,000.00; Colleague f2 had approved $9,000.00, which does not count any more',
  )
  expect(says).toContainEqual(expect.stringMatching(/^fact: .*90\s?%, was unknown$/))
  expect(says).toContain('signal: other requests of this customer: 1, was 0')
  expect(says).toContainEqual(expect.stringMatching(/^policy: policy version 2 is in force, was 1/))
  expect(says).toContain('note: Colleague f2 noted “The customer called.”')
  // Whoever is last still decides: the approval stands on what they saw.
  expect(await yes(world, id, 'o')).toMatchObject({ ok: true, value: { needs_another_approval: false } })
  expect(await firstOf(world, id)).toBeNull()
})

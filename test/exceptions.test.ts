import { expect, test } from 'vitest'
import { openException } from '../src/db/exceptions.ts'
import { resolveException } from '../src/flows/resolve-exception.ts'
import { openWorld } from './world.ts'

test('a difference is closed by somebody of the role that owns it, with a note, once', async () => {
  await using world = await openWorld()
  const { app } = world
  const found = {
    account: app.account,
    kind: 'never_confirmed',
    subject: 'rr_1',
    because: 'b',
    cure: 'c',
    owner: 'finance',
    at: app.now(),
  }
  await openException(app.db, found)
  await openException(app.db, found)
  const open = await world.rows<{ id: string }>('select id from exception where resolved_at is null')
  expect(open).toHaveLength(1)
  const id = open[0]!.id
  const close = (role: 'support' | 'finance', note: string) => resolveException(app, { id, by: 'staff:1', role, note })
  expect(await close('finance', '  ')).toMatchObject({ no: { code: 'note_missing' } })
  expect(await close('support', 'done')).toMatchObject({ no: { code: 'role_too_low', needed: 'finance' } })
  expect(await close('finance', 'Compared with Stripe.')).toMatchObject({ ok: true })
  expect(await close('finance', 'again')).toMatchObject({ no: { code: 'exception_not_found' } })
  expect(
    await world.rows("select actor, detail ->> 'note' as note from audit where action = 'exception.resolved'"),
  ).toEqual([{ actor: 'staff:1', note: 'Compared with Stripe.' }])
})

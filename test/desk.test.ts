import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { Actor, Role } from '../src/domain/actor.ts'
import { addNote } from '../src/flows/add-note.ts'
import { approveRequest } from '../src/flows/approve-request.ts'
import { denyRequest } from '../src/flows/deny-request.ts'
import { escalateRequest } from '../src/flows/escalate-request.ts'
import { handleElsewhere } from '../src/flows/handle-elsewhere.ts'
import { mergeRequests } from '../src/flows/merge-requests.ts'
import { reopenRequest } from '../src/flows/reopen-request.ts'
import { snoozeRequest } from '../src/flows/snooze-request.ts'
import { undoDecision } from '../src/flows/undo-decision.ts'
import { workOnce } from '../src/jobs/work.ts'
import { revisionOf } from '../src/db/revision.ts'
import { colleague, inReview, messages } from './cases.ts'
import { expectBooksToAgree, openWorld, type World } from './world.ts'

const support = { by: 'staff:s' as Actor, role: 'support' as Role }
const owner = { by: 'staff:o' as Actor, role: 'owner' as Role }
const refusal = (code: string, more: object = {}) => ({ ok: false, no: { code, ...more } })

async function waits(world: World, amount = 2900) {
  const { request, customer, payment } = await inReview(world, amount)
  return { id: request.id, customer, payment, paymentId: request.payment }
}

describe('undo', () => {
  test('for ten seconds nothing is sent, and what was set aside is free again; afterwards it is paid', async () => {
    await using world = await openWorld()
    const { id } = await waits(world)
    const approve = () => approveRequest(world.app, { id, ...owner, undoable: true })
    expect(await approve()).toMatchObject({ ok: true })
    await world.settle()
    expect(await world.request(id)).toMatchObject({ status: 'approved', refund: { status: 'reserved' } })
    expect(await undoDecision(world.app, { id, ...owner })).toMatchObject({ ok: true })
    expect(await world.request(id)).toMatchObject({
      status: 'in_review',
      waiting_for: 'staff',
      refund: { status: 'canceled' },
    })
    expect(await world.rows('select reserved_minor from payment')).toEqual([{ reserved_minor: 0 }])
    expect(await messages(world), 'the customer was not told').toEqual(['in_review kept'])
    world.later(60)
    await world.settle()
    expect((await world.stripe.refunds.list()).data).toEqual([])
    await approve()
    world.later(11)
    await world.settle()
    expect((await world.request(id)).status).toBe('refunded')
    expect(await undoDecision(world.app, { id, ...owner })).toMatchObject(refusal('not_undoable'))
    await expectBooksToAgree(world)
  })

  test('25 times: undo and worker at the same instant have one winner, and the money says which', async () => {
    await using world = await openWorld()
    const cases = []
    for (let i = 0; i < 25; i++) cases.push((await world.subscribes()).payment)
    await world.daysAgo(0)
    await world.settle()
    const ids = await Promise.all(cases.map(async (payment) => (await world.ask(payment)).id))
    for (const id of ids)
      expect(await approveRequest(world.app, { id, ...owner, undoable: true })).toMatchObject({ ok: true })
    world.later(11)
    const undone = await Promise.all(
      ids.map(async (id, i) => {
        if (i % 3 === 0) void workOnce(world.app)
        return (await undoDecision(world.app, { id, ...owner })).ok
      }),
    )
    await world.settle()
    for (const [i, id] of ids.entries())
      expect((await world.request(id)).status, id).toBe(undone[i] ? 'in_review' : 'refunded')
    expect((await world.stripe.refunds.list({ limit: 100 })).data).toHaveLength(undone.filter((won) => !won).length)
    await expectBooksToAgree(world)
  })

  test('a denial is taken back before the customer is told, by whoever gave it; later it is reopened', async () => {
    await using world = await openWorld()
    const { id } = await waits(world)
    await denyRequest(world.app, { id, ...support, note: 'Used.', undoable: true })
    expect(await undoDecision(world.app, { id, ...owner })).toMatchObject(refusal('not_undoable'))
    expect(await undoDecision(world.app, { id, ...support })).toMatchObject({ ok: true })
    expect(await messages(world)).toEqual(['in_review kept'])
    await denyRequest(world.app, { id, ...support, note: 'Used.', undoable: true })
    world.later(11)
    expect(await undoDecision(world.app, { id, ...support })).toMatchObject(refusal('not_undoable'))
    expect(await reopenRequest(world.app, { id, ...support, note: 'New facts.' })).toMatchObject(
      refusal('role_too_low'),
    )
    expect(await reopenRequest(world.app, { id, ...owner, note: 'New facts.' })).toMatchObject({ ok: true })
    expect(await world.request(id)).toMatchObject({ status: 'in_review', waiting_for: 'staff' })
  })
})

describe('the other roads of a request', () => {
  test('escalated to a higher role with a reason; snoozed and back; each says why it can’t', async () => {
    await using world = await openWorld()
    const { id } = await waits(world)
    const escalate = (to: Role, note = 'Too large.') => escalateRequest(world.app, { id, ...support, to, note })
    expect(await escalate('support')).toMatchObject(refusal('role_not_higher'))
    expect(await escalate('finance', ' ')).toMatchObject(refusal('note_missing'))
    expect(await escalate('finance')).toMatchObject({ ok: true })
    expect(await world.rows('select escalated_to, assignee from refund_request')).toEqual([
      { escalated_to: 'finance', assignee: null },
    ])
    const snooze = (until: Date | null) => snoozeRequest(world.app, { id, ...support, until })
    expect(await snooze(new Date(world.app.now().getTime() - 1))).toMatchObject(refusal('time_invalid'))
    expect(await snooze(new Date(world.app.now().getTime() + 31 * 86_400_000))).toMatchObject(refusal('time_invalid'))
    expect(await snooze(new Date(world.app.now().getTime() + 3_600_000))).toMatchObject({ ok: true })
    expect(await snooze(null)).toMatchObject({ ok: true })
  })

  test('handled elsewhere with a proof: nothing is paid here, and it can be reopened', async () => {
    await using world = await openWorld()
    const { id } = await waits(world)
    const handle = (proof: string) =>
      handleElsewhere(world.app, { id, ...support, note: 'Bank transfer', proof, reply: 'We sent it to your bank.' })
    expect(await handle('')).toMatchObject(refusal('proof_missing'))
    expect(await handle('Transfer 4711')).toMatchObject({ ok: true })
    expect(await world.request(id)).toMatchObject({ status: 'handled', waiting_for: null })
    expect(await messages(world)).toContain('handled kept')
    await world.settle()
    expect((await world.stripe.refunds.list()).data).toEqual([])
    expect(await reopenRequest(world.app, { id, ...support, note: 'The transfer came back.' })).toMatchObject({
      ok: true,
    })
    await expectBooksToAgree(world)
  })

  test('a duplicate goes on in the other request of the same customer, with its words, and strangers are not merged', async () => {
    await using world = await openWorld()
    const first = await world.subscribes()
    const second = await world.subscribes({ customer: first.customer })
    const strange = await world.subscribes()
    await world.daysAgo(0)
    await world.settle()
    const [one, two, other] = [
      await world.ask(first.payment, { comment: 'Once.' }),
      await world.ask(second.payment, { comment: 'Twice.' }),
      await world.ask(strange.payment),
    ]
    const merge = (id: string, into: string) => mergeRequests(world.app, { id, into, ...support })
    expect(await merge(other.id, one.id)).toMatchObject(refusal('not_a_duplicate'))
    expect(await merge(one.id, one.id)).toMatchObject(refusal('not_a_duplicate'))
    const both = await Promise.all([merge(two.id, one.id), merge(one.id, two.id)])
    expect(both.filter(({ ok }) => ok)).toHaveLength(1)
    const statuses = [(await world.request(one.id)).status, (await world.request(two.id)).status]
    expect(statuses.sort()).toEqual(['in_review', 'merged'])
  })

  test('who is named in a note finds the request among their mentions', async () => {
    await using world = await openWorld()
    const { id } = await waits(world)
    await colleague(world, { id: 'mara', role: 'support' })
    await addNote(world.app, { id, by: support.by, note: 'Look at this, @Colleague mara' })
    expect(await world.rows('select staff_id, request_id, seen_at from mention')).toEqual([
      { staff_id: 'mara', request_id: id, seen_at: null },
    ])
  })
})

describe('who may approve', () => {
  const team = async (world: World) => {
    for (const [id, role] of [
      ['s', 'support'],
      ['s2', 'support'],
      ['a', 'approver'],
      ['f', 'finance'],
      ['f2', 'finance'],
      ['o', 'owner'],
    ] as const)
      await colleague(world, { id, role })
  }
  const yes = (world: World, id: string, who: string, amount_minor?: number) =>
    approveRequest(world.app, { id, by: `staff:${who}`, role: 'owner', amount_minor, access: 'keep' })

  test('the role is the one in the books at this moment, not the one that the session had', async () => {
    await using world = await openWorld()
    await team(world)
    const { id } = await waits(world, 20_000)
    expect(await yes(world, id, 's')).toMatchObject(
      refusal('above_your_limit', { per: 'request', needed: 'approver', limit: { minor: 10_000, currency: 'usd' } }),
    )
    await sql`update staff set role = 'viewer' where id = 's2'`.execute(world.app.db)
    expect(await yes(world, id, 's2', 100)).toMatchObject(refusal('role_too_low'))
    expect(await yes(world, id, 'a')).toMatchObject({ ok: true, value: { needs_another_approval: false } })
  })

  test('pieces of one payment count together', async () => {
    await using world = await openWorld()
    await team(world)
    const { id, payment } = await waits(world, 30_000)
    expect(await yes(world, id, 's', 9_000)).toMatchObject({ ok: true })
    await world.settle()
    const again = await world.ask(payment, { reason: 'other', amount: 5_000 })
    expect(await yes(world, again.id, 's2', 1_001)).toMatchObject(refusal('above_your_limit', { per: 'request' }))
    expect(await yes(world, again.id, 's2', 1_000)).toMatchObject({ ok: true })
  })

  test('25 at once do not get above the daily limit, also by an API key that the same person made', async () => {
    await using world = await openWorld()
    await team(world)
    await sql`update api_key set created_by = 'staff:s'`.execute(world.app.db)
    const bought = []
    for (let i = 0; i < 25; i++) bought.push((await world.subscribes({ amount: 9_900 })).payment)
    await world.daysAgo(0)
    await world.settle()
    // The key's own person asks for none of them: staff open them all.
    const ids = []
    for (const payment of bought) ids.push((await world.ask(payment)).id)
    await sql`update refund_request set created_by = 'customer:x'`.execute(world.app.db)
    const results = await Promise.all(
      ids.map((id, i) =>
        i % 2 === 0
          ? yes(world, id, 's').then(({ ok }) => ok)
          : world.api('POST', `/v1/refund_requests/${id}/approve`, {}).then(({ status }) => status === 200),
      ),
    )
    // 500.00 a day is five times 99.00.
    expect(results.filter(Boolean)).toHaveLength(5)
    await world.settle()
    await expectBooksToAgree(world)
  })

  test('a limit in dollars holds for yen, and a currency without a rate is above all limits', async () => {
    await using world = await openWorld()
    await team(world)
    await sql`insert into desk (account_id, settings, changed_by, changed_at)
      values (${world.app.account}, '{"currency": "usd"}', 'staff:o', now())`.execute(world.app.db)
    const yen = await world.subscribes({ amount: 15_100, currency: 'jpy' })
    const rare = await world.subscribes({ amount: 2_000, currency: 'kzt' })
    await world.daysAgo(0)
    await world.settle()
    const [one, two] = [await world.ask(yen.payment), await world.ask(rare.payment)]
    expect(await yes(world, one.id, 's')).toMatchObject(refusal('above_your_limit'))
    expect(await yes(world, one.id, 's', 15_000)).toMatchObject({ ok: true })
    expect(await yes(world, two.id, 'f')).toMatchObject({ ok: true, value: { needs_another_approval: true } })
    expect(await yes(world, two.id, 'f2')).toMatchObject(refusal('needs_an_owner'))
  })

  test('above the limit of finance: two people, one an owner; the same person twice, also by a key, is one', async () => {
    await using world = await openWorld()
    await team(world)
    await sql`update api_key set created_by = 'staff:f'`.execute(world.app.db)
    const { id } = await waits(world, 1_500_000)
    await sql`update refund_request set created_by = 'customer:x'`.execute(world.app.db)
    expect(await yes(world, id, 'a')).toMatchObject(refusal('role_too_low', { needed: 'finance' }))
    expect(await yes(world, id, 'f')).toMatchObject({ ok: true, value: { needs_another_approval: true } })
    expect((await world.api('POST', `/v1/refund_requests/${id}/approve`, {})).body).toMatchObject({
      code: 'already_approved_by_you',
    })
    expect(await yes(world, id, 'f2')).toMatchObject(refusal('needs_an_owner'))
    expect(await yes(world, id, 'o')).toMatchObject({ ok: true, value: { needs_another_approval: false } })
  })

  test('whoever got the role today is not the second, and whoever lost it is not the first any more', async () => {
    await using world = await openWorld()
    await team(world)
    const { id } = await waits(world, 1_500_000)
    await yes(world, id, 'f')
    await sql`update staff set role = 'owner' where id = 'a'`.execute(world.app.db)
    expect(await yes(world, id, 'a')).toMatchObject(refusal('too_new_for_second'))
    await sql`update staff set role = 'support' where id = 'f'`.execute(world.app.db)
    await sql`update staff set role = 'viewer' where id = 'f'`.execute(world.app.db)
    expect(await yes(world, id, 'o')).toMatchObject({ ok: true, value: { needs_another_approval: true } })
  })

  test('another amount begins anew, and an approval of eight days ago does not count', async () => {
    await using world = await openWorld()
    await team(world)
    const { id } = await waits(world, 1_500_000)
    await yes(world, id, 'f')
    expect(await yes(world, id, 'o', 1_400_000)).toMatchObject({ ok: true, value: { needs_another_approval: true } })
    world.later(8 * 86_400)
    expect(await yes(world, id, 'f2', 1_400_000)).toMatchObject({ ok: true, value: { needs_another_approval: true } })
    expect(await yes(world, id, 'o', 1_400_000)).toMatchObject({ ok: true, value: { needs_another_approval: false } })
  })

  test('nobody approves their own, neither with a key nor in the place of whoever asked', async () => {
    await using world = await openWorld()
    await team(world)
    await sql`update api_key set created_by = 'staff:f'`.execute(world.app.db)
    const { id } = await waits(world)
    expect(await yes(world, id, 'f')).toMatchObject(refusal('own_request'))
    expect(await yes(world, id, 'a')).toMatchObject({ ok: true })
  })

  test('a deputy decides with the right of an absent colleague, the audit says for whom, and it ends with the absence', async () => {
    await using world = await openWorld()
    await team(world)
    const { id } = await waits(world, 45_000)
    const from = new Date(Date.now() - 1000)
    await sql`insert into absence (staff_id, deputy_id, from_at, until_at, set_by)
      values ('f', 's', ${from}, ${new Date(Date.now() + 3_600_000)}, 'staff:f')`.execute(world.app.db)
    expect(await yes(world, id, 's')).toMatchObject({ ok: true })
    expect(
      await world.rows(`select detail ->> 'instead_of' as for from audit where action like 'request.approved%'`),
    ).toEqual([{ for: 'staff:f' }])
    const next = await waits(world, 45_000)
    world.later(7_200)
    expect(await yes(world, next.id, 's')).toMatchObject(refusal('above_your_limit'))
  })

  test('what changed since the page was opened is said, and nothing is done', async () => {
    await using world = await openWorld()
    await team(world)
    const { id } = await waits(world)
    const seen = await revisionOf(world.app.db, world.app.account, id)
    await addNote(world.app, { id, by: 'staff:s', note: 'Wait for the bank!' })
    const stale = await approveRequest(world.app, { id, by: 'staff:o', role: 'owner', seen })
    expect(stale).toMatchObject(refusal('changed_meanwhile', { changes: ['Colleague s added a note'] }))
    expect((await world.request(id)).status).toBe('in_review')
    const now = await revisionOf(world.app.db, world.app.account, id)
    expect(await approveRequest(world.app, { id, by: 'staff:o', role: 'owner', seen: now })).toMatchObject({ ok: true })
  })
})

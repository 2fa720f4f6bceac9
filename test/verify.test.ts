import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { verifyBooks, violationsIn } from '../src/db/verify.ts'
import { approve, inReview } from './cases.ts'
import { openWorld, type World } from './world.ts'

const broken = async ({ app }: World): Promise<string[]> =>
  (await verifyBooks(app.db, { account: app.account, now: app.now() })).violations.map(({ code }) => code)

/** A world with one refund of each kind: by the policy, by a person, from the dashboard, bounced. */
async function richWorld(): Promise<World & { paid: string }> {
  const world = await openWorld()
  const [once, elsewhere, bounces] = [await world.buys(), await world.buys(), await world.buys()]
  const { request } = await inReview(world)
  await approve(world, request.id)
  const { id } = await world.ask(once.payment)
  await world.ask(bounces.payment)
  await world.simulator.control('POST', '/_control/refunds', { payment_intent: elsewhere.payment, amount: 700 })
  await world.settle()
  const [refund] = (await world.stripe.refunds.list({ payment_intent: bounces.payment })).data
  await world.simulator.control('POST', `/_control/refunds/${refund!.id}`, { to: 'failed' })
  await world.settle()
  return Object.assign(world, { paid: (await world.request(id)).refund!.id })
}

test('books that were kept by the program are right', async () => {
  await using world = await richWorld()
  expect(await verifyBooks(world.app.db, { account: world.app.account, now: world.app.now() })).toMatchObject({
    checked: expect.any(Number),
    violations: [],
  })
})

test('each invariant is found out when somebody breaks it by hand', async () => {
  await using world = await richWorld()
  const { paid } = world
  // What the database itself refuses is switched off, as somebody with a superuser's rights could.
  const breakages: readonly [code: string, statement: string][] = [
    ['never-too-much', `update payment set reserved_minor = reserved_minor + 1, captured_minor = captured_minor + 1`],
    ['overlap-is-told', `update payment set overlap_minor = 5`],
    ['one-approval-each', `update decision set amount_minor = amount_minor + 1`],
    ['one-approval-each', `update refund set decision_id = (select decision_id from refund where id = '${paid}')`],
    ['same-payment', `update refund_request set payment_id = (select max(id) from payment)`],
    ['frozen-call', `update refund set body = replace(body, '4900', '4901')`],
    ['frozen-call', `update refund set idempotency_key = idempotency_key || '-2' where id = '${paid}'`],
    ['intent-first', `delete from move where machine = 'refund' and event = 'send'`],
    [
      'two-people',
      `update decision set by = 'staff:1' where verdict = 'approve' and by like 'api_key:%'; update refund_request set created_by = 'staff:1'`,
    ],
    [
      'two-people',
      `update decision set explanation = jsonb_set(explanation, '{approvers,count}', '2') where by = 'policy'; update decision set by = 'staff:1' where verdict = 'approve' and by like 'api_key:%'`,
    ],
    [
      'nothing-while-disputed',
      `update audit set detail = jsonb_set(detail, '{dispute}', '"open"'), at = at - interval '1 day' where action like 'payment.%'`,
    ],
    ['journal-has-no-gaps', `delete from move where machine = 'refund' and event = 'send'`],
    ['journal-has-no-gaps', `update refund set status = 'pending', settled_at = null where id = '${paid}'`],
    ['journal-adds-up', `update refund set amount_minor = amount_minor - 1 where id = '${paid}'`],
    ['audit-tells-each-move', `delete from audit where action = 'request.approved'`],
    ['audit-tells-each-move', `delete from audit where action = 'refund.succeeded'`],
    [
      'request-follows-refund',
      `update refund_request set status = 'denied' where id = (select request_id from refund where id = '${paid}')`,
    ],
    ['somebody-is-next', `update refund_request set status = 'in_review', due_at = null`],
    [
      'somebody-is-next',
      `update refund set status = 'unconfirmed', settled_at = null, next_at = null where id = '${paid}'`,
    ],
    ['nothing-is-late', `update refund set next_at = now() - interval '1 hour'`],
    ['nothing-is-late', `update stripe_event set status = 'new', next_at = now() - interval '1 hour'`],
    ['every-event-is-taken', `update stripe_event set status = 'quarantined'`],
    ['every-event-is-taken', `update stripe_event set livemode = true`],
    ['access-follows', `delete from subscription_change`],
    ['access-follows', `update subscription_change set status = 'wanted', next_at = null`],
  ]
  for (const [code, statement] of breakages) expect(await foundOut(world, statement), statement).toContain(code)
  expect(await broken(world), 'all was taken back').toEqual([])
})

/** Breaks the books in a transaction, asks what is wrong, and takes it back. */
async function foundOut({ app }: World, statement: string): Promise<string[]> {
  let found: string[] = []
  const tried = app.db.transaction().execute(async (tx) => {
    await sql.raw('set local session_replication_role = replica').execute(tx)
    for (const part of statement.split('; ')) await sql.raw(part).execute(tx)
    found = (await violationsIn(tx, { account: app.account, now: app.now() })).map(({ code }) => code)
    throw new Error('taken back')
  })
  await expect(tried).rejects.toThrow('taken back')
  return found
}

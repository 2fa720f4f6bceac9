import { afterAll, beforeAll, expect, test } from 'vitest'
import { arrows } from '../src/domain/machine.ts'
import { refundMachine } from '../src/domain/refund.ts'
import { requestMachine } from '../src/domain/request.ts'
import { openWorld, type World } from './world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
  const { payment } = await world.buys()
  await world.daysAgo(0)
  await world.settle()
  await world.ask(payment)
  await world.settle()
  expect(await world.rows('select status from refund')).toEqual([{ status: 'succeeded' }])
})
afterAll(() => world[Symbol.asyncDispose]())

const copyOf = (table: string, columns: string, changed: string): string =>
  `insert into ${table} (${columns}) select ${changed} from ${table} limit 1`

test.each([
  [
    'a paid refund is not set aside again',
    `update refund set status = 'reserved', settled_at = null`,
    /refund does not go from succeeded to reserved/,
  ],
  ['a paid refund is not canceled', `update refund set status = 'canceled'`, /does not go from succeeded to canceled/],
  [
    'a refunded request is not submitted again',
    `update refund_request set status = 'submitted'`,
    /request does not go from refunded to submitted/,
  ],
  [
    'a status that is not in the diagram',
    `update refund set status = 'lost'`,
    /does not go from|refund_status_is_known/,
  ],
  [
    'a request in a status that is not in the diagram',
    copyOf(
      'refund_request',
      'account_id, id, status, payment_id, currency, reason, channel, created_by, created_at',
      `account_id, 'rr_2', 'lost', payment_id, currency, reason, channel, created_by, created_at`,
    ),
    /request_status_is_known/,
  ],
  [
    'more set aside than was captured',
    'update payment set reserved_minor = captured_minor + 1',
    /never_give_back_more_than_was_taken/,
  ],
  ['less than nothing set aside', 'update payment set reserved_minor = -1', /never_give_back_more_than_was_taken/],
  [
    'money set aside that no refund holds',
    'update payment set reserved_minor = reserved_minor - 1',
    /set aside but its refunds hold/,
  ],
  [
    'a refund that holds more than is set aside',
    'update refund set amount_minor = amount_minor - 1',
    /set aside but its refunds hold/,
  ],
  ['a refund of nothing', 'update refund set amount_minor = 0', /refund_amount_minor_check/],
  ['a refund of ours without a key', 'update refund set idempotency_key = null', /ours_has_a_key_and_a_frozen_body/],
  [
    'a paid refund that was never sent',
    'update refund set first_sent_at = null',
    /intent_is_written_before_the_first_byte/,
  ],
  ['an end without its time', 'update refund set settled_at = null', /settled_exactly_when_it_has_an_end/],
  [
    'a second live refund for a request',
    copyOf(
      'refund',
      'account_id, id, status, payment_id, request_id, decision_id, amount_minor, currency, access, origin, idempotency_key, body, created_at',
      `account_id, 'rf_2', 'reserved', payment_id, request_id, decision_id, 1, currency, access, origin, 'k2', body, created_at`,
    ),
    /one_live_refund_per_request/,
  ],
  [
    'two refunds under one key',
    copyOf(
      'refund',
      'account_id, id, status, payment_id, request_id, decision_id, amount_minor, currency, access, origin, idempotency_key, body, settled_at, created_at',
      `account_id, 'rf_2', 'canceled', payment_id, request_id, decision_id, 1, currency, access, origin, idempotency_key, body, created_at, created_at`,
    ),
    /refund_account_id_idempotency_key_key/,
  ],
  [
    'a journal entry for an arrow that is not in the diagram',
    copyOf(
      'move',
      'account_id, machine, subject_id, from_status, event, to_status, by, at',
      `account_id, 'refund', subject_id, 'failed', 'succeed', 'succeeded', by, at`,
    ),
    /only_arrows_in_the_diagram/,
  ],
  [
    'a decision of the policy without its reasons',
    copyOf(
      'decision',
      'account_id, id, request_id, verdict, by, amount_minor, currency, access, at',
      `account_id, 'dec_2', request_id, 'approve', 'policy', 1, currency, access, at`,
    ),
    /the_policy_explains_itself/,
  ],
])('PostgreSQL refuses: %s', async (_, statement, message) => {
  await expect(world.rows(statement)).rejects.toThrow(message)
})

test.each(['audit', 'move', 'decision', 'policy_version'])('%s is only ever added to', async (table) => {
  const [column] = await world.rows<{ column_name: string }>(
    `select column_name from information_schema.columns where table_name = '${table}' and data_type = 'text' and column_name <> 'account_id' limit 1`,
  )
  for (const statement of [
    `update ${table} set ${column!.column_name} = 'x'`,
    `delete from ${table}`,
    `truncate ${table} cascade`,
  ]) {
    await expect(world.rows(statement), statement).rejects.toThrow(/is append-only/)
  }
})

test('two open requests for one payment are refused, one beside a refund from Stripe is not', async () => {
  const insert = (id: string, channel: string): Promise<unknown> =>
    world.rows(
      copyOf(
        'refund_request',
        'account_id, id, status, payment_id, currency, reason, channel, created_by, created_at',
        `account_id, '${id}', 'submitted', payment_id, currency, reason, '${channel}', created_by, created_at`,
      ),
    )
  await insert('rr_a', 'api')
  await expect(insert('rr_b', 'portal')).rejects.toThrow(/one_open_request_per_payment/)
  await insert('rr_c', 'stripe')
  await world.rows(`delete from refund_request where id in ('rr_a', 'rr_c')`)
})

test('PostgreSQL knows exactly the arrows of the tables', async () => {
  const known = await world.rows<{ text: string }>(
    `select machine || ' ' || from_status || ' ' || event || ' ' || to_status as text from arrow`,
  )
  const meant = [
    ...arrows(refundMachine).map(({ from, event, to }) => `refund ${from} ${event} ${to}`),
    ...arrows(requestMachine).map(({ from, event, to }) => `request ${from} ${event} ${to}`),
  ]
  expect(known.map(({ text }) => text).sort()).toEqual(meant.sort())
})

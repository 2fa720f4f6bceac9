import { expect, test } from 'vitest'
import type { RequestView } from '../../http/portal/wire.ts'
import { lineOf } from './line.ts'
import { words } from './words/en.ts'

const at = '2026-11-23T10:00:00Z'
const told = { words, locale: 'en-GB', now: new Date(at) }
const card = { type: 'card', brand: 'visa', last4: '4242' }
const decision = {
  verdict: 'approve',
  by: 'policy',
  at,
  amount_minor: 4900,
  currency: 'eur',
  worked_out: null,
  say: null,
  say_language: 'en',
  reply: null,
  missed_by: null,
  access: { choice: 'now', ends_at: null, subscription_ends: false },
} as const
const refund = {
  status: 'succeeded',
  amount_minor: 4900,
  currency: 'eur',
  reference: null,
  sent_at: at,
  succeeded_at: at,
  failed_at: null,
  expected: { from: '2026-11-30T10:00:00Z', to: '2026-12-07T10:00:00Z' },
} as const
const request: RequestView = {
  id: 'rr_1',
  status: 'refunded',
  reason: 'other',
  comment: null,
  created_at: at,
  closed_at: null,
  due_at: null,
  deciding_ms: null,
  appealed_at: null,
  files: [],
  questions: [],
  together: [],
  decision,
  refund,
  payment: {
    id: 'pay_1',
    what: 'Field guide',
    paid_at: at,
    amount_minor: 4900,
    refunded_minor: 0,
    currency: 'eur',
    method: card,
    interval: 'once',
    period_start: null,
    period_end: null,
    invoice_number: null,
  },
  may: { withdraw: false, appeal: false, ask_again: false },
}

const lineTold = (over: Partial<RequestView>, now = told.now) =>
  lineOf({ ...request, ...over }, { ...told, now }).map(({ words: said, state }) => `${said}: ${state}`)

test.each<[string, Partial<RequestView>, string[]]>([
  [
    'being checked',
    { status: 'submitted', decision: null, refund: null },
    ['We received your request: done', 'It is being checked: now', 'You get the answer here: next'],
  ],
  [
    'with a person promises no money',
    { status: 'in_review', decision: null, refund: null },
    ['We received your request: done', 'A person looks at it: now', 'You get the answer here: next'],
  ],
  [
    'approved and not sent yet',
    { status: 'approved', refund: { ...refund, status: 'reserved', succeeded_at: null } },
    [
      'We received your request: done',
      'Approved by our rules: done',
      'On its way to your bank: now',
      'Arrives on your account: next',
    ],
  ],
  [
    'sent',
    {},
    [
      'We received your request: done',
      'Approved by our rules: done',
      'Sent to your bank: done',
      'Arrives on your account: now',
    ],
  ],
  [
    'bounced',
    { status: 'failed', refund: { ...refund, status: 'failed', failed_at: at } },
    [
      'We received your request: done',
      'Approved by our rules: done',
      'Sent to your bank: done',
      'The bank sent it back: stopped',
      'A person finds another way: now',
    ],
  ],
  [
    'never got out',
    { status: 'failed', refund: { ...refund, status: 'failed', succeeded_at: null, failed_at: at } },
    [
      'We received your request: done',
      'Approved by our rules: done',
      'It could not be sent: stopped',
      'A person finds another way: now',
    ],
  ],
  ['denied', { status: 'denied', refund: null }, ['We received your request: done', 'Denied by our rules: no']],
  [
    'denied by a person after an appeal',
    { status: 'denied', refund: null, appealed_at: at, decision: { ...decision, by: 'person' } },
    [
      'We received your request: done',
      'Denied by our rules: no',
      'You asked for a person: done',
      'Denied by a person: no',
    ],
  ],
  [
    'taken back',
    { status: 'withdrawn', refund: null, closed_at: at },
    ['We received your request: done', 'You took it back: no'],
  ],
  [
    'made in Stripe',
    { decision: { ...decision, by: 'elsewhere' } },
    ['Refund made for you: done', 'Sent to your bank: done', 'Arrives on your account: now'],
  ],
])('the time line of a request that is %s', (_, over, line) => {
  expect(lineTold(over)).toEqual(line)
})

test('a day after the last expected day it should be there', () => {
  expect(lineTold({}, new Date('2026-12-08T10:00:01Z')).at(-1)).toBe('Should be on your account: done')
})

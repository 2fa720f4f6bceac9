import { buys, subscribes, type Buyer, type Step } from './history.ts'

const day = 24 * 60 * 60

/** One of the five people whom the demo, the docs and the tests tell of. */
export type Story = {
  readonly as: string
  readonly name: string
  readonly story: string
  /** How much of the product was used, pushed as a merchant fact; undefined: nobody has said. */
  readonly usage: number | undefined
  /** The payment that the demo has asked about already, by its name in the steps; undefined: all is left to the visitor. */
  readonly asked: { readonly payment: string; readonly reason: string; readonly comment: string } | undefined
  steps(now: number): Step[]
}

const person = (
  as: string,
  name: string,
  now: number,
  daysAgo: number,
  currency: Buyer['currency'] = 'usd',
): Buyer => ({
  as,
  name,
  email: `${as}@example.com`,
  currency,
  at: now - daysAgo * day,
})

export const subscriptionPayment = (name: string): string =>
  `{{${name}.latest_invoice.payments.data.0.payment.payment_intent}}`

export const stories: readonly Story[] = [
  {
    as: 'ada',
    name: 'Ada Brandt',
    usage: 0.08,
    asked: undefined,
    story:
      'Bought Studio monthly 6 days ago and has hardly used it: her request is approved at once, paid by Stripe a moment later, and her access ends.',
    steps: (now) => subscribes(person('ada', 'Ada Brandt', now, 6), 'monthly'),
  },
  {
    as: 'ben',
    name: 'Ben Okafor',
    usage: undefined,
    asked: {
      payment: 'ben_monthly',
      reason: 'missing_feature',
      comment: 'I need exports to SVG, and there are none. Can I have my money back?',
    },
    story:
      'Nobody has said how much he used, so a person decides: one request waits in the queue, another payment is left to ask about.',
    steps: (now) => [
      ...subscribes(person('ben', 'Ben Okafor', now, 12, 'eur'), 'monthly'),
      ...subscribes({ ...person('ben', 'Ben Okafor', now, 11, 'eur') }, 'annual', { known: true }),
    ],
  },
  {
    as: 'cleo',
    name: 'Cleo Martin',
    usage: 0.4,
    asked: { payment: 'cleo_first', reason: 'changed_mind', comment: 'I never got around to reading it.' },
    story: 'Bought the field guide months ago and is too late: denied, with the reason, and she can ask a person.',
    steps: (now) => [
      ...buys(person('cleo', 'Cleo Martin', now, 170), { as: 'cleo_first' }),
      ...buys(person('cleo', 'Cleo Martin', now, 120), { as: 'cleo_second', known: true }),
    ],
  },
  {
    as: 'dan',
    name: 'Dan Ivanov',
    usage: 0.05,
    asked: { payment: 'dan_guide', reason: 'product_unsatisfactory', comment: '' },
    story:
      'His bank sends refunds back: the refund succeeds, bounces a few seconds later, access returns, and a person is called.',
    steps: (now) => [
      ...buys(person('dan', 'Dan Ivanov', now, 5), { card: 'pm_card_refundFail' }),
      ...subscribes(person('dan', 'Dan Ivanov', now, 4), 'monthly', { card: 'pm_card_refundFail', known: true }),
    ],
  },
  {
    as: 'eve',
    name: 'Eve Tanaka',
    usage: 0.1,
    asked: undefined,
    story: 'Has disputed the payment with her bank: a refund now would pay her twice, so no policy can approve it.',
    steps: (now) => buys(person('eve', 'Eve Tanaka', now, 9, 'jpy'), { card: 'pm_card_createDispute' }),
  },
]

/** What other customers ask in the demo, each about one of the latest payments: what the queue and the reports show beside the stories. */
export const otherRequests = [
  { reason: 'too_expensive', comment: 'The price is more than we can afford this year.' },
  { reason: 'service_unsatisfactory', comment: 'Support took nine days to answer.' },
  { reason: 'unwanted_renewal', comment: 'I thought that I had canceled.' },
  { reason: 'missing_feature', comment: '' },
  { reason: 'changed_mind', comment: 'We went with another tool.' },
  { reason: 'other', comment: 'Our project was stopped.' },
  { reason: 'duplicate', comment: 'I see this twice on my statement.' },
  { reason: 'product_unsatisfactory', comment: 'It does not open my older files.' },
] as const

/** A mistake to plant: each edit must fit exactly once. `equivalent` says why no history can tell the difference. */
export type Mutant = {
  readonly name: string
  readonly mistake: string
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[]
  readonly equivalent?: string
}

const send = 'src/stripe/refunds.ts'
const issue = 'src/flows/issue-refund.ts'
const events = 'src/flows/observe-events.ts'
const webhook = 'src/http/stripe-webhook.ts'
const itsKey = 'now.idempotency_key!'
const roomInTheStatement = ' and reserved_minor + ${refund.amount.minor} <= captured_minor'
const lockOfThePayment =
  'where account_id = ${account} and id = ${id} for update`.execute(tx)\n  if (!rows[0]) throw new Error(`payment'

/** The mistakes that others have made in paying refunds, and one for each control of ours: take it away. */
export const mutants: readonly Mutant[] = [
  {
    name: 'fresh-key-per-send',
    mistake: 'Each send has an idempotency key of its own.',
    edits: [
      {
        file: send,
        find: 'as Stripe.RefundCreateParams, { idempotencyKey })',
        replace: 'as Stripe.RefundCreateParams, { idempotencyKey: `${idempotencyKey}-${Math.random()}` })',
      },
    ],
  },
  {
    name: 'no-look-before-a-resend',
    mistake: 'What may have been sent is sent again without a look at Stripe’s list, also after a day.',
    edits: [{ file: issue, find: ': await lookClosely(app, known.stripe_charge)', replace: ': known' }],
  },
  {
    name: 'a-500-is-a-no',
    mistake: 'An error of Stripe’s own ends the refund.',
    edits: [
      {
        file: send,
        find: "if (statusCode >= 500) return { kind: 'indeterminate', message }",
        replace: "if (statusCode >= 500) return { kind: 'refused', code: 'api_error', message, missing: false }",
      },
    ],
  },
  {
    name: 'new-key-after-a-500',
    mistake: 'After an error of Stripe’s own it is sent again under a new key.',
    edits: [
      { file: issue, find: "if (step.do === 'look_first' && now.saw_500) return waitForStripe(app, now)", replace: '' },
      {
        file: issue,
        find: `now.body!, ${itsKey})`,
        replace: 'now.body!, now.saw_500 ? `${now.idempotency_key}-again` : now.idempotency_key!)',
      },
    ],
  },
  {
    name: 'key-of-payment-and-amount',
    mistake: 'The key is made of the payment and the amount, so that two equal refunds are one.',
    edits: [
      {
        file: 'src/flows/reserve-refund.ts',
        find: 'key: `moneyback-${id}`,',
        replace: 'key: `moneyback-${payment.id}-${amount.minor}`,',
      },
    ],
  },
  {
    name: 'adopt-by-amount',
    mistake: 'A refund that somebody made elsewhere is taken for ours because the amount is the same.',
    edits: [
      {
        file: 'src/flows/observe-refund.ts',
        find: '(seen.ours && (await findRefund(app.db, app.account, seen.ours)))',
        replace:
          "((seen.ours && (await findRefund(app.db, app.account, seen.ours))) || (await app.db.selectFrom('refund').selectAll()" +
          ".where('account_id', '=', app.account).where('amount_minor', '=', seen.amount_minor).where('status', 'in', ['reserved', 'unconfirmed']).executeTakeFirst()))",
      },
    ],
  },
  {
    name: 'body-drifts',
    mistake: 'The body is not frozen: each send says something else.',
    edits: [
      {
        file: send,
        find: 'JSON.parse(body) as Stripe.RefundCreateParams',
        replace:
          '{ ...JSON.parse(body), metadata: { ...JSON.parse(body).metadata, sent: String(Math.random()) } } as Stripe.RefundCreateParams',
      },
    ],
  },
  {
    name: 'webhook-body-is-believed',
    mistake: 'What a webhook says is written down, in whatever order webhooks come.',
    edits: [
      {
        file: send,
        find: 'function seen(refund: Stripe.Refund)',
        replace: 'export function seen(refund: Stripe.Refund)',
      },
      {
        file: events,
        find: "import { retrieveRefund } from '../stripe/refunds.ts'",
        replace: "import { seen } from '../stripe/refunds.ts'",
      },
      {
        file: events,
        find: "{ look: 'refund', id: object.id } : undefined",
        replace: "({ look: 'refund', id: object.id, object } as never) : undefined",
      },
      {
        file: events,
        find: 'async function lookAt(app: App, { look, id }: Target)',
        replace: 'async function lookAt(app: App, { look, id, object }: Target & { object?: never })',
      },
      {
        file: events,
        find: 'observeRefund(app, await retrieveRefund(app.stripe, id))',
        replace: 'observeRefund(app, seen(object!))',
      },
    ],
  },
  {
    name: 'event-is-closed-before-the-look',
    mistake: 'An event counts as done before what it points at was looked at.',
    edits: [
      {
        file: events,
        find: "    crashPoint('after-observe')\n    await closeEvents(app.db, app.account, ids, 'done', app.now())\n",
        replace: '',
      },
      {
        file: events,
        find: '    await lookAt(app, target)\n',
        replace:
          "    await closeEvents(app.db, app.account, ids, 'done', app.now())\n    await lookAt(app, target)\n    crashPoint('after-observe')\n",
      },
    ],
  },
  {
    name: 'access-stays-off-after-a-bounce',
    mistake: 'A refund that the bank sent back still ends access.',
    edits: [
      {
        file: 'src/flows/access-of-customer.ts',
        find: "status === 'succeeded' && access === 'now'",
        replace: "['succeeded', 'failed'].includes(status) && access === 'now'",
      },
    ],
  },
  {
    name: 'check-then-insert',
    mistake:
      'Whether there is room is asked without a lock, before the write, and the database holds no rule of its own.',
    edits: [
      { file: 'src/db/payments.ts', find: lockOfThePayment, replace: lockOfThePayment.replace(' for update', '') },
      { file: 'src/db/refunds.ts', find: roomInTheStatement, replace: '' },
      { file: 'src/db/refunds.ts', find: 'and captured and overlap_minor = 0', replace: 'and captured' },
      { file: 'migrations/0001_schema.sql', find: 'reserved_minor <= captured_minor + overlap_minor', replace: 'true' },
    ],
  },
  {
    name: 'new-key-after-a-day',
    mistake:
      'Once the key is a day old and the list is empty, a new key is made, while a frozen worker still holds the old one.',
    edits: [
      {
        file: issue,
        find: `now.body!, ${itsKey})`,
        replace: "now.body!, step.do === 'look_first' ? `${now.idempotency_key}-2` : now.idempotency_key!)",
      },
    ],
  },
  {
    name: 'no-guard-before-the-send',
    mistake: 'Who was frozen after the intent sends when it wakes, however late.',
    edits: [
      {
        file: issue,
        find: 'app.elapsed() - claim.claimedAt <= sendWithinMs && app.now().getTime() - claim.began.getTime() <= sendWithinMs',
        replace: 'true',
      },
    ],
  },
  {
    name: 'guard-by-the-monotonic-clock-alone',
    mistake: 'Who was on a machine that slept does not notice: its monotonic clock stood still.',
    edits: [{ file: issue, find: ' && app.now().getTime() - claim.began.getTime() <= sendWithinMs', replace: '' }],
  },
  {
    name: 'sent-before-the-intent',
    mistake: 'The first send is not written down before it leaves.',
    edits: [
      {
        file: issue,
        find: 'if (!(await writeIntent(app, now))) return',
        replace: "if (now.status === 'unconfirmed' && !(await writeIntent(app, now))) return",
      },
    ],
  },
  {
    name: 'no-lease',
    mistake: 'Two workers take the same refund.',
    edits: [
      { file: 'src/db/work.ts', find: ' and (lease_until is null or lease_until <= clock_timestamp())', replace: '' },
    ],
  },
  {
    name: 'no-dispute-check-before-the-send',
    mistake: 'A refund goes out although a dispute is known of.',
    edits: [
      {
        file: issue,
        find: "boolean => dispute === 'open' || dispute === 'lost'",
        replace: 'boolean => dispute === undefined',
      },
    ],
  },
  {
    name: 'a-failed-list-is-empty',
    mistake: 'A list that could not be read counts as one with nothing in it.',
    edits: [
      {
        file: send,
        find: 'stripe.refunds.list({ ...of, ...from }))).map(seen)',
        replace: 'stripe.refunds.list({ ...of, ...from })).catch(() => [])).map(seen)',
      },
    ],
  },
  {
    name: 'a-wrong-key-ends-refunds',
    mistake: 'A revoked key counts as Stripe’s no to the refund.',
    edits: [
      {
        file: send,
        find: "return { kind: replayed ? 'kept_no' : 'credential', message }",
        replace: "return { kind: 'refused', code: 'key', message, missing: false }",
      },
    ],
  },
  {
    name: 'signature-is-not-checked',
    mistake: 'Anybody can post an event.',
    edits: [
      {
        file: webhook,
        find: 'app.stripe.webhooks.signature?.verifyHeader(payload, header, secret, toleranceSeconds) ?? false',
        replace: 'true',
      },
    ],
  },
  {
    name: 'age-of-a-webhook-is-not-checked',
    mistake: 'An old webhook can be played again, and one from the future passes.',
    edits: [
      {
        file: webhook,
        find: ' || !(Math.abs(now.getTime() / 1000 - seconds) <= toleranceSeconds)',
        replace: ' || seconds === 0',
      },
    ],
  },
  {
    name: 'account-of-a-webhook-is-not-checked',
    mistake: 'Events of another account are kept.',
    edits: [{ file: webhook, find: ' || (event.account != null && event.account !== app.account)', replace: '' }],
  },
  {
    name: 'mode-of-a-webhook-is-not-checked',
    mistake: 'Live events are kept in a test installation.',
    edits: [{ file: webhook, find: 'event.livemode !== app.livemode || ', replace: '' }],
  },
  {
    name: 'acknowledged-before-it-is-kept',
    mistake: 'Stripe is told "thank you" before the event is committed.',
    edits: [{ file: webhook, find: 'await keepStripeEvent(app, event', replace: 'void keepStripeEvent(app, event' }],
  },
  {
    name: 'transaction-open-over-the-network',
    mistake: 'A lock is held while Stripe is asked.',
    edits: [
      {
        file: issue,
        find: 'const may = await maySend(tx, app.account)',
        replace: 'await app.stripe.charges.list({ limit: 1 })\n    const may = await maySend(tx, app.account)',
      },
    ],
  },
  {
    name: 'refunds-made-elsewhere-are-ignored',
    mistake: 'What a colleague refunds in Stripe is not counted.',
    edits: [
      {
        file: 'src/flows/observe-refund.ts',
        find: 'if (ours) return recordRefund(app, ours, seen)',
        replace: 'return ours ? recordRefund(app, ours, seen) : undefined',
      },
    ],
  },
  {
    name: 'wish-is-not-taken-back',
    mistake: 'After a bounce the subscription still ends.',
    edits: [{ file: 'src/flows/settle-refund.ts', find: '  await takeTheWishBack(app, tx, refund)\n', replace: '' }],
  },
  {
    name: 'sends-while-stopped',
    mistake: 'Books that were restored go on sending before they were compared with Stripe’s.',
    edits: [
      { file: 'src/db/stops.ts', find: "return rows[0]?.stopped ? 'stopped' : 'yes'", replace: "return 'yes'" },
      {
        file: 'src/jobs/work.ts',
        find: "if (stops.some(({ kind }) => kind !== 'key')) return 0",
        replace: "if (stops.some(({ kind }) => kind !== 'key')) return Infinity",
      },
    ],
  },
  {
    name: 'room-is-not-asked-in-the-statement',
    mistake: 'The reserving statement does not ask for room.',
    edits: [{ file: 'src/db/refunds.ts', find: roomInTheStatement, replace: '' }],
    equivalent:
      'room was asked for under the payment’s lock, and the constraint never_give_back_more_than_was_taken stands behind',
  },
  {
    name: 'guard-by-the-wall-clock-alone',
    mistake: 'The guard has one clock.',
    edits: [{ file: issue, find: 'app.elapsed() - claim.claimedAt <= sendWithinMs && ', replace: '' }],
    equivalent:
      'the wall clock alone notices every pause; the monotonic one is for a wall clock that is put back, which no history does',
  },
  {
    name: 'several-sends-of-a-payment-in-flight',
    mistake: 'Two refunds of one payment may be on their way at once.',
    edits: [{ file: issue, find: "    if (await anotherIsInFlight(tx, refund)) return 'wait'\n", replace: '' }],
    equivalent: 'one open request per payment, and one live refund per request, leave no second one to send',
  },
]

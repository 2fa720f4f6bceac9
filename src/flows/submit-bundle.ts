import { createHash } from 'node:crypto'
import type { App } from '../app.ts'
import { requestsOfBundle } from '../db/bundles.ts'
import { inTransaction } from '../db/connect.ts'
import type { PaymentRow } from '../db/payments.ts'
import { newId, type BundleId, type RequestId } from '../domain/ids.ts'
import { explainRefusal, no, ok, type Refusal, type Result } from '../domain/refusal.ts'
import { filesAreThere } from './tie-files.ts'
import { reasonsOf } from '../db/reasons.ts'
import { answerSoon, checkAsking, paymentFor, writeRequest, type Asking } from './submit-request.ts'

/** As many as one person asks for at once; more is an incident, and staff refund those. */
const paymentsMax = 50

export type BundleAsking = Omit<Asking, 'id' | 'payment' | 'amount_minor' | 'currency'> & {
  /** The id that the bundle will have, for a caller who may ask again with it. The same id is the same bundle. */
  readonly id?: BundleId | undefined
  readonly payments: readonly { readonly payment: string; readonly amount_minor?: number | undefined }[]
  /** Of a visitor who was verified to be all of these customers and guests: payments of any of them may stand together. */
  readonly owners?: readonly string[] | undefined
}

export type Bundle = { readonly id: BundleId; readonly requests: RequestId[] }

/**
 * Asks for several payments of one customer, or of one person whom Stripe knows as several, at once: all of them or none are taken. From there on each is a request of its
 * own, with its own answer and refund, so that one that fails holds up no other and nothing about money is new here.
 * Files go with the first of them. Refuses: bundle_invalid, attachment_not_found, bundle_payment_refused (says which payment and why), stripe_unreachable.
 */
export async function submitBundle(app: App, asking: BundleAsking): Promise<Result<Bundle>> {
  const made = await madeBefore(app, asking.id)
  if (made) return ok(made)
  const wrong = checkList(asking.payments.map(({ payment }) => payment))
  if (wrong) return no(wrong)
  const reasons = await reasonsOf(app.db, app.account)
  const legs: { payment: PaymentRow; asking: Omit<Asking, 'id' | 'payment' | 'customer'> }[] = []
  for (const { payment: reference, amount_minor } of asking.payments) {
    const found = await paymentFor(app, { payment: reference, customer: asking.customer })
    if (!found.ok) return found.no.code === 'stripe_unreachable' ? found : refusedFor(reference, found.no)
    if (asking.owners && !isOf(found.value, asking.owners)) return refusedFor(reference, { code: 'payment_not_found' })
    const { id: _, owners, ...rest } = asking
    const one = { ...rest, amount_minor, ...(owners && { by: `customer:${found.value.owner_id!}` as const }) }
    const refusal = checkAsking(one, found.value, reasons)
    if (refusal) return refusedFor(reference, refusal)
    legs.push({ payment: found.value, asking: one })
  }
  if (!(await filesAreThere(app, asking.files))) return no({ code: 'attachment_not_found' })
  const together = checkTogether(
    legs.map(({ payment }) => payment),
    asking.owners,
  )
  if (together) return no(together)
  return write(app, legs, asking.id)
}

async function write(
  app: App,
  legs: readonly { payment: PaymentRow; asking: Omit<Asking, 'id' | 'payment' | 'customer'> }[],
  asked: BundleId | undefined,
): Promise<Result<Bundle>> {
  const id = asked ?? newId('rb')
  // In one order, so that two bundles over the same payments can't wait for each other.
  const ordered = legs
    .toSorted((a, b) => (a.payment.id < b.payment.id ? -1 : 1))
    .map((leg) => ({ ...leg, id: asked ? legOf(asked, leg.payment.id) : newId('rr') }))
  let taken: PaymentRow | undefined
  await inTransaction(app.db, async (tx) => {
    taken = undefined
    for (const leg of ordered)
      if (!(await writeRequest(app, tx, { ...leg, bundle: id }))) throw new Taken((taken = leg.payment))
  }).catch((error: unknown) => {
    if (!(error instanceof Taken)) throw error
  })
  const made = taken && (await madeBefore(app, asked))
  if (made) return ok(made)
  if (taken) return refusedFor(taken.id, { code: 'request_already_open', request: 'see the payment' })
  const requests = ordered.map((leg) => leg.id)
  await answerSoon(app, requests)
  return ok({ id, requests })
}

/** What an earlier try with the same id has written; it was all or nothing. */
async function madeBefore(app: App, id: BundleId | undefined): Promise<Bundle | undefined> {
  const requests = id === undefined ? [] : await requestsOfBundle(app.db, app.account, id)
  return requests.length === 0 ? undefined : { id: id!, requests: requests.map((request) => request.id) }
}

/** The id of one payment's request in a bundle that may be asked for again: two tries at once can't write it twice. */
function legOf(bundle: BundleId, payment: string): RequestId {
  return `rr_${createHash('sha256').update(`${bundle}/${payment}`).digest('hex').slice(0, 32)}`
}

/** Rolls the whole bundle back: another request was opened for one of its payments in the meantime. */
class Taken extends Error {
  readonly payment: PaymentRow
  constructor(payment: PaymentRow) {
    super(`${payment.id} has an open request`)
    this.payment = payment
  }
}

const refusedFor = (payment: string, refusal: Refusal) =>
  no({ code: 'bundle_payment_refused', payment, because: explainRefusal(refusal) })

function checkList(payments: readonly string[]): Refusal | undefined {
  if (payments.length < 2 || payments.length > paymentsMax)
    return {
      code: 'bundle_invalid',
      because: `payments takes 2 to ${paymentsMax} payments. For one, ask with POST /v1/refund_requests.`,
    }
  const twice = payments.find((one, at) => payments.indexOf(one) !== at)
  return twice === undefined ? undefined : { code: 'bundle_invalid', because: `payments names ${twice} twice.` }
}

const isOf = ({ owner_id }: PaymentRow, owners: readonly string[]): boolean =>
  owner_id !== null && owners.includes(owner_id)

function checkTogether(payments: readonly PaymentRow[], owners: readonly string[] | undefined): Refusal | undefined {
  const [first] = payments
  if (new Set(payments.map(({ id }) => id)).size < payments.length)
    return { code: 'bundle_invalid', because: 'payments names one payment twice, by different ids.' }
  if (owners) return undefined
  return payments.some(({ customer_id }) => customer_id === null || customer_id !== first?.customer_id)
    ? { code: 'bundle_invalid', because: 'payments must all belong to one customer.' }
    : undefined
}

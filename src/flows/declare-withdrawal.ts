import type { App } from '../app.ts'
import { inTransaction, type Tx } from '../db/connect.ts'
import { findCustomer } from '../db/customers.ts'
import { openException, resolveException } from '../db/exceptions.ts'
import { merchantFacts } from '../db/facts.ts'
import { audit } from '../db/journal.ts'
import { insertMessage } from '../db/messages.ts'
import { findPayment, type PaymentRow } from '../db/payments.ts'
import {
  findWithdrawal,
  insertWithdrawal,
  paymentsOfAddress,
  tieWithdrawal,
  type WithdrawalRow,
} from '../db/withdrawals.ts'
import type { Actor } from '../domain/actor.ts'
import { newId } from '../domain/ids.ts'
import type { Language } from '../domain/languages.ts'
import { explainRefusal, type Refusal } from '../domain/refusal.ts'
import { namedPayment, withdrawalEnds, withdrawalLawOf, type WithdrawalForm } from '../domain/withdrawal.ts'
import { textOf } from '../mail/draw-letter.ts'
import { writeLetter } from '../mail/write-letter.ts'
import { policyFor } from './judge.ts'
import { ownMailTexts } from './own-mail-texts.ts'
import { shopBrand } from './shop-brand.ts'
import { submitRequest } from './submit-request.ts'

export type Declaring = WithdrawalForm & {
  readonly language: Language
  /** The whole text that was shown and confirmed. */
  readonly statement: string
  /** Of the form: the same one confirmed twice is one statement. */
  readonly once: string
  /** Who is signed in, and the payment that they came from; it must be theirs. */
  readonly owners: readonly string[]
  readonly payment?: string | undefined
}

/**
 * Takes a statement of withdrawal. It is kept, acknowledged by mail and known to staff before anything else is tried, so it can't be
 * lost; then, where the contract's payment is certain, a request is made of it, which the policy and the law in it decide.
 * Where it is not certain a person looks. Never refuses: an unclear statement is a statement, too.
 */
export async function declareWithdrawal(app: App, declaring: Declaring): Promise<WithdrawalRow> {
  const before = await findWithdrawal(app.db, app.account, declaring.once)
  if (before !== undefined) return before
  const payment = await paymentOf(app, declaring)
  const id = newId('wd')
  await inTransaction(app.db, (tx) => write(app, tx, { id, declaring, payment }))
  const kept = (await findWithdrawal(app.db, app.account, declaring.once))!
  // The same form from another tab was faster.
  if (kept.id !== id || payment === undefined) return kept
  await askFor(app, kept, payment)
  return (await findWithdrawal(app.db, app.account, id))!
}

const lookedAtMs = 400 * 24 * 60 * 60 * 1000

async function paymentOf(
  app: App,
  { owners, payment: id, email, contract }: Declaring,
): Promise<PaymentRow | undefined> {
  const shown = id === undefined ? undefined : await findPayment(app.db, app.account, id)
  if (shown?.owner_id != null && owners.includes(shown.owner_id)) return shown
  const since = new Date(app.now().getTime() - lookedAtMs)
  return namedPayment(contract, await paymentsOfAddress(app.db, app.account, email.trim(), since))
}

type Writing = { readonly id: string; readonly declaring: Declaring; readonly payment: PaymentRow | undefined }

async function write(app: App, tx: Tx, { id, declaring, payment }: Writing): Promise<void> {
  const { account } = app
  const at = app.now()
  const [name, contract, email] = [declaring.name.trim(), declaring.contract.trim(), declaring.email.trim()]
  const fresh = await insertWithdrawal(tx, {
    account_id: account,
    id,
    received_at: at,
    language: declaring.language,
    statement: declaring.statement,
    name,
    contract,
    email,
    signed_in_as: declaring.owners[0] ?? null,
    once: declaring.once,
    payment_id: payment?.id ?? null,
    ...(payment ? await whatWasKnown(app, tx, payment) : { period_ends_at: null, evidence: {} }),
  })
  if (!fresh) return
  await audit(tx, {
    account,
    at,
    actor: actorOf(declaring, payment),
    action: 'withdrawal.received',
    subject: id,
    detail: { payment: payment?.id ?? null },
  })
  await openException(tx, {
    account,
    kind: 'withdrawal_unclear',
    subject: id,
    at,
    because: `${name} withdraws from a contract, and its payment is not certain: “${contract.slice(0, 200)}” (${email}).`,
    cure: 'Find the payment, make a request for it with the channel of staff, and answer the customer. The statement counts from when it was received.',
  })
  const brand = await shopBrand(app, tx)
  const letter = writeLetter(
    'withdrawal_received',
    declaring.language,
    {
      shop: brand.name,
      received_at: at,
      name,
      contract,
      email,
      quote: declaring.statement,
    },
    await ownMailTexts(app, tx, declaring.language),
  )
  await insertMessage(tx, {
    account,
    kind: 'withdrawal_received',
    about: { withdrawal: id },
    recipient: email,
    locale: declaring.language,
    letter,
    body: textOf(letter, brand, null),
    sendable: app.config.smtpUrl !== undefined,
    at,
  })
}

/** Evidence of that moment: the end of the period, and what the merchant has said about the purchase, a waiver among it. */
async function whatWasKnown(
  app: App,
  tx: Tx,
  payment: PaymentRow,
): Promise<{ period_ends_at: Date | null; evidence: object }> {
  const customer = payment.customer_id === null ? undefined : await findCustomer(tx, app.account, payment.customer_id)
  const facts = await merchantFacts(tx, app.account, payment.customer_id, payment.id)
  const { policy, version } = await policyFor(app, payment, app.now(), tx)
  const law = withdrawalLawOf(customer?.country)
  const told = facts['contract.concluded_at']?.value
  const concluded = typeof told === 'string' && !Number.isNaN(Date.parse(told)) ? new Date(told) : payment.paid_at
  return {
    period_ends_at: law === undefined ? null : withdrawalEnds(concluded, { law, timezone: policy.timezone }),
    evidence: { law: law ?? null, concluded_at: concluded, policy_version: version, facts },
  }
}

const actorOf = ({ owners }: Declaring, payment: PaymentRow | undefined): Actor => {
  const owner = owners[0] ?? payment?.owner_id
  return owner == null ? 'moneyback' : `customer:${owner}`
}

async function askFor(
  app: App,
  { id, language, signed_in_as, statement }: WithdrawalRow,
  payment: PaymentRow,
): Promise<void> {
  const by: Actor = `customer:${payment.owner_id ?? signed_in_as}`
  const made = await submitRequest(app, {
    payment: payment.id,
    reason: 'other',
    comment: statement,
    channel: 'withdrawal',
    by,
    locale: language,
  })
  const at = app.now()
  await inTransaction(app.db, async (tx) => {
    if (made.ok) {
      await tieWithdrawal(tx, app.account, id, { payment: payment.id, request: made.value.id })
      await resolveException(tx, app.account, { kind: 'withdrawal_unclear', subject: id, by: 'moneyback', at })
    } else await stays(app, tx, id, made.no)
  })
}

/** The contract is known and no request could be made of it: a person sees why. */
async function stays(app: App, tx: Tx, id: string, no: Refusal): Promise<void> {
  await openException(tx, {
    account: app.account,
    kind: 'withdrawal_unclear',
    subject: id,
    at: app.now(),
    because: `Somebody withdraws from a contract, and no request could be made of it: ${explainRefusal(no)}`,
    cure: 'Decide the open request in the light of the statement, or answer the customer. The statement counts from when it was received.',
  })
}

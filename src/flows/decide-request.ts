import { sql } from 'kysely'
import type { App } from '../app.ts'
import { crashPoint } from '../crash-point.ts'
import { inTransaction, type Tx } from '../db/connect.ts'
import { insertDecision } from '../db/decisions.ts'
import { audit } from '../db/journal.ts'
import { findPayment, lockPayment, type PaymentRow } from '../db/payments.ts'
import { findRequest, lockRequest, moveRequest, type RequestRow } from '../db/requests.ts'
import { lengthOf } from '../domain/comment.ts'
import type { Decision } from '../domain/decision.ts'
import { sayIn } from '../domain/policy/say.ts'
import { eventOfVerdict } from '../domain/request.ts'
import { errorLine, isAway } from '../stripe/answers.ts'
import { judge } from './judge.ts'
import { isRecovering } from './recover.ts'
import { lookClosely } from './look-closely.ts'
import { reserveRefund } from './reserve-refund.ts'
import { dueTime } from './due-time.ts'
import { tell } from './tell.ts'

/**
 * Gathers the facts, asks the policy, and does what it says, in one transaction: answer, money set aside, audit, message.
 * Safe to run twice. With Stripe away nothing is decided; the request is tried again later.
 */
export async function decideRequest(app: App, id: string): Promise<void> {
  const request = await findRequest(app.db, app.account, id)
  if (request?.status !== 'submitted') return
  if (await isRecovering(app)) return waitForComparison(app, request)
  try {
    const payment = await findPayment(app.db, app.account, request.payment_id)
    await lookClosely(app, payment!.stripe_charge)
    crashPoint('before-decide')
    await inTransaction(app.db, (tx) => decideLocked(app, tx, request))
    crashPoint('after-decide')
  } catch (error) {
    await tryLater(app, request, error)
    if (!isAway(error)) throw error
  }
}

async function decideLocked(app: App, tx: Tx, { id, payment_id }: RequestRow): Promise<void> {
  const payment = await lockPayment(tx, app.account, payment_id)
  const request = await lockRequest(tx, app.account, id)
  if (request.status !== 'submitted') return
  const at = app.now()
  const { decision, facts } = await judge(
    app,
    payment,
    {
      amount_minor: request.asked_minor,
      reason: request.reason,
      channel: request.channel,
      comment_length: lengthOf(request.comment),
      attempt: request.attempt,
      at: request.created_at,
    },
    tx,
  )
  const decisionId = await insertDecision(tx, {
    account: app.account,
    request: id,
    verdict: decision.verdict,
    by: 'policy',
    amount: decision.amount,
    access: decision.access,
    at,
    explanation: decision,
    facts,
  })
  if (decision.verdict === 'approve') {
    await reserveRefund(app, tx, {
      request,
      payment,
      decision: decisionId,
      amount: decision.amount,
      access: decision.access,
    })
  }
  const due_at = decision.verdict === 'review' ? await dueTime(app, tx, at) : null
  await moveRequest(tx, request, {
    event: eventOfVerdict[decision.verdict],
    by: 'policy',
    at,
    because: decision.because,
    due_at,
  })
  await audit(tx, {
    account: app.account,
    at,
    actor: 'policy',
    action: `request.${auditWord[decision.verdict]}`,
    subject: id,
    detail: {
      rule: decision.rule,
      policy_version: decision.policy_version,
      amount_minor: decision.amount.minor,
      currency: decision.amount.currency,
      customer: request.customer_id,
    },
  })
  await tellAnswer(app, tx, request, payment, decision, due_at)
}

const auditWord = { approve: 'approved', review: 'in_review', deny: 'denied' } as const

async function tellAnswer(
  app: App,
  tx: Tx,
  request: RequestRow,
  payment: PaymentRow,
  decision: Decision,
  due_at: Date | null,
): Promise<void> {
  const kind = ({ approve: 'approved', review: 'in_review', deny: 'denied' } as const)[decision.verdict]
  const refund = { amount_minor: decision.amount.minor, currency: payment.currency }
  await tell(app, tx, { request, kind, refund, say: sayIn(decision, request.locale ?? 'en'), due_at })
}

/** After a restore the answer may have been given already: Stripe is read first. */
async function waitForComparison(app: App, { id }: RequestRow): Promise<void> {
  await sql`
    update refund_request set next_at = ${new Date(app.now().getTime() + 2_000)}, lease_until = null,
      last_error = 'The books are being compared with Stripe after a restore.'
    where account_id = ${app.account} and id = ${id} and status = 'submitted'`.execute(app.db)
}

/** 2, 4, 8 … 60 seconds: Stripe back means an answer within a minute. */
async function tryLater(app: App, { id, tries }: RequestRow, error: unknown): Promise<void> {
  const next = new Date(app.now().getTime() + Math.min(60, 2 ** (tries + 1)) * 1000)
  await inTransaction(app.db, async (tx) => {
    const { rows } = await sql<RequestRow>`
      update refund_request set tries = tries + 1, next_at = ${next}, lease_until = null, last_error = ${errorLine(error).slice(0, 500)}
      where account_id = ${app.account} and id = ${id} and status = 'submitted' returning *`.execute(tx)
    // Whoever is answered at once needs no receipt; who has to wait gets one.
    if (rows[0]?.tries === 1) await tell(app, tx, { request: rows[0], kind: 'received' })
  })
}

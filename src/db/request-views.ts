import { sql } from 'kysely'
import type { Counterfactual, Finding } from '../domain/decision.ts'
import { waitingFor } from '../domain/request.ts'
import type { Db } from './connect.ts'
import { decisionsOf, type DecisionRow } from './decisions.ts'
import { movesOf } from './journal.ts'
import { findPayment, type PaymentRow } from './payments.ts'
import { questionsOf, type QuestionRow } from './questions.ts'
import { refundsOfRequest, type RefundRow } from './refunds.ts'
import { findRequest, type RequestRow } from './requests.ts'

/** A request as the API shows it. Amounts in minor units, instants in ISO 8601 UTC. */
export type RequestView = {
  id: string
  status: string
  payment: string
  stripe_payment: string
  customer: string | null
  amount_minor: number | null
  currency: string
  reason: string
  comment: string | null
  channel: string
  bundle: string | null
  created_at: string
  decided_at: string | null
  due_at: string | null
  decision: DecisionView | null
  refund: RefundView | null
  access: 'now' | 'period_end' | 'keep' | null
  waiting_for: string | null
  questions: QuestionView[]
  timeline: { at: string; event: string; status: string; by: string; because: string | null }[]
}

export type QuestionView = {
  id: string
  question: string
  asked_at: string
  answer_by: string
  answer: string | null
  answered_at: string | null
}

export type DecisionView = {
  verdict: string
  amount_minor: number
  currency: string
  rule: string | null
  policy_version: number | null
  because: string
  say: Record<string, string>
  findings: Finding[]
  counterfactual: Counterfactual | null
  by: string
  at: string
}

export type RefundView = {
  id: string
  status: string
  amount_minor: number
  currency: string
  stripe_refund: string | null
  failure_reason: string | null
  pending_reason: string | null
  reference: string | null
  created_at: string
  settled_at: string | null
}

/** One request with everything that belongs to it, or undefined. */
export async function requestView(db: Db, account: string, id: string): Promise<RequestView | undefined> {
  const request = await findRequest(db, account, id)
  if (request === undefined) return undefined
  const [payment, decisions, refunds, questions] = await Promise.all([
    findPayment(db, account, request.payment_id),
    decisionsOf(db, account, id),
    refundsOfRequest(db, account, id),
    questionsOf(db, account, id),
  ])
  const moves = await movesOf(db, account, [id, ...refunds.map((refund) => refund.id)])
  const timeline = moves.map(({ at, machine, event, to_status, by, because }) => ({
    at: at.toISOString(),
    event: `${machine}.${event}`,
    status: to_status,
    by,
    because,
  }))
  const begun = {
    at: request.created_at.toISOString(),
    event: 'request.submitted',
    status: 'submitted',
    by: request.created_by,
    because: null,
  }
  return {
    ...summary(request, payment!, decisions, refunds.at(-1)),
    questions: questions.map(questionView),
    timeline: [begun, ...timeline],
  }
}

function summary(
  request: RequestRow,
  payment: PaymentRow,
  decisions: DecisionRow[],
  refund: RefundRow | undefined,
): Omit<RequestView, 'timeline' | 'questions'> {
  const policy = decisions.findLast(({ by }) => by === 'policy')
  const last = decisions.at(-1)
  return {
    id: request.id,
    status: request.status,
    payment: request.payment_id,
    stripe_payment: payment.stripe_payment_intent ?? payment.stripe_charge,
    customer: request.customer_id,
    amount_minor: request.asked_minor,
    currency: request.currency,
    reason: request.reason,
    comment: request.comment,
    channel: request.channel,
    bundle: request.bundle_id,
    created_at: request.created_at.toISOString(),
    decided_at: request.decided_at?.toISOString() ?? null,
    due_at: request.due_at?.toISOString() ?? null,
    decision: last ? decisionView(last, policy) : null,
    refund: refund ? refundView(refund) : null,
    access: refund?.access ?? last?.access ?? null,
    waiting_for: waitingFor(request.status, refund?.status, request.asked_at !== null),
  }
}

/** The last answer; the rule, the findings and the counterfactual are always the policy's own. */
function decisionView(last: DecisionRow, policy: DecisionRow | undefined): DecisionView {
  const explanation = policy?.explanation
  return {
    verdict: last.verdict,
    amount_minor: last.amount_minor,
    currency: last.currency,
    rule: explanation?.rule ?? null,
    policy_version: explanation?.policy_version ?? null,
    because: last.by === 'policy' ? (explanation?.because ?? '') : (last.note ?? ''),
    say: last.by === 'policy' ? { ...explanation?.say } : last.reply ? { en: last.reply } : {},
    findings: [...(explanation?.findings ?? [])],
    counterfactual: explanation?.counterfactual ?? null,
    by: last.by,
    at: last.at.toISOString(),
  }
}

function questionView({ id, question, asked_at, answer_by, answer, answered_at }: QuestionRow): QuestionView {
  return {
    id,
    question,
    asked_at: asked_at.toISOString(),
    answer_by: answer_by.toISOString(),
    answer,
    answered_at: answered_at?.toISOString() ?? null,
  }
}

function refundView(refund: RefundRow): RefundView {
  return {
    id: refund.id,
    status: refund.status,
    amount_minor: refund.amount_minor,
    currency: refund.currency,
    stripe_refund: refund.stripe_refund_id,
    failure_reason: refund.failure_reason,
    pending_reason: refund.pending_reason,
    reference: refund.reference,
    created_at: refund.created_at.toISOString(),
    settled_at: refund.settled_at?.toISOString() ?? null,
  }
}

export type RequestFilter = {
  readonly status?: string | undefined
  readonly customer?: string | undefined
  readonly payment?: string | undefined
  readonly after?: string | undefined
  readonly limit: number
}

/** Requests newest first, a page at a time. */
export async function listRequestViews(
  db: Db,
  account: string,
  { status, customer, payment, after, limit }: RequestFilter,
): Promise<RequestView[]> {
  const where = [sql`account_id = ${account}`]
  if (status !== undefined) where.push(sql`status = ${status}`)
  if (customer !== undefined) where.push(sql`customer_id = ${customer}`)
  if (payment !== undefined) where.push(sql`payment_id = ${payment}`)
  if (after !== undefined) {
    where.push(
      sql`(created_at, id) < (select created_at, id from refund_request where account_id = ${account} and id = ${after})`,
    )
  }
  const { rows } = await sql<{ id: string }>`
    select id from refund_request where ${sql.join(where, sql` and `)} order by created_at desc, id desc limit ${limit}`.execute(
    db,
  )
  const views = await Promise.all(rows.map(({ id }) => requestView(db, account, id)))
  return views.filter((view) => view !== undefined)
}

import { createHash } from 'node:crypto'
import type { AttachmentRow } from '../../db/attachments.ts'
import type { PaymentRow } from '../../db/payments.ts'
import { isOpen, type PortalPaymentRow } from '../../db/portal-payments.ts'
import type { PortalRefund, PortalRequestRow } from '../../db/portal-requests.ts'
import type { QuestionRow } from '../../db/questions.ts'
import type { AccessChoice, Decision } from '../../domain/decision.ts'
import { follow } from '../../domain/machine.ts'
import { sayIn, tagFor } from '../../domain/policy/say.ts'
import { arrivalOf } from '../../domain/refund-arrival.ts'
import { requestMachine } from '../../domain/request.ts'
import { mayBeUndone } from '../../domain/undo.ts'
import type { PaymentBadge } from '../../flows/payment-badges.ts'
import type { Words } from '../../web/portal/words/words.ts'
import { missedBy } from './missed-by.ts'
import type {
  AccessView,
  Badge,
  DecisionView,
  FileView,
  PaymentEntry,
  PaymentView,
  Preview,
  QuestionView,
  RefundView,
  RequestView,
} from './wire.ts'

const iso = (at: Date | null): string | null => at?.toISOString() ?? null

export function paymentView(payment: PaymentRow): PaymentView {
  return {
    id: payment.id,
    what: payment.product_name ?? payment.description,
    paid_at: payment.paid_at.toISOString(),
    amount_minor: payment.captured_minor,
    refunded_minor: Math.min(payment.reserved_minor, payment.captured_minor),
    currency: payment.currency,
    method: { type: payment.method, brand: payment.card_brand, last4: payment.card_last4 },
    interval: payment.interval,
    period_start: iso(payment.period_start),
    period_end: iso(payment.period_end),
    invoice_number: payment.invoice_number,
  }
}

export function paymentEntry(payment: PortalPaymentRow, badge: PaymentBadge, now: Date): PaymentEntry {
  const { request_id: id, request_status, request_undo_until: undo_until } = payment
  const status = mayBeUndone({ undo_until }, now) ? 'in_review' : request_status
  return {
    ...paymentView(payment),
    badge: badgeView(badge),
    request: id === null || status === null ? null : { id, status, open: isOpen(status) },
    after: payment.newest_request,
  }
}

function badgeView({ kind, until, because, amount_minor }: PaymentBadge): Badge {
  return { kind, until: iso(until), because: because === '' ? null : because, amount_minor }
}

export type Told = { readonly locale: string; readonly words: Words; readonly now: Date }

/** What would happen, and a mark of it: the same mark later means that nothing of it has changed. */
export function previewView(
  entry: PaymentEntry,
  payment: PaymentRow,
  decision: Decision,
  { locale, words, now }: Told,
): Preview {
  return {
    alternatives: [],
    payment: entry,
    verdict: decision.verdict,
    amount_minor: decision.amount.minor,
    currency: decision.amount.currency,
    worked_out: decision.amount_because || null,
    say: sayIn(decision, locale) || null,
    say_language: tagFor(decision.say, locale),
    missed_by: missedBy(decision, locale, words),
    access: accessView(payment, decision.access, now),
    appeal: decision.verdict === 'deny' && decision.appeal,
    shown: markOf(decision),
  }
}

/** Stands for the parts of a decision that a customer agrees to. */
export function markOf({ verdict, amount, access }: Decision): string {
  const agreed = [verdict, amount.minor, amount.currency, access]
  return createHash('sha256').update(JSON.stringify(agreed)).digest('base64url').slice(0, 22)
}

/** A refund for time that is over ends nothing that is paid for by another payment. */
export function accessView(payment: PaymentRow, choice: AccessChoice, at: Date): AccessView {
  const over = payment.period_end !== null && payment.period_end.getTime() <= at.getTime()
  if (choice === 'keep' || over) return { choice: 'keep', ends_at: null, subscription_ends: false }
  return {
    choice,
    ends_at: choice === 'now' ? at.toISOString() : iso(payment.period_end),
    subscription_ends: payment.subscription_id !== null,
  }
}

/** A person's answer that can still be taken back is none yet: until it stands, the request is with a person. */
export function requestView(row: PortalRequestRow, told: Told): RequestView {
  const deciding = mayBeUndone(row.request, told.now)
  const request = deciding ? { ...row.request, status: 'in_review' as const, closed_at: null } : row.request
  const { payment } = row
  const refund = deciding ? null : row.refund
  const undecided = request.status === 'submitted' || request.status === 'in_review'
  const decision = undecided ? null : decisionView(row, told)
  return {
    id: request.id,
    status: request.status,
    payment: paymentView(payment),
    reason: request.reason,
    comment: request.comment,
    created_at: request.created_at.toISOString(),
    closed_at: iso(request.closed_at),
    due_at: iso(request.due_at),
    deciding_ms: deciding ? request.undo_until!.getTime() - told.now.getTime() : null,
    appealed_at: iso(row.appealed_at),
    files: filesView(row.files, null),
    questions: row.questions.map((question) => questionView(question, row.files)),
    together: row.together,
    decision,
    refund: refund && refundView(refund, payment, told.now),
    may: {
      withdraw: !deciding && follow(requestMachine, request.status, 'withdraw') !== undefined,
      appeal: request.status === 'denied' && row.decision?.explanation?.appeal === true,
      // Another reason may have another answer; a person's own "no" has none.
      ask_again:
        request.status === 'withdrawn' || (request.status === 'denied' && row.decision?.explanation?.appeal === false),
    },
  }
}

/** The files that came with an answer; those that came with the request where `question` is null. */
const filesView = (files: readonly AttachmentRow[], question: string | null): FileView[] =>
  files
    .filter((file) => file.question_id === question && file.deleted_at === null)
    .map(({ id, name, type, bytes }) => ({ id, name, type, bytes }))

function questionView(row: QuestionRow, files: readonly AttachmentRow[]): QuestionView {
  return {
    id: row.id,
    question: row.question,
    asked_at: row.asked_at.toISOString(),
    answer_by: row.answer_by.toISOString(),
    open: row.answered_at === null && row.closed_at === null,
    answer: row.answer,
    answered_at: iso(row.answered_at),
    files: filesView(files, row.id),
  }
}

function decisionView({ request, payment, decision }: PortalRequestRow, { locale, words }: Told): DecisionView | null {
  if (decision === null) return null
  const { explanation, at } = decision
  return {
    verdict: decision.verdict,
    by: request.channel === 'stripe' ? 'elsewhere' : decision.by === 'policy' ? 'policy' : 'person',
    at: new Date(at).toISOString(),
    amount_minor: Number(decision.amount_minor),
    currency: decision.currency,
    worked_out: explanation?.amount_because ?? null,
    say: explanation && (sayIn(explanation, locale) || null),
    say_language: tagFor(explanation?.say ?? {}, locale),
    reply: decision.reply,
    missed_by: explanation && missedBy(explanation, locale, words),
    access: accessView(payment, decision.access, new Date(at)),
  }
}

function refundView(refund: PortalRefund, payment: PaymentRow, now: Date): RefundView {
  const text = (at: string | null) => (at === null ? null : new Date(at).toISOString())
  const sent = refund.succeeded_at ?? refund.first_sent_at
  const arrival = arrivalOf(payment.method, sent === null ? now : new Date(sent))
  return {
    status: refund.status,
    amount_minor: Number(refund.amount_minor),
    currency: refund.currency,
    reference: refund.reference,
    sent_at: text(refund.first_sent_at),
    succeeded_at: text(refund.succeeded_at),
    failed_at: text(refund.failed_at),
    expected: arrival ? { from: arrival.from.toISOString(), to: arrival.to.toISOString() } : null,
  }
}

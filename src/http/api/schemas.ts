import { z } from '@hono/zod-openapi'
import { creditNoteReasons, stripeReasons } from '../../domain/reasons.ts'

const minor = z
  .int()
  .openapi({ description: 'Whole minor units as Stripe counts them: 4900 is 49.00 usd and 4900 jpy is ¥4,900.' })
const instant = z.iso.datetime().openapi({ example: '2026-11-23T09:00:00.000Z' })
const access = z.enum(['now', 'period_end', 'keep'])

export const Problem = z
  .object({
    type: z.string(),
    status: z.int(),
    code: z.string(),
    title: z.string(),
    detail: z.string(),
    field: z.string().optional(),
  })
  .openapi('Problem', { description: 'RFC 9457: what was refused, why, and the way out.' })

export const Finding = z
  .object({
    rule: z.string(),
    condition: z.string(),
    mark: z.enum(['met', 'unmet', 'unknown']),
    required: z.string(),
    actual: z.string(),
    sentence: z.string(),
  })
  .openapi('Finding')

export const Counterfactual = z
  .object({
    fact: z.string(),
    from: z.string(),
    to: z.string(),
    verdict: z.enum(['approve', 'review', 'deny']),
    rule: z.string(),
    sentence: z.string(),
    for_customer: z
      .record(z.string(), z.string())
      .optional()
      .openapi({ description: 'The sentence for the customer, by language.' }),
    step: z
      .record(z.string(), z.string())
      .optional()
      .openapi({ description: 'What the customer can still do to get it, by language.' }),
  })
  .openapi('Counterfactual')

export const Beside = z
  .object({
    by: z.enum(['policy', 'right']),
    rule: z.string(),
    verdict: z.enum(['approve', 'review', 'deny']),
    amount_minor: minor,
    sentence: z.string(),
  })
  .openapi('Beside', {
    description: 'What the law (`right`) or the policy alone would have answered: the answer that stood back.',
  })

export const Decision = z
  .object({
    verdict: z.enum(['approve', 'review', 'deny']),
    amount_minor: minor,
    currency: z.string(),
    rule: z.string().nullable(),
    policy_version: z.int().nullable(),
    because: z.string(),
    say: z.record(z.string(), z.string()),
    findings: z.array(Finding),
    counterfactual: Counterfactual.nullable(),
    by: z.string(),
    at: instant,
  })
  .openapi('Decision')

export const Refund = z
  .object({
    id: z.string(),
    status: z.enum(['reserved', 'unconfirmed', 'pending', 'requires_action', 'succeeded', 'failed', 'canceled']),
    amount_minor: minor,
    currency: z.string(),
    stripe_refund: z.string().nullable(),
    failure_reason: z.string().nullable(),
    pending_reason: z
      .string()
      .nullable()
      .openapi({ description: 'Stripe’s word for why it was not sent yet, e.g. insufficient_funds.' }),
    reference: z.string().nullable(),
    created_at: instant,
    settled_at: instant.nullable(),
  })
  .openapi('Refund')

export const RefundRequest = z
  .object({
    id: z.string().openapi({ example: 'rr_019a…' }),
    status: z.enum([
      'submitted',
      'in_review',
      'approved',
      'refunded',
      'failed',
      'denied',
      'withdrawn',
      'handled',
      'merged',
    ]),
    payment: z.string(),
    stripe_payment: z.string(),
    customer: z.string().nullable(),
    amount_minor: minor.nullable(),
    currency: z.string(),
    reason: z.string(),
    comment: z.string().nullable(),
    channel: z.string(),
    bundle: z.string().nullable().openapi({ description: 'What it was asked for together with, rb_….' }),
    created_at: instant,
    decided_at: instant.nullable(),
    due_at: instant.nullable(),
    decision: Decision.nullable(),
    refund: Refund.nullable(),
    access: access.nullable(),
    waiting_for: z
      .enum(['staff', 'stripe', 'customer'])
      .nullable()
      .openapi({ description: 'Who has to do something next; null when nobody has.' }),
    questions: z.array(
      z.object({
        id: z.string(),
        question: z.string(),
        asked_at: instant,
        answer_by: instant,
        answer: z.string().nullable(),
        answered_at: instant.nullable(),
      }),
    ),
    timeline: z.array(
      z.object({ at: instant, event: z.string(), status: z.string(), by: z.string(), because: z.string().nullable() }),
    ),
  })
  .openapi('RefundRequest')

export const NewRefundRequest = z
  .strictObject({
    payment: z.string().min(1).max(255).openapi({ description: 'pi_…, ch_… or pay_…', example: 'pi_3Q…' }),
    reason: z.string().min(1).max(64).openapi({ example: 'product_unsatisfactory' }),
    amount: minor.optional(),
    currency: z.string().length(3).optional().openapi({ description: 'Refused unless it is the payment’s own.' }),
    comment: z.string().max(10_000).optional(),
    channel: z.enum(['api', 'portal', 'admin']).optional(),
    customer: z.string().max(255).optional().openapi({ description: 'When given, the payment must be theirs.' }),
    locale: z.string().max(35).optional(),
  })
  .openapi('NewRefundRequest')

export const Approval = z
  .strictObject({
    amount: minor.optional(),
    access: access.optional(),
    note: z.string().max(10_000).optional(),
    reply: z.string().max(10_000).optional(),
  })
  .openapi('Approval')
export const Approved = RefundRequest.extend({ needs_another_approval: z.boolean() }).openapi('ApprovedRefundRequest')
export const Denial = z
  .strictObject({ note: z.string().min(1).max(10_000), reply: z.string().max(10_000).optional() })
  .openapi('Denial')

const oneOfBundle = z.strictObject({ payment: z.string().min(1).max(255), amount: minor.optional() })
export const NewBundle = NewRefundRequest.omit({ payment: true, amount: true, currency: true })
  .extend({ payments: z.array(oneOfBundle).max(1000).openapi({ description: '2 to 50 payments of one customer.' }) })
  .openapi('NewRefundBundle')
export const Bundle = z
  .object({
    id: z.string().openapi({ example: 'rb_019a…' }),
    requests: z.array(RefundRequest),
    counts: z.record(z.string(), z.int()).openapi({ description: 'How many requests have each status.' }),
  })
  .openapi('RefundBundle')
export const BundleApproval = Approval.omit({ amount: true }).openapi('BundleApproval')
export const BundleApproved = Bundle.extend({
  approved: z.array(z.object({ request: z.string(), approved: z.boolean(), because: z.string().nullable() })),
}).openapi('ApprovedRefundBundle')
export const ToAsk = z
  .strictObject({
    question: z.string().openapi({ description: 'What the customer reads. At most 10,000 characters.' }),
  })
  .openapi('QuestionToCustomer')
export const Reply = z
  .strictObject({ answer: z.string().openapi({ description: 'The customer’s words. At most 10,000 characters.' }) })
  .openapi('AnswerOfCustomer')

export const Question = NewRefundRequest.omit({ comment: true, locale: true })
  .partial({ reason: true })
  .openapi('Question')
export const Answer = Decision.omit({ by: true, at: true })
  .extend({
    payment: z.string(),
    access,
    destination: z.enum(['original', 'credit']),
    missing_facts: z.array(z.string()),
    amount_because: z.string(),
    for_customer: z
      .record(z.string(), z.array(z.string()))
      .openapi({ description: 'Why, in sentences for the customer, by language.' }),
    approvers: z
      .object({ role: z.string(), count: z.int() })
      .nullable()
      .openapi({ description: 'Who would decide a review, and how many must; null for the other verdicts.' }),
    appeal: z.boolean().openapi({ description: 'Whether a denied customer may ask a person.' }),
    beside: Beside.nullable(),
    charge_minor: minor
      .nullable()
      .openapi({ description: 'What a formula came to when it came to a charge. It is said, and never collected.' }),
  })
  .openapi('Answer')

export const Badge = z
  .object({
    kind: z.enum(['refundable', 'review', 'not_refundable', 'on_its_way', 'refunded', 'in_review']),
    until: instant.nullable(),
    because: z.string(),
    amount_minor: minor,
  })
  .openapi('Badge')
export const Payment = z
  .object({
    id: z.string(),
    stripe_payment_intent: z.string().nullable(),
    stripe_charge: z.string(),
    customer: z.string().nullable(),
    description: z.string(),
    amount_minor: minor,
    refunded_minor: minor,
    refundable_minor: minor,
    currency: z.string(),
    paid_at: instant,
    refundable_until: instant.nullable(),
    badge: Badge,
    product: z.string().nullable(),
    interval: z.string(),
    invoice_number: z.string().nullable(),
    subscription: z.string().nullable(),
    dispute: z.string(),
    card: z.object({ brand: z.string().nullable(), last4: z.string() }).nullable(),
  })
  .openapi('Payment')

export const Access = z
  .object({
    customer: z.string(),
    products: z.array(
      z.object({
        product: z.string().nullable(),
        product_name: z.string(),
        access: z.boolean(),
        until: instant.nullable(),
        because: z.string(),
      }),
    ),
  })
  .openapi('Access')

export const NewFacts = z
  .strictObject({
    facts: z.record(z.string().max(100), z.union([z.string().max(1000), z.number(), z.boolean()])),
    as_of: z.iso.datetime({ offset: true }).optional(),
  })
  .openapi('NewFacts')
export const FactsKept = z.object({ subject: z.string(), facts: z.array(z.string()) }).openapi('FactsKept')

export const NewPortalSession = z
  .strictObject({
    customer: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .openapi({ description: 'cus_…; without it, whoever made the payment' }),
    email: z.email().max(254).optional().openapi({
      description:
        'Instead of `customer`: an address that you have verified. Everything that was paid with it is shown, also where Stripe knows one person as several customers',
    }),
    payment: z.string().max(255).optional(),
    return_url: z.string().max(2000).optional(),
  })
  .openapi('NewPortalSession')
export const PortalSession = z.object({ url: z.string(), expires_at: instant }).openapi('PortalSession')

export const ReasonList = z
  .object({
    data: z.array(
      z.object({
        code: z.string().openapi({ example: 'changed_mind' }),
        audience: z.enum(['customer', 'staff']).openapi({ description: 'Customers choose among those for customers.' }),
        labels: z.record(z.string(), z.string()).openapi({ description: 'By language; English is always there.' }),
        stripe: z.enum(stripeReasons).openapi({ description: 'What a refund tells Stripe.' }),
        credit_note: z.enum(creditNoteReasons).openapi({ description: 'What a credit note says.' }),
        archived: z.boolean(),
      }),
    ),
  })
  .openapi('ReasonList')

export const ReasonsReport = z
  .object({
    from: instant,
    to: instant,
    reasons: z.array(
      z.object({
        reason: z.string(),
        reason_name: z.string().openapi({ description: 'In English.' }),
        currency: z.string(),
        requests: z.int(),
        refunds: z.int(),
        refunded_minor: z.string(),
        automatic: z.int(),
      }),
    ),
    captured: z.array(z.object({ currency: z.string(), captured_minor: z.string(), payments: z.int() })),
  })
  .openapi('ReasonsReport')

/** A page of a list: what follows begins after `next_cursor`; null at the end. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), next_cursor: z.string().nullable() })
export const paging = {
  cursor: z.string().max(255).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
}

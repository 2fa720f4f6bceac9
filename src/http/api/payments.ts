import { createRoute, z } from '@hono/zod-openapi'
import type { App } from '../../app.ts'
import type { Beside, Decision } from '../../domain/decision.ts'
import { findPayment, listPayments, refundableOf, type PaymentRow } from '../../db/payments.ts'
import { paymentBadges, type PaymentBadge } from '../../flows/payment-badges.ts'
import { previewDecision } from '../../flows/preview-decision.ts'
import { problem } from '../problem.ts'
import { body, errors, idParam, json, pageUp, type Api } from './parts.ts'
import { scoped } from './keys.ts'
import * as s from './schemas.ts'

/** What the policy would answer; nothing is written. */
export function decisionRoutes(app: App, api: Api): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/decisions',
      summary: 'Ask the policy without asking for a refund',
      ...scoped('requests:read'),
      request: body(s.Question),
      responses: { 200: json(s.Answer, 'What would be answered now. Nothing is written.'), ...errors },
    }),
    async (c) => {
      const { amount, channel = 'api', ...question } = c.req.valid('json')
      const result = await previewDecision(app, { ...question, amount_minor: amount, channel })
      if (!result.ok) return problem(c, result.no) as never
      const { decision, payment } = result.value
      return c.json(answerOf(decision, payment.id), 200) as never
    },
  )
}

function answerOf(decision: Decision, payment: string): z.input<typeof s.Answer> {
  const { amount, missing, counterfactual, approvers, beside, charge, ...shown } = decision
  return {
    ...shown,
    say: { ...shown.say },
    findings: [...shown.findings],
    payment,
    amount_minor: amount.minor,
    currency: amount.currency,
    destination: decision.destination ?? 'original',
    missing_facts: [...missing],
    counterfactual: counterfactual ?? null,
    for_customer: { ...decision.for_customer } as Record<string, string[]>,
    approvers: decision.verdict === 'review' ? approvers : null,
    beside: beside ? besideOf(beside) : null,
    charge_minor: charge?.minor ?? null,
  }
}

const besideOf = ({ by, rule, verdict, amount, sentence }: Beside): z.input<typeof s.Beside> => ({
  by,
  rule,
  verdict,
  amount_minor: amount.minor,
  sentence,
})

/** The payments, and what can still be given back. */
export function paymentRoutes(app: App, api: Api): void {
  const views = async (rows: PaymentRow[]) => {
    const badges = await paymentBadges(app, rows)
    return rows.map((row) => paymentView(row, badges.get(row.id)!))
  }
  api.openapi(
    createRoute({
      method: 'get',
      path: '/payments',
      summary: 'List payments, newest first',
      ...scoped('payments:read'),
      request: { query: z.object({ ...s.paging, customer: z.string().optional(), q: z.string().max(200).optional() }) },
      responses: { 200: json(s.pageOf(s.Payment), 'A page.'), ...errors },
    }),
    async (c) => {
      const { cursor, limit, customer, q } = c.req.valid('query')
      const rows = await listPayments(app.db, app.account, { customer, q, after: cursor, limit: limit + 1 })
      const { data, next_cursor } = pageUp(rows, limit)
      return c.json({ data: await views(data), next_cursor }, 200) as never
    },
  )
  api.openapi(
    createRoute({
      method: 'get',
      path: '/payments/{id}',
      summary: 'A payment',
      ...scoped('payments:read'),
      request: idParam,
      responses: { 200: json(s.Payment, 'The payment.'), ...errors },
    }),
    async (c) => {
      const row = await findPayment(app.db, app.account, c.req.valid('param').id)
      return (row ? c.json((await views([row]))[0], 200) : problem(c, { code: 'payment_not_found' })) as never
    },
  )
}

function paymentView(row: PaymentRow, badge: PaymentBadge) {
  return {
    id: row.id,
    stripe_payment_intent: row.stripe_payment_intent,
    stripe_charge: row.stripe_charge,
    customer: row.customer_id,
    description: row.description,
    amount_minor: row.captured_minor,
    refunded_minor: Math.min(row.reserved_minor, row.captured_minor),
    refundable_minor: refundableOf(row).minor,
    currency: row.currency,
    paid_at: row.paid_at.toISOString(),
    refundable_until: badge.kind === 'refundable' ? (badge.until?.toISOString() ?? null) : null,
    badge: { ...badge, until: badge.until?.toISOString() ?? null },
    product: row.product_id,
    interval: row.interval,
    invoice_number: row.invoice_number,
    subscription: row.subscription_id,
    dispute: row.dispute,
    card: row.card_last4 === null ? null : { brand: row.card_brand, last4: row.card_last4 },
  }
}

import { z } from '@hono/zod-openapi'

// What the API says about versions, backtests and shadows.

const instant = z.iso.datetime()
const minor = z.int()
/** Sums may be larger than what a JSON number holds exactly. */
const sum = z.string().openapi({ description: 'Whole minor units as a decimal text.', example: '1250000' })
export const verdict = z.enum(['approve', 'review', 'deny'])

export const pageOf = <T extends z.ZodType>(item: T) => z.object({ data: z.array(item), has_more: z.boolean() })

export const PolicyVersion = z
  .object({
    version: z.int(),
    state: z.enum(['in_force', 'scheduled', 'replaced', 'passed_over']),
    source: z.string(),
    comment: z.string(),
    proposed_by: z.string().nullable(),
    published_by: z.string(),
    published_at: instant,
    effective_from: instant,
    brings_back: z.int().nullable().openapi({ description: 'The older version whose text this one brings back.' }),
  })
  .openapi('PolicyVersion')

export const PolicyText = z.strictObject({ source: z.string().max(256 * 1024) }).openapi('PolicyText')

export const PolicyChecked = z
  .object({
    problems: z.array(
      z.object({ line: z.int(), column: z.int(), message: z.string(), suggestion: z.string().optional() }),
    ),
    tests: z.array(
      z.object({
        name: z.string(),
        passed: z.boolean(),
        expected: z.string(),
        actual: z.string(),
        line: z.int(),
        why: z.array(z.string()),
      }),
    ),
    warnings: z.array(z.object({ rule: z.string(), message: z.string() })),
  })
  .openapi('PolicyChecked')

const days = z.int().min(0).max(3650)
export const NewBacktest = z
  .strictObject({
    source: z
      .string()
      .max(256 * 1024)
      .optional(),
    draft: z.string().max(255).optional(),
    version: z.int().positive().optional(),
    name: z.string().max(100).optional(),
    over: z.enum(['requests', 'payments']),
    day: days.optional().openapi({ description: 'Payments: everybody asks so many days after paying …' }),
    seed: z
      .int()
      .min(0)
      .max(2_147_483_647)
      .optional()
      .openapi({ description: '… or on a random day; the same seed gives the same days.' }),
    within_days: days.optional().openapi({ description: 'The days of which one is drawn; 60 when absent.' }),
    against: z
      .int()
      .positive()
      .optional()
      .openapi({ description: 'Payments: the version to compare with; the one in force when absent.' }),
  })
  .openapi('NewBacktest', { description: 'One of source, draft and version is tried.' })

const counts = z.record(verdict, z.int())
export const Backtest = z
  .object({
    id: z.string().openapi({ example: 'bt_019a…' }),
    status: z.enum(['waiting', 'running', 'done', 'canceled', 'failed']),
    name: z.string(),
    draft: z.string().nullable(),
    revision: z.int().nullable(),
    over: z.enum(['requests', 'payments']),
    day: z.int().nullable(),
    seed: z.int().nullable(),
    within_days: z.int().nullable(),
    against: z.int().nullable(),
    started_by: z.string(),
    created_at: instant,
    ended_at: instant.nullable(),
    total: z.int().nullable(),
    done: z.int(),
    customers: z.int().nullable().openapi({ description: 'Whose answer changes; counted at the end.' }),
    error: z.string().nullable(),
    tally: z
      .object({
        matrix: z.record(verdict, counts).openapi({ description: 'From which verdict to which: matrix.deny.approve.' }),
        money: z.record(
          z.string(),
          z.object({ approved_before: sum, approved_after: sum, review_before: sum, review_after: sum }),
        ),
        rules: z.record(z.string(), z.object({ before: z.int(), after: z.int() })),
        changed: z.int(),
        same: z.int(),
        skipped: z.record(z.string(), z.int()),
      })
      .nullable(),
  })
  .openapi('Backtest')

export const BacktestChange = z
  .object({
    id: z.string(),
    subject_id: z.string().openapi({ description: 'The request (rr_…) or payment (pay_…).' }),
    customer_id: z.string().nullable(),
    currency: z.string(),
    from_verdict: verdict,
    from_minor: minor,
    from_rule: z.string().nullable(),
    to_verdict: verdict,
    to_minor: minor,
    to_rule: z.string(),
  })
  .openapi('BacktestChange')

export const Shadow = z
  .object({
    id: z.string().openapi({ example: 'shd_019a…' }),
    name: z.string(),
    draft_id: z.string().nullable(),
    revision: z.int().nullable(),
    started_by: z.string(),
    started_at: instant,
    ended_by: z.string().nullable(),
    ended_at: instant.nullable(),
    answers: z.int(),
    differ: z.int(),
    failed: z.int(),
    money: z.array(z.object({ currency: z.string(), live_minor: sum, shadow_minor: sum })),
    matrix: z.array(z.object({ from: verdict, to: verdict, count: z.int() })),
  })
  .openapi('Shadow')

export const ShadowAnswer = z
  .object({
    decision_id: z.string(),
    request_id: z.string(),
    customer_id: z.string().nullable(),
    currency: z.string(),
    live_verdict: verdict,
    live_minor: minor,
    live_rule: z.string().nullable(),
    verdict: verdict.nullable(),
    amount_minor: minor.nullable(),
    rule: z.string().nullable(),
    error: z.string().nullable(),
    differs: z.boolean(),
    decided_at: instant,
  })
  .openapi('ShadowAnswer')

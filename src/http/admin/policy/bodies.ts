import { z } from 'zod'

// What the policy area of the console may send.

const source = z.string().max(500_000, 'is longer than 500,000 characters')
const name = z.string().max(100, 'is longer than 100 characters')
const revision = z.number().int().positive()
const comment = z.string().max(2_000, 'is longer than 2,000 characters')
const effective_from = z.iso
  .datetime({ offset: true, error: 'is an instant such as 2026-12-01T00:00:00Z' })
  .transform((text) => new Date(text))
  .optional()
const offset = z.coerce.number().int().min(0).max(1_000_000).default(0)
const verdict = z.enum(['approve', 'review', 'deny']).optional()
const id = z.string().max(200)

export const openBody = z.strictObject({
  name,
  from: z.number().int().positive().optional(),
  source: source.optional(),
  ready_made: id.optional(),
})
export const saveBody = z.strictObject({ revision, source: source.optional(), name: name.optional() })
export const revisionBody = z.strictObject({ revision })
export const publishBody = z.strictObject({ revision, comment, effective_from })
export const rollBackBody = z.strictObject({ comment, effective_from })
export const checkBody = z.strictObject({ source })
export const compareBody = z.strictObject({ before: source, after: source })
export const tryBody = z.strictObject({
  source,
  request: id.optional(),
  payment: id.optional(),
  given: z.record(z.string().max(200), z.unknown()).optional(),
})
const days = z.number().int().optional()
export const backtestBody = z.strictObject({
  draft: id.optional(),
  version: z.number().int().positive().optional(),
  source: source.optional(),
  name: name.optional(),
  over: z.enum(['requests', 'payments']),
  day: days,
  seed: days,
  within_days: days,
  against: z.number().int().positive().optional(),
})
export const changesQuery = z.object({ from: verdict, to: verdict, rule: id.optional(), offset })
export const shadowQuery = z.object({ only: z.enum(['differ', 'failed']).optional(), offset })
export const pastQuery = z.object({ q: z.string().trim().max(200).default('') })

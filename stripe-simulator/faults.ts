import { z } from 'zod'
import { chance, mix } from './ids.ts'
import type { Ids } from './ids.ts'

const count = z.int().min(0).max(100_000)
const seconds = z
  .number()
  .min(0)
  .max(400 * 86_400)

/** What can go wrong with one request. The words before the colon are the `kind`. */
const requestEffect = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('connection_lost'),
    when: z.enum(['before', 'after']),
    how: z.enum(['reset', 'half_body', 'silence']).default('reset'),
  }),
  z.strictObject({
    kind: z.literal('slow'),
    ms: z.int().min(1).max(600_000),
    when: z.enum(['before', 'after']).default('before'),
  }),
  z.strictObject({
    kind: z.literal('status'),
    status: z.int().min(200).max(599),
    body: z.enum(['error', 'html', 'json', 'empty']).default('error'),
    executes: z.boolean().default(false),
    executes_after_seconds: seconds.optional(),
  }),
  z.strictObject({
    kind: z.literal('rate_limit'),
    reason: z.string().max(60).nullable().default('global-rate'),
    retry_after: count.optional(),
  }),
  z.strictObject({ kind: z.literal('lock_timeout') }),
  z.strictObject({ kind: z.literal('idempotency_key_in_use') }),
  z.strictObject({ kind: z.literal('balance_refused') }),
  z.strictObject({ kind: z.literal('balance_pending') }),
  z.strictObject({ kind: z.literal('key_expired') }),
  z.strictObject({ kind: z.literal('key_revoked') }),
  z.strictObject({ kind: z.literal('permission_missing') }),
  z.strictObject({ kind: z.literal('wrong_mode') }),
  z.strictObject({
    kind: z.literal('error'),
    status: z.int().min(400).max(499),
    code: z.string().max(80).optional(),
    message: z.string().max(500),
    param: z.string().max(80).optional(),
  }),
  z.strictObject({ kind: z.literal('answer_changed'), fields: z.record(z.string(), z.unknown()) }),
  z.strictObject({
    kind: z.literal('first'),
    does: z.enum([
      'open_dispute',
      'dashboard_refund',
      'delete_customer',
      'delete_product',
      'renew_subscription',
      'cancel_subscription',
    ]),
    amount: z.int().min(1).optional(),
  }),
  z.strictObject({
    kind: z.literal('refund_outcome'),
    outcome: z.enum(['bounces', 'requires_action', 'stays_pending', 'unknown_status']),
    after_seconds: seconds.default(0),
  }),
  z.strictObject({ kind: z.literal('list_lag'), seconds }),
  z.strictObject({ kind: z.literal('key_forgotten') }),
  z.strictObject({ kind: z.literal('clock_skew'), seconds: z.int().min(-86_400).max(86_400) }),
  z.strictObject({ kind: z.literal('webhook_first') }),
])

/** What can go wrong with one delivery of an event. */
const deliveryEffect = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('duplicate'), copies: z.int().min(2).max(10_000).default(2) }),
  z.strictObject({ kind: z.literal('delay'), seconds }),
  z.strictObject({ kind: z.literal('reorder') }),
  z.strictObject({ kind: z.literal('drop') }),
  z.strictObject({ kind: z.literal('wrong_signature') }),
  z.strictObject({ kind: z.literal('no_signature') }),
  z.strictObject({ kind: z.literal('old_secret') }),
  z.strictObject({ kind: z.literal('stale_timestamp'), seconds: z.int().min(1).default(3600) }),
  z.strictObject({ kind: z.literal('unknown_type') }),
  z.strictObject({
    kind: z.literal('old_version'),
    api_version: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/)
      .default('2024-06-20'),
  }),
  z.strictObject({ kind: z.literal('thin') }),
  z.strictObject({ kind: z.literal('other_account') }),
  z.strictObject({ kind: z.literal('other_mode') }),
  z.strictObject({ kind: z.literal('half_body') }),
])

const common = {
  /** How often the rule acts at most. null: every time. */
  times: z.int().min(1).max(1_000_000).nullable().default(1),
  /** Acts with this probability, from a stream of chance that belongs to the rule's seed. */
  probability: z.number().min(0).max(1).default(1),
  seed: z.int().min(0).max(0xffff_ffff).optional(),
}

const place = {
  /** Only the n-th request (or delivery) that fits the rest, counted from 1 since the rule was made. */
  numbers: z.array(z.int().min(1)).max(1000).optional(),
  from: z.int().min(1).optional(),
  to: z.int().min(1).optional(),
  /** An id that must be in the path, the parameters or the event's object. */
  object: z.string().max(200).optional(),
  account: z.string().max(80).optional(),
}

export const faultRule = z.discriminatedUnion('on', [
  z.strictObject({
    on: z.literal('request'),
    ...common,
    effect: requestEffect,
    match: z
      .strictObject({
        method: z.enum(['GET', 'POST', 'DELETE']).optional(),
        path: z.string().max(300).optional(),
        ...place,
      })
      .default({}),
  }),
  z.strictObject({
    on: z.literal('delivery'),
    ...common,
    effect: deliveryEffect,
    match: z
      .strictObject({
        type: z.string().max(100).optional(),
        endpoint: z.string().max(80).optional(),
        ...place,
      })
      .default({}),
  }),
])

export type RequestEffect = z.infer<typeof requestEffect>
export type DeliveryEffect = z.infer<typeof deliveryEffect>
type Given = z.infer<typeof faultRule>
export type FaultRule = Given & { readonly id: string; seen: number; acted: number; readonly stream: Ids }

export type Faults = { rules: FaultRule[]; made: number; readonly seed: number }

/** Nothing is broken. */
export const noFaults = (seed: number): Faults => ({ rules: [], made: 0, seed })

/** Arms a rule. Its stream of chance depends on its seed, or on how many rules were made before. */
export function addFault(faults: Faults, given: Given): FaultRule {
  const number = ++faults.made
  const rule: FaultRule = {
    ...given,
    id: `fault_${number}`,
    seen: 0,
    acted: 0,
    stream: { seed: given.seed ?? mix(faults.seed, number), counter: 0 },
  }
  faults.rules.push(rule)
  return rule
}

/** What a rule is compared with. `text` is everything in which an object's id may be. */
type Occasion = {
  readonly on: 'request' | 'delivery'
  readonly name: string
  readonly method?: string
  readonly endpoint?: string
  readonly account: string | null
  readonly text: string
}

const globs = new Map<string, RegExp>()

function fitsGlob(glob: string, name: string): boolean {
  let pattern = globs.get(glob)
  if (!pattern)
    globs.set(
      glob,
      (pattern = new RegExp(
        `^${glob
          .split('*')
          .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
          .join('.*')}$`,
      )),
    )
  return pattern.test(name)
}

function fits(rule: FaultRule, occasion: Occasion): boolean {
  if (rule.on !== occasion.on) return false
  const { object, account } = rule.match
  if (object !== undefined && !occasion.text.includes(object)) return false
  if (account !== undefined && account !== occasion.account) return false
  if (rule.on === 'request') {
    const { method, path } = rule.match
    return (method === undefined || method === occasion.method) && (path === undefined || fitsGlob(path, occasion.name))
  }
  const { type, endpoint } = rule.match
  return (
    (type === undefined || fitsGlob(type, occasion.name)) && (endpoint === undefined || endpoint === occasion.endpoint)
  )
}

function inTurn({ match: { numbers, from, to } }: FaultRule, number: number): boolean {
  return (
    (numbers === undefined || numbers.includes(number)) &&
    (from === undefined || number >= from) &&
    (to === undefined || number <= to)
  )
}

/** The rule that acts on this occasion: the first that fits, whose turn it is, and whose chance says yes. */
export function takeFault(faults: Faults, occasion: Occasion): FaultRule | null {
  let taken: FaultRule | null = null
  for (const rule of faults.rules) {
    if (!fits(rule, occasion)) continue
    rule.seen++
    if (taken || (rule.times !== null && rule.acted >= rule.times) || !inTurn(rule, rule.seen)) continue
    if (rule.probability < 1 && chance(rule.stream) >= rule.probability) continue
    rule.acted++
    taken = rule
  }
  return taken
}

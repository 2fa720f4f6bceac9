import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { explainRefusal, type Refusal } from '../domain/refusal.ts'

/** The domain has never heard of these numbers. */
const statusOf = {
  payment_not_found: 404,
  request_not_found: 404,
  customer_not_found: 404,
  exception_not_found: 404,
  assignee_not_found: 422,
  reason_unknown: 422,
  reason_archived: 422,
  amount_invalid: 422,
  currency_mismatch: 422,
  more_than_is_left: 422,
  request_already_open: 409,
  refund_not_cancelable: 409,
  bundle_not_found: 404,
  bundle_invalid: 422,
  bundle_payment_refused: 422,
  already_decided: 409,
  not_withdrawable: 409,
  not_appealable: 409,
  not_captured: 422,
  payment_disputed: 409,
  role_too_low: 403,
  own_request: 403,
  already_approved_by_you: 409,
  closed_by_you: 403,
  above_your_limit: 403,
  needs_an_owner: 403,
  too_new_for_second: 403,
  changed_meanwhile: 409,
  note_missing: 422,
  question_missing: 422,
  colleague_not_found: 404,
  role_not_higher: 422,
  time_invalid: 422,
  proof_missing: 422,
  not_a_duplicate: 409,
  not_undoable: 409,
  question_already_open: 409,
  no_open_question: 409,
  answer_missing: 422,
  text_too_long: 422,
  link_invalid: 422,
  fact_unknown: 422,
  fact_wrong_type: 422,
  fact_dated_ahead: 422,
  policy_invalid: 422,
  draft_not_found: 404,
  draft_changed: 409,
  draft_closed: 409,
  draft_unnamed: 422,
  version_not_found: 404,
  effective_from_passed: 422,
  own_draft: 403,
  backtest_not_found: 404,
  backtest_over: 409,
  backtest_invalid: 422,
  too_many_backtests: 409,
  shadow_not_found: 404,
  shadow_ended: 409,
  shadow_runs_already: 409,
  too_many_shadows: 409,
  stripe_unreachable: 503,
  bounce_unreadable: 422,
  setting_invalid: 422,
  setting_not_found: 404,
  setting_refused: 409,
  file_refused: 422,
  too_many_files: 429,
  attachment_not_found: 404,
  books_are_compared: 503,
} as const satisfies Record<Refusal['code'], ContentfulStatusCode>

/** Which part of the input a refusal is about, so that a form can say it beside the field. */
const fieldOf: Partial<Record<Refusal['code'], string>> = {
  payment_not_found: 'payment',
  customer_not_found: 'customer',
  reason_unknown: 'reason',
  reason_archived: 'reason',
  amount_invalid: 'amount',
  currency_mismatch: 'currency',
  bundle_invalid: 'payments',
  bundle_payment_refused: 'payments',
  more_than_is_left: 'amount',
  note_missing: 'note',
  question_missing: 'question',
  colleague_not_found: 'to',
  role_not_higher: 'to',
  time_invalid: 'until',
  proof_missing: 'proof',
  answer_missing: 'answer',
  policy_invalid: 'source',
  fact_dated_ahead: 'as_of',
  draft_unnamed: 'name',
  effective_from_passed: 'effective_from',
}

export type Problem = {
  readonly status: ContentfulStatusCode
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly field?: string
  readonly [more: string]: unknown
}

/** Answers with problem details (RFC 9457). */
export function answerProblem(c: Context, { status, code, ...rest }: Problem): Response {
  const body = { type: `urn:moneyback:problem:${code}`, status, code, ...rest }
  return c.body(JSON.stringify(body), status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  })
}

/** Answers with a refusal of a flow. */
export function problem(c: Context, no: Refusal): Response {
  const { code, ...details } = no
  const field =
    ('field' in no ? no.field : fieldOf[code]) ??
    (code === 'fact_unknown' || code === 'fact_wrong_type' ? `facts.${no.name}` : undefined)
  return answerProblem(c, {
    ...details,
    status: statusOf[code],
    code,
    title: titleOf(code),
    detail: explainRefusal(no),
    ...(field && { field }),
  })
}

const titleOf = (code: string): string => code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ')

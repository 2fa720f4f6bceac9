/** The body of `error` in an answer. Fields that Stripe would leave out are left out. */
type ErrorBody = {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error'
  message: string
  code?: string
  param?: string
  [field: string]: unknown
}

/** A "no" as Stripe says it. `stored` says whether an idempotency key remembers it: validation is not. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly status: number
  readonly body: ErrorBody
  readonly stored: boolean
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, body: ErrorBody, options: { stored?: boolean; headers?: Record<string, string> } = {}) {
    super(body.message)
    this.status = status
    this.body = body
    this.stored = options.stored ?? true
    this.headers = options.headers ?? {}
  }
}

type Where = { code?: string; param?: string; status?: number; [field: string]: unknown }

/** A refusal by a rule, after execution began: an idempotency key replays it. */
export function refused(message: string, where: Where = {}): ApiError {
  const { status = 400, ...fields } = where
  return new ApiError(status, { type: 'invalid_request_error', message, ...fields })
}

/** A request that does not parse. Nothing was executed, so an idempotency key does not remember it. */
export function invalid(message: string, where: Where = {}): ApiError {
  const { status = 400, ...fields } = where
  return new ApiError(status, { type: 'invalid_request_error', message, ...fields }, { stored: false })
}

/** Stripe's 404 for an id that names nothing in these books. */
export function missing(kind: string, id: string, param: string, hint = ''): ApiError {
  return refused(`No such ${kind}: '${id}'${hint}`, { status: 404, code: 'resource_missing', param })
}

/** 402. `extra` holds what an integration reads: decline_code, payment_intent, charge. */
export function cardError(message: string, extra: Where): ApiError {
  const { status = 402, ...fields } = extra
  return new ApiError(status, { type: 'card_error', message, ...fields })
}

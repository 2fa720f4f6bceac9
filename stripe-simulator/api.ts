import { description, findRoute } from './description.ts'
import type { Route } from './description.ts'
import { ApiError, invalid } from './errors.ts'
import { expanded } from './expand.ts'
import { decodeForm } from './form.ts'
import type { Form } from './form.ts'
import { checkKeyLength, fingerprintOf, keep, recall } from './idempotency.ts'
import { callerOf, checkPermission } from './keys.ts'
import type { Caller } from './keys.ts'
import { operations } from './operations.ts'
import { validate } from './validate.ts'
import { rendered } from './versions.ts'
import { byItself, finish, runDue } from './world.ts'
import type { Books, World } from './world.ts'

export type Request = {
  readonly method: string
  /** Path and query, as in the first line of an HTTP request. */
  readonly target: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export type Answer = {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

/**
 * What a fault changes about one request. All of it is optional: `refuse` comes before anything is done, `before` and `after` stand
 * around the execution, `instead` is answered whatever the execution said.
 */
export type Twist = {
  readonly refuse?: (reading: Reading) => ApiError
  readonly before?: (reading: Reading) => void
  readonly after?: (reading: Reading, row: object) => void
  readonly edit?: (shown: Record<string, unknown>, reading: Reading) => Record<string, unknown>
  /** Before the idempotency key is looked up. */
  readonly early?: (reading: Reading) => void
  /** At the end, whatever happened. */
  readonly finally?: (reading: Reading) => void
  readonly instead?: { readonly status: number; readonly body: string; readonly executes: boolean }
}

/** What the log of requests says about one of them. */
export type Reading = {
  caller: Caller | null
  route: Route | null
  params: Form | null
  replayed: boolean
  errorCode: string | null
  requestId: string
  idempotencyKey: string | null
  /** What stood in the path where the operation's template has a name. */
  pathValues: Readonly<Record<string, string>>
}

const versionShape = /^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

function versionOf(request: Request): string {
  const version = one(request.headers['stripe-version']) ?? description.version
  if (versionShape.test(version) && version.slice(0, 10) <= description.version.slice(0, 10)) return version
  throw invalid(
    `Invalid Stripe API version: ${version.slice(0, 40)}. This simulator knows versions up to ${description.version}.`,
  )
}

/** Reads one request, does it, and answers: the whole of Stripe as one function. Never throws for anything that a client sent. */
export function answer(world: World, request: Request, twist: Twist = {}): { answer: Answer; reading: Reading } {
  const reading: Reading = {
    caller: null,
    route: null,
    params: null,
    replayed: false,
    errorCode: null,
    requestId: `req_${newRequestToken(world)}`,
    idempotencyKey: null,
    pathValues: {},
  }
  const headers: Record<string, string> = {
    'request-id': reading.requestId,
    'content-type': 'application/json',
  }
  try {
    return { answer: respond(world, request, { reading, headers, twist }), reading }
  } catch (error) {
    if (error instanceof ApiError) return { answer: refusal(error, reading, headers), reading }
    throw error
  } finally {
    twist.finally?.(reading)
    world.cause = byItself
    finish(world)
    // Standing time is not woken by a timer: what is due at this very moment happens here.
    if (world.clock.frozenAt !== null && world.instant === null) runDue(world)
  }
}

const newRequestToken = (world: World): string =>
  `${world.ids.seed.toString(36)}${(++world.requestCount).toString(36).padStart(10, '0')}`

function refusal(error: ApiError, reading: Reading, headers: Record<string, string>): Answer {
  reading.errorCode = error.body.code ?? error.body.type
  const account = reading.caller?.books.account ?? 'acct'
  const request_log_url = `https://dashboard.stripe.com/${account}/test/logs/${reading.requestId}`
  const body = JSON.stringify({ error: { ...error.body, request_log_url } })
  return { status: error.status, headers: { ...headers, ...error.headers }, body }
}

type Making = { readonly reading: Reading; readonly headers: Record<string, string>; readonly twist: Twist }

function respond(world: World, request: Request, { reading, headers, twist }: Making): Answer {
  const { method } = request
  const mark = request.target.indexOf('?')
  const path = mark < 0 ? request.target : request.target.slice(0, mark)
  const query = mark < 0 ? '' : request.target.slice(mark + 1)
  const caller = callerOf(world, one(request.headers['authorization']), one(request.headers['stripe-account']))
  reading.caller = caller
  headers['stripe-version'] = versionOf(request)
  if (caller.platform !== null) headers['stripe-account'] = caller.books.account
  const found = findRoute(method, path)
  if (!found) throw unknownUrl(method, path)
  reading.route = found.route
  reading.pathValues = found.path
  checkPermission(caller, found.route)
  const text = method === 'POST' ? joined(bodyOf(request), query) : joined(query, bodyOf(request))
  reading.params = decodeForm(text)
  const key = method === 'POST' ? one(request.headers['idempotency-key']) : undefined
  reading.idempotencyKey = key ?? null
  if (twist.refuse) throw twist.refuse(reading)
  twist.early?.(reading)
  const begun = { caller, found, form: reading.params, reading, version: headers['stripe-version'], twist }
  if (key === undefined) return done(execute(begun, null), headers)
  return withKey(begun, key, fingerprintOf(method, path, canonical(reading.params)), headers)
}

const joined = (first: string, second: string) => (first === '' ? second : second === '' ? first : `${first}&${second}`)
const done = ({ status, body }: { status: number; body: string }, headers: Record<string, string>): Answer => ({
  status,
  headers,
  body,
})

/** Parameters in one order, so that the order in which they were sent makes no difference. */
function canonical(form: Form): string {
  return JSON.stringify(form, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}

function bodyOf({ body, headers }: Request): string {
  if (body === '') return ''
  const type = one(headers['content-type']) ?? 'application/x-www-form-urlencoded'
  if (type.startsWith('application/x-www-form-urlencoded')) return body
  throw invalid(
    `Invalid request (check that your POST content type is application/x-www-form-urlencoded). It was: ${type.slice(0, 60)}`,
  )
}

const unknownUrl = (method: string, path: string) =>
  new ApiError(
    404,
    {
      type: 'invalid_request_error',
      message: `Unrecognized request URL (${method}: ${path.slice(0, 200)}). Please see https://stripe.com/docs`,
    },
    { stored: false },
  )

type Begun = {
  readonly caller: Caller
  readonly found: NonNullable<ReturnType<typeof findRoute>>
  readonly form: Form
  readonly reading: Reading
  readonly version: string
  readonly twist: Twist
}

/** Checks and does. A refusal of the check says that nothing was executed; one of a rule is an answer like any other. */
function execute(begun: Begun, key: string | null): { status: number; body: string } {
  const { twist } = begun
  if (!twist.instead) return executed(begun, key)
  if (twist.instead.executes) executed(begun, key)
  return { status: twist.instead.status, body: twist.instead.body }
}

function executed(
  { caller, found, form, reading, version, twist }: Begun,
  key: string | null,
): { status: number; body: string } {
  const { books, platform } = caller
  const { route, path } = found
  const params = validate(form, route.operation.request)
  const handler = operations[route.name]
  if (!handler) throw invalid(`This simulator does not offer ${route.name}.`, { status: 501 })
  books.world.cause = { id: reading.requestId, idempotency_key: key }
  const { expand } = params as { expand?: string[] }
  if (expand !== undefined) delete params['expand']
  twist.before?.(reading)
  const row = handler({ books, params, path, route, platform })
  twist.after?.(reading, row)
  const plain = expanded(books, row, expand, route.operation.response)
  const shown = twist.edit ? twist.edit(plain, reading) : plain
  return { status: 200, body: JSON.stringify(rendered(shown, version)) }
}

function withKey(begun: Begun, key: string, fingerprint: string, headers: Record<string, string>): Answer {
  const { books } = begun.caller
  checkKeyLength(key)
  headers['idempotency-key'] = key
  const kept = recall(books, key, fingerprint)
  if (kept?.answer) {
    begun.reading.replayed = true
    headers['idempotent-replayed'] = 'true'
    headers['original-request'] = kept.request
    return done(kept.answer, headers)
  }
  const at = timeOfKeeping(books)
  const result = stored(begun, key, headers)
  headers['original-request'] = begun.reading.requestId
  keep(books, { id: key, fingerprint, at, request: begun.reading.requestId, answer: result })
  return done(result, headers)
}

const timeOfKeeping = (books: Books): number => books.world.clock.frozenAt ?? Date.now() + books.world.clock.offset

function stored(begun: Begun, key: string, headers: Record<string, string>): { status: number; body: string } {
  try {
    return execute(begun, key)
  } catch (error) {
    if (!(error instanceof ApiError) || !error.stored) throw error
    const { status, body } = refusal(error, begun.reading, headers)
    return { status, body }
  }
}

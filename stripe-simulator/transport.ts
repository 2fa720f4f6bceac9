import { answer } from './api.ts'
import type { Answer, Reading, Request, Twist } from './api.ts'
import { timeOf } from './clock.ts'
import { ApiError } from './errors.ts'
import { takeFault } from './faults.ts'
import type { FaultRule, Faults, RequestEffect } from './faults.ts'
import { inProgress } from './idempotency.ts'
import { keys } from './keys.ts'
import { note } from './request-log.ts'
import type { RequestLog } from './request-log.ts'
import { send } from './server.ts'
import type { Exchange } from './server.ts'
import { twistOf } from './twists.ts'
import { at, booksOf, byItself } from './world.ts'
import type { TaskHandler, World } from './world.ts'
import { defaultAccountId } from './accounts.ts'

export type Line = {
  readonly world: World
  readonly faults: Faults
  readonly log: RequestLog
  /** Keys whose first request has not been answered yet: a second one meanwhile is told so. */
  readonly underWay: Set<string>
  webhooksIdle: () => Promise<void>
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref())
const pathOf = (target: string) => target.split('?', 1)[0] ?? target

/** Serves one request to the API, with whatever fault is due on it. */
export function serve(line: Line, { incoming, outgoing, body }: Exchange): void {
  const request: Request = {
    method: incoming.method ?? 'GET',
    target: incoming.url ?? '/',
    headers: incoming.headers,
    body,
  }
  const rule = line.faults.rules.length === 0 ? null : faultFor(line, request)
  const name = keyName(request)
  if (rule === null && line.underWay.size === 0) {
    deliver({ incoming, outgoing, body }, ask(line, request, null))
    return
  }
  if (name !== null && line.underWay.has(name)) {
    deliver(
      { incoming, outgoing, body },
      ask(line, request, null, { refuse: ({ idempotencyKey }) => inProgress(idempotencyKey ?? '') }),
    )
    return
  }
  if (rule === null) deliver({ incoming, outgoing, body }, ask(line, request, null))
  else void serveWithFault(line, { incoming, outgoing, body }, request, rule, name)
}

const one = (value: string | string[] | undefined): string => (Array.isArray(value) ? value.join() : (value ?? ''))

function keyName({ headers, method }: Request): string | null {
  const key = headers['idempotency-key']
  return key === undefined || method !== 'POST'
    ? null
    : `${one(headers['authorization'])} ${one(headers['stripe-account'])} ${one(key)}`
}

function faultFor({ faults, world }: Line, request: Request): FaultRule | null {
  const account = one(request.headers['stripe-account']) || accountOfKey(world, one(request.headers['authorization']))
  const text = safelyDecoded(`${request.target} ${request.body}`)
  return takeFault(faults, {
    on: 'request',
    name: pathOf(request.target),
    method: request.method,
    account,
    text,
  })
}

const accountOfKey = (world: World, authorization: string): string =>
  keys(world).rows.get(authorization.replace(/^bearer /i, ''))?.account ?? defaultAccountId

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

function ask(
  line: Line,
  request: Request,
  rule: FaultRule | null,
  twist: Twist = {},
): { answer: Answer; reading: Reading } {
  const begun = performance.now()
  const at_ = timeOf(line.world.clock)
  const result = answer(line.world, request, twist)
  note(line.log, { request, ...result, fault: rule?.id ?? null, begun, at: at_ })
  return result
}

const deliver = ({ outgoing }: Exchange, { answer: { status, headers, body } }: { answer: Answer }) =>
  send(outgoing, status, headers, body)

async function serveWithFault(
  line: Line,
  exchange: Exchange,
  request: Request,
  rule: FaultRule,
  name: string | null,
): Promise<void> {
  const effect = rule.effect as RequestEffect
  if (name !== null) line.underWay.add(name)
  try {
    await underFault(line, exchange, request, rule, effect)
  } catch (error) {
    if (!(error instanceof ApiError)) exchange.outgoing.destroy(error instanceof Error ? error : undefined)
    else
      send(
        exchange.outgoing,
        error.status,
        { 'content-type': 'application/json' },
        JSON.stringify({ error: error.body }),
      )
  } finally {
    if (name !== null) line.underWay.delete(name)
  }
}

async function underFault(
  line: Line,
  exchange: Exchange,
  request: Request,
  rule: FaultRule,
  effect: RequestEffect,
): Promise<void> {
  const { incoming, outgoing } = exchange
  if (effect.kind === 'connection_lost') {
    const result = effect.when === 'after' ? ask(line, request, rule) : null
    if (!result)
      note(line.log, {
        request,
        reading: null,
        answer: null,
        fault: rule.id,
        begun: performance.now(),
        at: timeOf(line.world.clock),
      })
    lose(exchange, effect.how, result?.answer ?? null)
    return
  }
  if (effect.kind === 'slow') {
    if (effect.when === 'before') await sleep(effect.ms)
    if (effect.when === 'before' && incoming.socket.destroyed) return void ask(line, request, rule)
    const result = ask(line, request, rule)
    if (effect.when === 'after') await sleep(effect.ms)
    deliver(exchange, result)
    return
  }
  const result = ask(line, request, rule, twistOf(effect))
  if (effect.kind === 'status' && effect.executes_after_seconds !== undefined)
    executeLater(line.world, request, effect.executes_after_seconds)
  if (effect.kind === 'webhook_first') await line.webhooksIdle()
  if (effect.kind === 'clock_skew')
    result.answer.headers['date'] = new Date(timeOf(line.world.clock) + effect.seconds * 1000).toUTCString()
  if (effect.kind === 'status' && effect.body !== 'error' && effect.body !== 'json')
    result.answer.headers['content-type'] = 'text/html'
  send(outgoing, result.answer.status, result.answer.headers, result.answer.body)
}

function lose({ incoming, outgoing }: Exchange, how: 'reset' | 'half_body' | 'silence', answered: Answer | null): void {
  if (how === 'silence') return
  if (how === 'half_body' && answered) {
    outgoing.writeHead(answered.status, {
      ...answered.headers,
      'content-length': Buffer.byteLength(answered.body),
    })
    outgoing.write(answered.body.slice(0, Math.floor(answered.body.length / 2)), () =>
      incoming.socket.resetAndDestroy(),
    )
    return
  }
  incoming.socket.resetAndDestroy()
}

/** The 500 was not the end: what was asked for happens hours later, and only a webhook or a list tells of it. */
function executeLater(world: World, request: Request, seconds: number): void {
  const books = booksOf(world, defaultAccountId, false)
  const { 'idempotency-key': _, ...headers } = request.headers
  at(books, timeOf(world.clock) / 1000 + seconds, 'request.execute', {
    request: JSON.stringify({ ...request, headers }),
  })
}

export const transportTasks: Readonly<Record<string, TaskHandler>> = {
  'request.execute': (books, args) => {
    answer(books.world, JSON.parse(String(args['request'])) as Request)
    books.world.cause = byItself
  },
}

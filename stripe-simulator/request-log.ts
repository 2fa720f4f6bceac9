import type { Answer, Reading, Request } from './api.ts'

/** One request as it was asked and answered. `fault` names the rule that acted on it. */
type Logged = {
  readonly number: number
  readonly at: string
  readonly request_id: string
  readonly method: string
  readonly path: string
  readonly params: unknown
  readonly account: string | null
  readonly livemode: boolean | null
  readonly idempotency_key: string | null
  readonly status: number | null
  readonly error: string | null
  readonly replayed: boolean
  readonly fault: string | null
  readonly answer: string
  readonly ms: number
}

export type RequestLog = { count: number; readonly kept: Logged[]; next: number }

const most = 5000
const longestAnswer = 4000

export const emptyLog = (): RequestLog => ({ count: 0, kept: [], next: 0 })

type Entry = {
  readonly request: Request
  readonly reading: Reading | null
  readonly answer: Answer | null
  readonly fault: string | null
  readonly begun: number
  readonly at: number
}

/** Keeps the last 5,000 requests; of a long answer its beginning. `answer` null: the connection was cut before one was sent. */
export function note(log: RequestLog, { request, reading, answer, fault, begun, at }: Entry): void {
  const entry: Logged = {
    number: ++log.count,
    at: new Date(at).toISOString(),
    request_id: reading?.requestId ?? '',
    method: request.method,
    path: request.target,
    params: reading?.params ?? null,
    account: reading?.caller?.books.account ?? null,
    livemode: reading?.caller?.books.livemode ?? null,
    idempotency_key: reading?.idempotencyKey ?? null,
    status: answer?.status ?? null,
    error: reading?.errorCode ?? null,
    replayed: reading?.replayed ?? false,
    fault,
    answer: answer?.body.slice(0, longestAnswer) ?? '',
    ms: Math.round((performance.now() - begun) * 100) / 100,
  }
  if (log.kept.length < most) log.kept.push(entry)
  else log.kept[log.next] = entry
  log.next = (log.next + 1) % most
}

type LogQuery = {
  readonly limit?: number
  readonly path?: string
  readonly status?: number
  readonly idempotency_key?: string
  readonly after?: number
}

/** The newest requests first. */
export function readLog(
  log: RequestLog,
  { limit = 100, path, status, idempotency_key: key, after = 0 }: LogQuery,
): Logged[] {
  return log.kept
    .filter(
      (entry) =>
        entry.number > after &&
        (path === undefined || entry.path.includes(path)) &&
        (status === undefined || entry.status === status) &&
        (key === undefined || entry.idempotency_key === key),
    )
    .toSorted((a, b) => b.number - a.number)
    .slice(0, limit)
}

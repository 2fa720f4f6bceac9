/** A "no" of the server in its own words (RFC 9457), or that it could not be reached. */
export class Problem extends Error {
  override name = 'Problem'
  readonly status: number
  readonly code: string
  readonly title: string
  readonly field: string | undefined

  constructor({
    status,
    code,
    title,
    detail,
    field,
  }: {
    status: number
    code: string
    title: string
    detail: string
    field?: string | undefined
  }) {
    super(detail)
    this.status = status
    this.code = code
    this.title = title
    this.field = field
  }
}

const unreachable = {
  status: 0,
  code: 'unreachable',
  title: 'No connection',
  detail: 'Moneyback can’t be reached. Nothing was sent or lost; try again when you are back online.',
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(`/admin/api${path}`, { credentials: 'same-origin', ...init }).catch(() => undefined)
  if (!response) throw new Problem(unreachable)
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok) return body as T
  const told = (body ?? {}) as { code?: string; title?: string; detail?: string; message?: string; field?: string }
  throw new Problem({
    status: response.status,
    code: told.code ?? 'unexpected',
    title: told.title ?? 'That did not work',
    detail: told.detail ?? told.message ?? `The server answered ${response.status}. Try again in a moment.`,
    field: told.field,
  })
}

/** Reads a screen. Throws a Problem. */
export function get<T>(path: string, query: Record<string, string | number | undefined> = {}): Promise<T> {
  const set = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(set.map(([key, value]) => [key, String(value)])).toString()
  return ask<T>(search ? `${path}?${search}` : path, {})
}

/** A key for one click: however often it is sent, it is done once. */
const clickKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

const again = (error: unknown): boolean =>
  isProblem(error) && (error.status === 0 || error.code === 'idempotency_key_in_use')

/**
 * Does something, once: when the connection is lost in the middle, the same click is sent again under its key, and what was
 * done already is answered and not done again. Throws a Problem.
 */
export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': clickKey() }
  const send = () => ask<T>(path, { method: 'POST', headers, body: JSON.stringify(body) })
  for (const waitMs of [400, 1_500]) {
    try {
      return await send()
    } catch (error) {
      if (!again(error)) throw error
      await new Promise((done) => setTimeout(done, waitMs))
    }
  }
  return send()
}

export function isProblem(error: unknown): error is Problem {
  return error instanceof Problem
}

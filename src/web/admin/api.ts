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

/** Does something. Throws a Problem. */
export function post<T>(path: string, body: unknown = {}): Promise<T> {
  return ask<T>(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
}

export function isProblem(error: unknown): error is Problem {
  return error instanceof Problem
}

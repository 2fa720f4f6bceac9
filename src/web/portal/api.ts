import type {
  EnterAnswer,
  NewRequestAnswer,
  NewRequestBody,
  NewSeveralBody,
  PaymentEntry,
  PaymentsAnswer,
  Preview,
  RequestView,
  SeveralPreview,
  SignInAnswer,
} from '../../http/portal/wire.ts'
import { spoken } from './language.ts'
import { visitHeaders } from './visit.ts'

/** Why a call brought no answer. `offline`: we don't know whether it arrived; `away`: it did, and the server can't answer now. */
export type Trouble = 'offline' | 'away' | 'signed_out' | 'not_found' | 'too_often' | 'broken'

/** The server said no, or could not be asked. */
export class CallFailed extends Error {
  override name = 'CallFailed'
  readonly trouble: Trouble
  /** The problem's `code` and what else it carries, where the server said no. */
  readonly problem: Readonly<Record<string, unknown>>

  constructor(trouble: Trouble, problem: Readonly<Record<string, unknown>> = {}) {
    super(trouble)
    this.trouble = trouble
    this.problem = problem
  }

  get code(): string {
    return String(this.problem['code'] ?? '')
  }
}

const troubles: Readonly<Record<number, Trouble>> = {
  401: 'signed_out',
  404: 'not_found',
  429: 'too_often',
  502: 'away',
  503: 'away',
  504: 'away',
}

/** After a `too_often`: in how many minutes it may be tried again. */
export let minutesToWait = 1

async function call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    'accept-language': spoken.value?.language ?? 'en',
    ...visitHeaders(),
  }
  if (method === 'POST') headers['content-type'] = 'application/json'
  const request = {
    method,
    headers,
    ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
    signal: AbortSignal.timeout(20_000),
  }
  const response = await fetch(`/portal/api${path}`, request).catch(() => undefined)
  if (response === undefined) throw new CallFailed('offline')
  const answer: unknown = await response.json().catch(() => undefined)
  if (response.ok && answer !== undefined) return answer as T
  if (response.ok) throw new CallFailed('offline')
  const problem = (answer ?? {}) as Record<string, unknown>
  // Whoever came by a letter's link sees one request; for the rest they have to come in like everybody.
  const trouble = problem['code'] === 'one_request_only' ? 'signed_out' : troubles[response.status]
  if (trouble === 'too_often') minutesToWait = Math.max(1, Math.ceil(Number(problem['retry_after_seconds'] ?? 60) / 60))
  throw new CallFailed(trouble ?? 'broken', problem)
}

export const enter = (by: { token: string } | { jwt: string }) => call<EnterAnswer>('POST', '/enter', by)
export const askForLink = (email: string, number: string) =>
  call<SignInAnswer>('POST', '/sign-in', { email, ...(number !== '' && { number }) })
export const openByMail = (token: string, code?: string) =>
  call<EnterAnswer>('POST', '/sign-in/open', { token, ...(code !== undefined && { code }) })
export const leave = () => call<object>('POST', '/leave')
export const payments = () => call<PaymentsAnswer>('GET', '/payments')
export const payment = (id: string) => call<PaymentEntry>('GET', `/payments/${encodeURIComponent(id)}`)
export const preview = (id: string, reason: string, comment: string) =>
  call<Preview>('POST', `/payments/${encodeURIComponent(id)}/preview`, { reason, comment: comment || undefined })
export const takeAlternative = (id: string, name: string) =>
  call<object>('POST', `/payments/${encodeURIComponent(id)}/alternatives`, { name })
export const submit = (body: NewRequestBody) => call<NewRequestAnswer>('POST', '/requests', body)
export const previewSeveral = (payments: readonly string[], reason: string, comment: string) =>
  call<SeveralPreview>('POST', '/several/preview', { payments, reason, comment: comment || undefined })
export const submitSeveral = (body: NewSeveralBody) => call<NewRequestAnswer>('POST', '/several', body)
export const request = (id: string) => call<RequestView>('GET', `/requests/${encodeURIComponent(id)}`)
export const answer = (id: string, text: string, files: readonly string[]) =>
  call<object>('POST', `/requests/${encodeURIComponent(id)}/answer`, { answer: text, files })
export const withdraw = (id: string) => call<object>('POST', `/requests/${encodeURIComponent(id)}/withdraw`)
export const appeal = (id: string, comment: string) =>
  call<object>('POST', `/requests/${encodeURIComponent(id)}/appeal`, { comment: comment || undefined })

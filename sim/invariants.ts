import { follow, type Machine } from '../src/domain/machine.ts'
import { holds, refundMachine, type RefundStatus } from '../src/domain/refund.ts'
import { requestMachine } from '../src/domain/request.ts'
import type { Request } from '../stripe-simulator/api.ts'
import { table, type Books } from '../stripe-simulator/world.ts'
import type { Server } from './database.ts'

type Refund = {
  id: string
  status: RefundStatus
  payment_id: string
  request_id: string
  decision_id: string
  amount_minor: number
  currency: string
  origin: string
  stripe_refund_id: string | null
  idempotency_key: string | null
  body: string | null
  first_sent_at: string | null
  send_count: number
}
type Payment = {
  id: string
  captured_minor: number
  reserved_minor: number
  overlap_minor: number
  dispute: string
  told: boolean
}
type Asked = { id: string; status: string }
type Snapshot = { refunds: Refund[] | null; payments: Payment[] | null; requests: Asked[] | null }

const frozen = [
  'payment_id',
  'request_id',
  'decision_id',
  'amount_minor',
  'currency',
  'origin',
  'idempotency_key',
  'body',
] as const

const snapshot = `
  select (select json_agg(r order by r.id) from (
      select id, status, payment_id, request_id, decision_id, amount_minor, currency, origin, stripe_refund_id, idempotency_key,
        body, first_sent_at, send_count from refund where account_id = $1) r) as refunds,
    (select json_agg(p order by p.id) from (
      select id, captured_minor, reserved_minor, overlap_minor, dispute,
        overlap_minor = 0 or exists (select from exception e where e.account_id = p.account_id
          and e.kind = 'refunded_elsewhere_too' and e.subject_id = p.id and e.resolved_at is null) as told
      from payment p where account_id = $1) p) as payments,
    (select json_agg(q order by q.id) from (select id, status from refund_request where account_id = $1) q) as requests`

/** Errors that are mistakes in the program, whatever went wrong around it. */
const mistake =
  /\b(Bug|TypeError|ReferenceError|RangeError|SyntaxError)\b|violates|append-only|does not go from|set aside but its refunds hold|syntax error|does not exist/

/** Watches every commit and every request to Stripe, and writes down what must not be. */
export class Watchman {
  readonly violations: string[] = []
  /** Refunds to which Stripe has said a definite no at least once. */
  readonly refusedByStripe = new Set<string>()
  readonly #server: Server
  readonly #account: string
  readonly #books: Books
  #before: Snapshot = { refunds: null, payments: null, requests: null }
  readonly #acknowledged = { refund_request: new Set<string>(), stripe_event: new Set<string>() }
  readonly #sent = new Map<string, { key: string; body: string }>()

  constructor(server: Server, account: string, books: Books) {
    this.#server = server
    this.#account = account
    this.#books = books
  }

  /** What somebody was told is kept. */
  acknowledged(table: 'refund_request' | 'stripe_event', id: string): void {
    this.#acknowledged[table].add(id)
  }

  get requestsTaken(): number {
    return this.#acknowledged.refund_request.size
  }

  get refundsSent(): number {
    return this.#sent.size
  }

  async acknowledgedAreThere(): Promise<void> {
    for (const [name, ids] of Object.entries(this.#acknowledged)) {
      const { rows } = await this.#server.control.query(
        `select id from unnest($2::text[]) as told (id)
         where not exists (select from ${name} t where t.account_id = $1 and t.id = told.id)`,
        [this.#account, [...ids]],
      )
      for (const { id } of rows as { id: string }[]) this.broke(`${name} ${id} was acknowledged and is gone`)
    }
  }

  broke(what: string): void {
    if (!this.violations.includes(what)) this.violations.push(what)
  }

  thrown(activity: string, error: unknown): void {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    if (mistake.test(text)) this.broke(`${activity} threw ${text}`)
  }

  logged(line: string): void {
    if (mistake.test(line))
      this.broke(`logged: ${(JSON.parse(line) as { error?: string; stack?: string }).stack ?? line}`)
  }

  /** Protocol: one key and the same bytes for a refund's whole life, and the intent committed before the first byte. */
  async before({ method, target, body, headers }: Request, process: string, alsoUnderWay: string[]): Promise<void> {
    if (method !== 'POST' || target !== '/v1/refunds') return
    if (alsoUnderWay.some((other) => other.includes(body)))
      this.broke(`two workers send the same refund at the same moment: ${body}`)
    const key = String(headers['idempotency-key'])
    const refund = new URLSearchParams(body).get('metadata[moneyback_refund]')
    if (refund === null) return this.broke(`${process} sent a refund that does not name itself: ${body}`)
    const first = this.#sent.get(refund)
    if (first === undefined) this.#sent.set(refund, { key, body })
    else if (first.key !== key) this.broke(`${refund} was sent under two keys: ${first.key}, ${key}`)
    else if (first.body !== body) this.broke(`${refund} was sent with other bytes: ${first.body} … ${body}`)
    const { rows } = await this.#server.control.query(
      `select status, first_sent_at, exists (select from sending_stop s where s.account_id = r.account_id
         and s.kind <> 'key' and s.since < r.last_sent_at) as stopped
       from refund r where account_id = $1 and id = $2`,
      [this.#account, refund],
    )
    const row = rows[0] as { status: string; first_sent_at: Date | null; stopped: boolean } | undefined
    if (row === undefined) this.broke(`${refund} was sent and is not written down`)
    else if (row.first_sent_at === null)
      this.broke(`${refund} was sent before its intent was committed (${row.status})`)
    else if (row.stopped) this.broke(`${refund} was sent although sending was stopped`)
  }

  /** At most one good refund at Stripe for each of ours, and never one for a payment with an open dispute that we had seen. */
  after({ method, target, body }: Request, status: number): void {
    if (method !== 'POST' || target !== '/v1/refunds') return
    const refund = new URLSearchParams(body).get('metadata[moneyback_refund]')
    if (refund !== null && [400, 402, 404].includes(status)) this.refusedByStripe.add(refund)
    const good = table(this.#books, 'refund').order.filter(
      ({ metadata, status }) =>
        metadata?.['moneyback_refund'] === refund && status !== 'failed' && status !== 'canceled',
    )
    if (good.length > 1) this.broke(`PAID TWICE: ${refund} is ${good.map(({ id }) => id).join(' and ')} at Stripe`)
  }

  /** After each commit: sums, arrows, and what may never change. */
  async afterCommit(statement: string): Promise<void> {
    if (/set lease_until = clock_timestamp/.test(statement)) return
    const { rows } = await this.#server.control.query(snapshot, [this.#account])
    const now = rows[0] as Snapshot
    this.#checkSums(now)
    this.#checkChanges('refund', refundMachine, this.#before.refunds ?? [], now.refunds ?? [])
    this.#checkChanges('request', requestMachine, this.#before.requests ?? [], now.requests ?? [])
    this.#checkFrozen(now.refunds ?? [])
    this.#checkIntents(now)
    this.#before = now
  }

  #checkSums({ payments, refunds }: Snapshot): void {
    const held = new Map<string, number>()
    for (const { payment_id, status, amount_minor } of refunds ?? [])
      if (holds(status)) held.set(payment_id, (held.get(payment_id) ?? 0) + amount_minor)
    for (const { id, captured_minor, reserved_minor, overlap_minor, told } of payments ?? []) {
      const sum = held.get(id) ?? 0
      if (sum !== reserved_minor) this.broke(`${id}: ${reserved_minor} set aside, its refunds hold ${sum}`)
      if (sum > captured_minor + overlap_minor) this.broke(`${id}: ${sum} held of ${captured_minor} captured`)
      if (!told) this.broke(`${id}: ${overlap_minor} claimed twice, and nobody is told`)
    }
  }

  #checkChanges<S extends string, E extends string>(
    what: string,
    machine: Machine<S, E>,
    before: { id: string; status: string }[],
    now: { id: string; status: string }[],
  ): void {
    const was = new Map(before.map(({ id, status }) => [id, status]))
    for (const { id, status } of now) {
      const from = was.get(id)
      if (from === undefined || from === status) continue
      if (!reaches(machine, from as S, status as S)) this.broke(`${what} ${id} went from ${from} to ${status}`)
    }
    for (const { id } of before) if (!now.some((row) => row.id === id)) this.broke(`${what} ${id} vanished`)
  }

  /** Whoever commits that a refund will be sent for the first time has seen that there is no dispute. */
  #checkIntents({ refunds, payments }: Snapshot): void {
    for (const { id, status, origin, payment_id } of refunds ?? []) {
      const before = this.#before.refunds?.find((row) => row.id === id)
      if (origin !== 'moneyback' || before?.status !== 'reserved' || status !== 'unconfirmed') continue
      const dispute = payments?.find((row) => row.id === payment_id)?.dispute
      if (dispute === 'open' || dispute === 'lost')
        this.broke(`${id} is about to be sent although a dispute is ${dispute}`)
    }
  }

  #checkFrozen(refunds: Refund[]): void {
    for (const refund of refunds) {
      const before = this.#before.refunds?.find(({ id }) => id === refund.id)
      if (!before) continue
      for (const field of frozen)
        if (before[field] !== refund[field])
          this.broke(`${refund.id}: ${field} changed from ${before[field]} to ${refund[field]}`)
      if (before.stripe_refund_id !== null && before.stripe_refund_id !== refund.stripe_refund_id)
        this.broke(`${refund.id} was ${before.stripe_refund_id} and is ${refund.stripe_refund_id} at Stripe`)
    }
  }
}

/** Whether a status can be reached along the arrows: one transaction may take several. */
function reaches<S extends string, E extends string>(machine: Machine<S, E>, from: S, to: S): boolean {
  const seen = new Set<S>([from])
  for (const state of seen) {
    for (const event of Object.keys(machine.states[state].on) as E[]) {
      const next = follow(machine, state, event)
      if (next !== undefined) seen.add(next)
    }
  }
  return seen.has(to)
}

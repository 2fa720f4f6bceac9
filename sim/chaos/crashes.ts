import { setTimeout as pause } from 'node:timers/promises'
import { crashPoints, type CrashPoint } from '../history.ts'
import { compareWithStripe, until, type Stage } from './stage.ts'

const answers = ['answered', 'lost', '500'] as const
const pointsOfServe: readonly CrashPoint[] = [
  'after-submit',
  'before-decide',
  'after-decide',
  'after-approve',
  'after-inbox',
]

const faultOf = {
  answered: undefined,
  lost: { kind: 'connection_lost', when: 'after' },
  '500': { kind: 'status', status: 500, executes: true },
} as const

export type CrashReport = {
  readonly histories: number
  readonly died: number
  /** Seconds from the end of the last lease (or of the wait after a 500) to the end of each refund, sorted. */
  readonly recoverySeconds: readonly number[]
  readonly wrong: readonly string[]
}

/**
 * `kill -9` at every crash point, with Stripe's answer given, lost, and a 500 that did the work. Each history is a refund whose
 * process dies; when all of a round are dead, two workers come and everything must be paid once.
 */
export async function crashRound(stage: Stage): Promise<CrashReport> {
  const cases = crashPoints.flatMap((point) => answers.map((answer) => ({ point, answer })))
  const payments = await stage.buy(cases.length)
  let died = 0
  const calm = stage.start('serve')
  await calm.ready
  for (const [i, { point, answer }] of cases.entries()) {
    if (point === 'after-subscription-change') payments[i] = await stage.subscribe()
    const payment = payments[i]!
    const effect = faultOf[answer]
    if (effect)
      await stage.simulator.control('POST', '/_control/faults', {
        on: 'request',
        effect,
        match: { method: 'POST', path: '/v1/refunds', object: payment },
      })
    if (!pointsOfServe.includes(point)) {
      await ask(stage, payment, 'changed_mind')
      died += await dieAt(stage, 'work', point)
    }
  }
  calm.process.kill('SIGKILL')
  await calm.ended
  for (const [i, { point }] of cases.entries()) {
    if (!pointsOfServe.includes(point)) continue
    died += await dieAt(stage, 'serve', point, async () => {
      await tell(stage, payments[i]!, point)
    })
  }
  return recover(stage, cases.length, died)
}

/** What makes a server pass the point: a request, an approval, a webhook. */
async function tell(stage: Stage, payment: string, point: CrashPoint): Promise<void> {
  const asked = await ask(stage, payment, point === 'after-approve' ? 'other' : 'changed_mind')
  if (point === 'after-approve' && asked)
    await stage.api('POST', `/v1/refund_requests/${asked}/approve`, {}).catch(() => undefined)
  if (point === 'after-inbox') await stage.buy(1)
}

/** Asks until it is acknowledged or the server is gone. */
async function ask(stage: Stage, payment: string, reason: string): Promise<string | undefined> {
  const answer = await stage
    .api('POST', '/v1/refund_requests', { payment, reason }, { 'idempotency-key': payment })
    .catch(() => undefined)
  return answer?.body.id
}

async function dieAt(
  stage: Stage,
  command: 'serve' | 'work',
  point: CrashPoint,
  then = async (): Promise<void> => undefined,
): Promise<number> {
  const doomed = stage.start(command, { MONEYBACK_CRASH_AT: point })
  await Promise.race([doomed.ready, doomed.ended]).catch(() => undefined)
  await then()
  const over = await Promise.race([doomed.ended.then(() => true), pause(15_000).then(() => false)])
  if (!over) {
    doomed.process.kill('SIGKILL')
    await doomed.ended
  }
  return over ? 1 : 0
}

type Row = { id: string; status: string; lease_until: Date | null; next_at: Date | null }

async function recover(stage: Stage, histories: number, died: number): Promise<CrashReport> {
  // What the dead have left: until when nobody else may take it.
  const left = await stage.rows<Row>('select id, status, lease_until, next_at from refund')
  const programs = [stage.start('serve'), stage.start('work'), stage.start('work')]
  await Promise.all(programs.map(({ ready }) => ready))
  const begun = Date.now()
  const ended = new Map<string, number>()
  // Requests that got no answer are asked again, as a shop does.
  for (const payment of await paymentsWithoutRequest(stage)) await ask(stage, payment, 'changed_mind')
  // Longer than what is asked below: what comes too late is counted there, and what never comes is named here.
  await until('every refund is over', 400, async () => {
    const rows = await stage.rows<Row>('select id, status, lease_until, next_at from refund')
    for (const { id, status } of rows) if (status === 'succeeded' && !ended.has(id)) ended.set(id, Date.now())
    const waiting = await stage.rows("select 1 from refund_request where status in ('submitted', 'approved')")
    return waiting.length === 0 && rows.every(({ status }) => status === 'succeeded')
  }).catch(async (error: Error) => {
    const open = await stage.rows(`
      select q.id, q.status, q.last_error, r.id as refund, r.status as is, r.last_outcome, r.next_at, r.lease_until
      from refund_request q left join refund r on r.account_id = q.account_id and r.request_id = q.id
      where q.status <> 'refunded' or r.status <> 'succeeded'`)
    throw new Error(`${error.message}: ${JSON.stringify(open)}`)
  })
  for (const { process, ended: over } of programs) {
    process.kill('SIGTERM')
    await over
  }
  const recoverySeconds = left
    .filter(({ status }) => status !== 'succeeded')
    .map(({ id, lease_until, next_at }) => {
      const due = Math.max(begun, lease_until?.getTime() ?? 0, next_at?.getTime() ?? 0)
      return Math.max(0, (ended.get(id)! - due) / 1000)
    })
    .sort((a, b) => a - b)
  return { histories, died, recoverySeconds, wrong: [...(await compareWithStripe(stage)), ...(await stage.verify())] }
}

async function paymentsWithoutRequest({ stripe, rows }: Stage): Promise<string[]> {
  const known = new Set(
    (
      await rows<{ pi: string }>(
        'select p.stripe_payment_intent as pi from refund_request q join payment p on p.account_id = q.account_id and p.id = q.payment_id',
      )
    ).map(({ pi }) => pi),
  )
  const missing: string[] = []
  for await (const { id } of stripe.paymentIntents.list({ limit: 100 })) if (!known.has(id)) missing.push(id)
  return missing
}

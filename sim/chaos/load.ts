import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { compareWithStripe, until, type Stage } from './stage.ts'

export type LoadReport = {
  readonly requests: number
  readonly acknowledged: number
  readonly tries: number
  readonly databaseCrashes: number
  readonly cuts: number
  readonly seconds: number
  readonly wrong: readonly string[]
}

/** How many requests each payment gets, one after the other: a tenth of its money each, so that at the end nothing is left. */
const perPayment = 10
const partMinor = 100

type Order = { readonly payment: string; readonly key: string }

/**
 * Requests over the API while PostgreSQL crashes every 5 to 10 seconds and the lines to it and to Stripe are cut. Who gets no
 * answer asks again under the same key. Nothing that was acknowledged may be lost, and at the end everything is paid, once.
 */
export async function load(stage: Stage, requests: number, atOnce = 24): Promise<LoadReport> {
  const programs = [stage.start('serve'), stage.start('work'), stage.start('work')]
  await Promise.all(programs.map(({ ready }) => ready))
  const payments = await stage.buy(Math.ceil(requests / perPayment))
  const waiting: Order[] = Array.from({ length: requests }, (_, i) => {
    const payment = payments[i % payments.length]!
    return { payment, key: `${payment}-${Math.floor(i / payments.length)}` }
  })
  const begun = Date.now()
  const acknowledged = new Map<string, string>()
  const refused: string[] = []
  let [tries, databaseCrashes, cuts, over] = [0, 0, 0, false]
  const trouble = async (everyMs: () => number, act: () => Promise<unknown>): Promise<void> => {
    while (!over) {
      await pause(everyMs())
      if (!over) await act()
    }
  }
  const troubles = [
    trouble(
      () => randomInt(5_000, 10_000),
      async () => {
        databaseCrashes++
        await stage.postgres.crash()
      },
    ),
    trouble(
      () => randomInt(4_000, 12_000),
      async () => {
        cuts++
        stage.toStripe.cut()
      },
    ),
    trouble(
      () => randomInt(7_000, 20_000),
      async () => {
        cuts++
        stage.toPostgres.cut()
      },
    ),
  ]
  const client = async (): Promise<void> => {
    for (let order = waiting.shift(); order !== undefined; order = waiting.shift()) {
      const { payment, key } = order
      const body = { payment, reason: 'changed_mind', amount: partMinor }
      for (let wait = 50, over = false; !over; wait = Math.min(1000, wait * 2)) {
        tries++
        const answer = await stage
          .api('POST', '/v1/refund_requests', body, { 'idempotency-key': key })
          .catch(() => undefined)
        over = answer !== undefined && (answer.status === 201 || isAnswer(answer))
        if (answer?.status === 201) acknowledged.set(key, answer.body.id)
        // The one before it is still under way: later, as another request.
        else if (answer?.body.code === 'request_already_open') waiting.push({ payment, key: `${key}+` })
        else if (answer && over) refused.push(`${key} was answered with ${answer.status} ${answer.body.code}`)
        if (answer?.body.code === 'request_already_open') await pause(500)
        else if (answer?.status !== 201) await pause(wait)
      }
      if (acknowledged.has(key) && acknowledged.size % 500 === 0)
        console.log(`  ${acknowledged.size} acknowledged after ${((Date.now() - begun) / 1000).toFixed(0)} s`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, client))
  await until('everything is paid, in the midst of it', 900, async () => {
    const left = await stage.rows("select 1 from refund_request where status in ('submitted', 'approved') limit 1")
    return left.length === 0
  })
  over = true
  await Promise.all(troubles)
  const wrong = [
    ...refused,
    ...(await lost(stage, acknowledged)),
    ...(await compareWithStripe(stage)),
    ...(await stage.verify()),
  ]
  for (const { process, said } of programs)
    if (process.exitCode !== null || process.signalCode !== null)
      wrong.push(`a process ended by itself: ${said().slice(-500)}`)
  for (const { process, ended } of programs) {
    process.kill('SIGTERM')
    await ended
  }
  return {
    requests,
    acknowledged: acknowledged.size,
    tries,
    databaseCrashes,
    cuts,
    seconds: (Date.now() - begun) / 1000,
    wrong,
  }
}

/** A no, and no "try again": it is kept under the key. */
const isAnswer = ({ status, body }: { status: number; body: { code?: string } }): boolean =>
  status >= 400 && status < 500 && status !== 429 && body.code !== 'idempotency_key_in_use'

async function lost({ rows }: Stage, acknowledged: ReadonlyMap<string, string>): Promise<string[]> {
  const kept = new Map(
    (await rows<{ id: string; status: string }>('select id, status from refund_request')).map(({ id, status }) => [
      id,
      status,
    ]),
  )
  return [...acknowledged.values()]
    .filter((id) => kept.get(id) !== 'refunded')
    .map((id) => `${id} was acknowledged and is ${kept.get(id) ?? 'gone'}`)
}

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

/**
 * Requests over the API while PostgreSQL crashes every 5 to 10 seconds and the lines to it and to Stripe are cut. Who gets no
 * answer asks again under the same key. Nothing that was acknowledged may be lost, and at the end everything is paid, once.
 */
export async function load(stage: Stage, requests: number, atOnce = 12): Promise<LoadReport> {
  const programs = [stage.start('serve'), stage.start('work'), stage.start('work')]
  await Promise.all(programs.map(({ ready }) => ready))
  const waiting: string[] = []
  for (let left = requests; left > 0; left -= 1000) waiting.push(...(await stage.buy(Math.min(1000, left))))
  const begun = Date.now()
  const acknowledged = new Map<string, string>()
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
    for (let payment = waiting.pop(); payment !== undefined; payment = waiting.pop()) {
      for (let wait = 50; !acknowledged.has(payment); wait = Math.min(1000, wait * 2)) {
        tries++
        const answer = await stage
          .api('POST', '/v1/refund_requests', { payment, reason: 'changed_mind' }, { 'idempotency-key': payment })
          .catch(() => undefined)
        if (answer?.status === 201) acknowledged.set(payment, answer.body.id)
        else await pause(wait)
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, client))
  await until('everything is paid, in the midst of it', 900, async () => {
    const left = await stage.rows("select 1 from refund_request where status in ('submitted', 'approved') limit 1")
    return left.length === 0
  })
  over = true
  await Promise.all(troubles)
  const wrong = [...(await lost(stage, acknowledged)), ...(await compareWithStripe(stage)), ...(await stage.verify())]
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

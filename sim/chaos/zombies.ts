import { setTimeout as pause } from 'node:timers/promises'
import { compareWithStripe, until, type Stage } from './stage.ts'

const day = 24 * 3600

export type ZombieReport = { readonly zombies: number; readonly resent: number; readonly wrong: readonly string[] }

/**
 * Workers are stopped (SIGSTOP) right after they wrote down that they will send. Their lease runs out, another worker pays, and
 * then they go on (SIGCONT): they must not send any more, and everything is paid once.
 */
export async function zombies(stage: Stage, count: number): Promise<ZombieReport> {
  const serve = stage.start('serve')
  await serve.ready
  const frozen = []
  for (const payment of await stage.buy(count)) {
    await submit(stage, payment)
    const zombie = stage.start('work', { MONEYBACK_FREEZE_AT: 'after-intent' })
    await zombie.ready
    frozen.push(zombie)
    await until('a worker is frozen after its intent', 30, async () => {
      const rows = await stage.rows('select 1 from refund where send_count > 0')
      return rows.length >= frozen.length
    })
  }
  const worker = stage.start('work')
  await worker.ready
  await until(
    'the other worker has paid everything',
    150,
    async () => (await stage.rows("select 1 from refund where status <> 'succeeded'")).length === 0,
  )
  const before = await sends(stage)
  for (const { process } of frozen) process.kill('SIGCONT')
  await pause(3_000)
  const resent = (await sends(stage)) - before
  const wrong = [...(await compareWithStripe(stage)), ...(await stage.verify())]
  for (const { process, ended } of [serve, worker, ...frozen]) {
    process.kill('SIGKILL')
    await ended
  }
  return { zombies: count, resent, wrong }
}

async function sends({ simulator }: Stage): Promise<number> {
  const { data } = (await simulator.control('GET', '/_control/requests?limit=5000')) as {
    data: { method: string; path: string }[]
  }
  return data.filter(({ method, path }) => method === 'POST' && path === '/v1/refunds').length
}

export type AwayReport = { readonly requests: number; readonly seconds: number; readonly wrong: readonly string[] }

/**
 * Stripe is away for a day: requests are taken all the while, and paid when it is back. The day passes by moving every instant
 * in the books a day back while Stripe's clock goes a day ahead, so that keys are old when Stripe is back.
 */
export async function away(stage: Stage, requests: number): Promise<AwayReport> {
  const programs = [stage.start('serve'), stage.start('work')]
  await Promise.all(programs.map(({ ready }) => ready))
  const payments = await stage.buy(requests)
  // Known before, so that they can be asked about while Stripe is away; some were sent and their answers were lost.
  await stage.simulator.control('POST', '/_control/faults', {
    on: 'request',
    effect: { kind: 'connection_lost', when: 'after' },
    match: { method: 'POST', path: '/v1/refunds' },
    times: null,
  })
  for (const payment of payments.slice(0, requests / 2)) await submit(stage, payment)
  for (const payment of payments) await stage.api('GET', `/v1/payments/${payment}`)
  stage.toStripe.away()
  await stage.simulator.control('DELETE', '/_control/faults')
  await until('half of them are under way', 30, async () => (await stage.rows('select 1 from refund')).length > 0)
  for (const payment of payments.slice(requests / 2)) await submit(stage, payment)
  await passADay(stage)
  const begun = Date.now()
  stage.toStripe.mend()
  await until('everything is paid', 200, async () => {
    const left = await stage.rows("select 1 from refund_request where status <> 'refunded'")
    return left.length === 0 && (await stage.rows('select 1 from refund')).length === requests
  })
  const seconds = (Date.now() - begun) / 1000
  const wrong = [...(await compareWithStripe(stage)), ...(await stage.verify())]
  for (const { process, ended } of programs) {
    process.kill('SIGKILL')
    await ended
  }
  return { requests, seconds, wrong }
}

const submit = (stage: Stage, payment: string) =>
  stage
    .api('POST', '/v1/refund_requests', { payment, reason: 'changed_mind' }, { 'idempotency-key': payment })
    .catch(() => undefined)

async function passADay({ simulator, rows }: Stage): Promise<void> {
  await simulator.control('POST', '/_control/clock', { advance: day, wait: false })
  for (const [table, columns] of Object.entries({
    refund: ['first_sent_at', 'last_sent_at', 'next_at', 'lease_until'],
    refund_request: ['next_at', 'lease_until'],
    account: ['events_seen_until'],
  }))
    await rows(`update ${table} set ${columns.map((column) => `${column} = ${column} - interval '1 day'`).join(', ')}`)
}

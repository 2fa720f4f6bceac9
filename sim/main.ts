// npm run sim -- [--minutes M | --seconds S] [--least N | --histories N] [--from SEED] [--workers N] [--twice N] [--complete]
//                [--seed N [--trace]] [--case NAME [--trace]]
// Plays seeded histories of the program with everything that can break, and says what they found.
import { fork } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { generate } from './generate.ts'
import type { History } from './history.ts'
import { makeTemplate, startPostgres } from './server.ts'
import { shrink } from './shrink.ts'
import { addUp, makeTally, noCounts, unreached, type Counts } from './tally.ts'
import { corpusCases, openPlayer, type Player } from './worker.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    seconds: { type: 'string' },
    histories: { type: 'string' },
    least: { type: 'string' },
    from: { type: 'string' },
    workers: { type: 'string' },
    twice: { type: 'string' },
    seed: { type: 'string' },
    case: { type: 'string' },
    trace: { type: 'boolean' },
    complete: { type: 'boolean' },
    nice: { type: 'boolean' },
    url: { type: 'string' },
  },
})

type Failure = {
  readonly seed: number
  readonly name: string
  readonly violations: readonly string[]
  readonly shrunk: History
  readonly file: string
}
type Job = {
  readonly url: string
  readonly from: number
  readonly step: number
  readonly until: number
  readonly least: number
  readonly histories: number
  readonly twice: number
}
type Report = { readonly counts: Counts; readonly failures: readonly Failure[]; readonly different: readonly number[] }

const failuresMax = 5

/** Plays histories until the time is over or enough have failed. */
async function work(player: Player, { from, step, until, least, histories, twice }: Job): Promise<Report> {
  const failures: Failure[] = []
  const different: number[] = []
  const take = async (history: History, name: string): Promise<void> => {
    const { violations, hash } = await player.play(history)
    if (violations.length > 0) failures.push(await examine(player, history, name, violations))
    else if (player.tally.counts.histories <= twice && (await player.play(history, makeTally())).hash !== hash)
      different.push(history.seed)
  }
  for (const [i, { name, history }] of corpusCases().entries()) if (i % step === from % step) await take(history, name)
  for (
    let i = 0, seed = from;
    i < histories && (i < least || Date.now() < until) && failures.length < failuresMax;
    i++, seed += step
  )
    await take(generate(seed), `seed-${seed}`)
  return { counts: player.tally.counts, failures, different }
}

/** Makes a failure small and keeps it, so that it is played first from now on. */
async function examine(
  player: Player,
  history: History,
  name: string,
  violations: readonly string[],
): Promise<Failure> {
  const quiet = makeTally()
  const shrunk = await shrink(history, async (smaller) => (await player.play(smaller, quiet)).violations.length > 0)
  const found = (await player.play(shrunk, quiet)).violations[0] ?? violations[0]!
  const folder = new URL('./corpus/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const file = new URL(`${name}.json`, folder)
  writeFileSync(file, `${JSON.stringify({ found: found.split('\n')[0], history: shrunk }, null, 2)}\n`)
  return { seed: history.seed, name, violations, shrunk, file: fileURLToPath(file) }
}

async function playOne(history: History): Promise<boolean> {
  const postgres = await startPostgres()
  await makeTemplate(postgres.url)
  const player = await openPlayer(postgres.url, 'one')
  const { violations, trace, hash } = await player.play(history)
  await player.close()
  await postgres.stop()
  if (values.trace) console.log(trace.join('\n'))
  for (const violation of violations) console.log(`VIOLATION ${violation}`)
  console.log(
    `${history.commands.length} commands, ${trace.length} lines, trace ${hash}, violations=${violations.length}`,
  )
  return violations.length === 0
}

async function playMany(): Promise<boolean> {
  const begun = performance.now()
  const postgres = values.url === undefined ? await startPostgres() : { url: values.url, stop: async () => undefined }
  if (values.url === undefined) await makeTemplate(postgres.url)
  const workers = Number(values.workers ?? Math.min(4, availableParallelism()))
  const from = Number(values.from ?? Math.floor(Math.random() * 1e9))
  const milliseconds = values.minutes
    ? Number(values.minutes) * 60_000
    : Number(values.seconds ?? (values.histories ? 1e6 : 60)) * 1000
  const job = {
    url: postgres.url,
    step: workers,
    until: Date.now() + milliseconds,
    histories: Math.ceil(Number(values.histories ?? 1e9) / workers),
    least: Math.ceil(Number(values.least ?? 0) / workers),
    twice: Number(values.twice ?? 0) / workers,
  }
  const reports = await Promise.all(Array.from({ length: workers }, (_, i) => child({ ...job, from: from + i })))
  await postgres.stop()
  const counts = noCounts()
  for (const report of reports) addUp(counts, report.counts)
  return tell(counts, reports, (performance.now() - begun) / 1000, from)
}

/** A process of its own, so that each core plays. */
function child(job: Job): Promise<Report> {
  return new Promise((resolve, reject) => {
    const process = fork(fileURLToPath(import.meta.url), ['--workers', '0', ...(values.nice ? ['--nice'] : [])], {
      serialization: 'advanced',
    })
    process.once('message', (report) => resolve(report as Report))
    process.once('exit', (code) => reject(new Error(`a player ended with ${code}`)))
    process.send(job)
  })
}

function tell(counts: Counts, reports: readonly Report[], seconds: number, from: number): boolean {
  const failures = reports.flatMap((report) => report.failures)
  const different = reports.flatMap((report) => report.different)
  for (const { name, violations, shrunk, file } of failures)
    console.log(
      `FAILED ${name}: ${violations[0]}\n  shrunk to ${shrunk.commands.length} commands: ${file}\n  npm run sim -- --case ${name} --trace`,
    )
  if (different.length > 0) console.log(`NOT THE SAME TWICE: seeds ${different.join(', ')}`)
  const faults = Object.entries(counts.faults).sort(([a], [b]) => (a < b ? -1 : 1))
  const missing = unreached(counts)
  console.log(`faults: ${faults.map(([kind, count]) => `${kind} ${count}`).join(', ')}`)
  console.log(
    `sim histories=${counts.histories} per_second=${(counts.histories / seconds).toFixed(1)} faults=${faults.reduce((sum, [, count]) => sum + count, 0)} ` +
      `crashes=${crashes(counts)} steps=${counts.steps} requests=${counts.requests} refunds=${counts.refunds} ` +
      `simulated_years=${(counts.simulatedMs / 31_557_600_000).toFixed(1)} from=${from} unreached=[${missing.join(', ')}] violations=${failures.length}`,
  )
  return failures.length === 0 && different.length === 0 && (!values.complete || missing.length === 0)
}

const crashes = ({ faults }: Counts): number =>
  Object.entries(faults).reduce((sum, [kind, count]) => sum + (/^(crash|kill)/.test(kind) ? count : 0), 0)

if (values.nice) setPriority(15)
if (values.workers === '0') {
  process.once('message', async (message) => {
    const job = message as Job
    const player = await openPlayer(job.url, `sim${process.pid}`)
    const report = await work(player, job)
    await player.close()
    process.send!(report, () => process.exit(0))
  })
} else {
  const one =
    values.case !== undefined
      ? corpusCases().find(({ name }) => name === values.case)?.history
      : values.seed === undefined
        ? undefined
        : generate(Number(values.seed))
  if (values.case !== undefined && one === undefined) throw new Error(`There is no sim/corpus/${values.case}.json`)
  process.exitCode = (await (one ? playOne(one) : playMany())) ? 0 : 1
}

// npm run sim -- [--minutes M | --seconds S] [--least N | --histories N] [--from SEED] [--workers N] [--twice N] [--complete]
//                [--seed N [--trace]] [--case NAME [--trace]] [--nice]
// Plays seeded histories of the program with everything that can break, and says what they found.
import { fork } from 'node:child_process'
import { availableParallelism, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { generate } from './generate.ts'
import type { History } from './history.ts'
import { hunt, type Job, type Report } from './hunt.ts'
import { makeTemplate, startPostgres } from './server.ts'
import { addUp, noCounts, unreached, type Counts } from './tally.ts'
import { corpusCases, openPlayer } from './worker.ts'

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const
const { values } = parseArgs({
  options: {
    minutes: text,
    seconds: text,
    histories: text,
    least: text,
    from: text,
    workers: text,
    twice: text,
    complete: flag,
    seed: text,
    case: text,
    trace: flag,
    nice: flag,
    url: text,
    template: text,
    first: flag,
    keep: text,
    prefer: text,
  },
})

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
  if (values.url === undefined || values.template !== undefined) await makeTemplate(postgres.url, values.template)
  const workers = Number(values.workers ?? Math.min(8, 1 + availableParallelism()))
  const from = Number(values.from ?? Math.floor(Math.random() * 1e9))
  const seconds = values.minutes ? Number(values.minutes) * 60 : Number(values.seconds ?? (values.histories ? 1e6 : 60))
  const job = {
    url: postgres.url,
    template: values.template,
    step: workers,
    until: Date.now() + seconds * 1000,
    least: Math.ceil(Number(values.least ?? 0) / workers),
    histories: Math.ceil(Number(values.histories ?? 1e9) / workers),
    twice: Number(values.twice ?? 0) / workers,
    first: values.first ?? false,
    keepAs: values.keep,
    prefer: values.prefer ?? '\0',
  }
  const reports = await Promise.all(Array.from({ length: workers }, (_, i) => child({ ...job, from: from + i })))
  await postgres.stop()
  const counts = noCounts()
  for (const report of reports) addUp(counts, report.counts)
  return tell(counts, reports, (performance.now() - begun) / 1000, from)
}

const compiled = join(tmpdir(), 'moneyback-sim-compiled')

/** A process of its own, so that each core plays. */
function child(job: Job): Promise<Report> {
  return new Promise((resolve, reject) => {
    const args = ['--workers', '0', ...(values.nice ? ['--nice'] : [])]
    const player = fork(fileURLToPath(import.meta.url), args, { env: { NODE_COMPILE_CACHE: compiled, ...process.env } })
    player.once('message', (report) => resolve(report as Report))
    player.once('exit', (code) => reject(new Error(`a player ended with ${code}`)))
    player.send(job)
  })
}

async function playAsChild(job: Job): Promise<void> {
  const player = await openPlayer(job.url, `sim${process.pid}`, job.template)
  const report = await hunt(player, job)
  await player.close()
  process.send!(report, () => process.exit(0))
}

function tell(counts: Counts, reports: readonly Report[], seconds: number, from: number): boolean {
  const failures = reports.flatMap((report) => report.failures)
  const different = reports.flatMap((report) => report.different)
  for (const { name, violation, commands, file } of failures) {
    console.log(`FAILED ${name}: ${violation}`)
    if (file !== undefined)
      console.log(`  made small: ${commands} commands, ${file}\n  npm run sim -- --case ${name} --trace`)
  }
  if (different.length > 0) console.log(`NOT THE SAME TWICE: seeds ${different.join(', ')}`)
  const faults = Object.entries(counts.faults).sort(([a], [b]) => (a < b ? -1 : 1))
  const total = (wanted: RegExp): number =>
    faults.reduce((sum, [kind, count]) => sum + (wanted.test(kind) ? count : 0), 0)
  const missing = unreached(counts)
  console.log(`faults: ${faults.map(([kind, count]) => `${kind} ${count}`).join(', ')}`)
  console.log(
    `sim histories=${counts.histories} per_second=${(counts.histories / seconds).toFixed(1)} faults=${total(/./)} ` +
      `crashes=${total(/^(crash|kill)/)} steps=${counts.steps} requests=${counts.requests} refunds=${counts.refunds} ` +
      `simulated_years=${(counts.simulatedMs / 31_557_600_000).toFixed(1)} from=${from} ` +
      `unreached=[${missing.join(', ')}] violations=${failures.length}`,
  )
  return failures.length === 0 && different.length === 0 && (!values.complete || missing.length === 0)
}

function chosen(): History | undefined {
  if (values.seed !== undefined) return generate(Number(values.seed))
  if (values.case === undefined) return undefined
  const known = corpusCases().find(({ name }) => name === values.case)
  if (known === undefined) throw new Error(`There is no sim/corpus/${values.case}.json`)
  return known.history
}

if (values.nice) setPriority(15)
if (values.workers === '0') process.once('message', (job) => void playAsChild(job as Job))
else {
  const one = chosen()
  process.exitCode = (await (one ? playOne(one) : playMany())) ? 0 : 1
}

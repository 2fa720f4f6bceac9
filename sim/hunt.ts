import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generate } from './generate.ts'
import type { History } from './history.ts'
import { shrink } from './shrink.ts'
import { makeTally, type Counts } from './tally.ts'
import { corpusCases, type Player } from './worker.ts'

/** What one player does: the seeds `from`, `from + step`, … until a time, but at least so many; then it says what it found. */
export type Job = {
  readonly url: string
  readonly template: string | undefined
  readonly from: number
  readonly step: number
  readonly until: number
  readonly least: number
  readonly histories: number
  /** How many are played a second time, to see whether they take the same course. */
  readonly twice: number
  /** Ends at the first failure, and makes it small only where it is to be kept. */
  readonly first: boolean
  readonly keepAs: string | undefined
  /** The case of the corpus that is played first. */
  readonly prefer: string
}

export type Failure = {
  readonly name: string
  readonly violation: string
  readonly commands: number
  readonly file: string | undefined
}

export type Report = {
  readonly counts: Counts
  readonly failures: readonly Failure[]
  readonly different: readonly number[]
}

/** Plays what once failed, then new histories, until the time is over or enough have failed. */
export async function hunt(player: Player, job: Job): Promise<Report> {
  const failures: Failure[] = []
  const different: number[] = []
  const enough = (): boolean => failures.length >= (job.first ? 1 : 5)
  const take = async (history: History, name: string): Promise<void> => {
    const { violations, hash, repeatable } = await player.play(history)
    if (violations.length > 0) failures.push(await examine(player, history, name, violations[0]!, job))
    else if (
      repeatable &&
      player.tally.counts.histories <= job.twice &&
      (await player.play(history, makeTally())).hash !== hash
    )
      different.push(history.seed)
  }
  const liked = ({ name }: { name: string }): number => Number(name.endsWith(job.prefer))
  for (const [i, { name, history }] of corpusCases()
    .sort((a, b) => liked(b) - liked(a))
    .entries())
    if (i % job.step === job.from % job.step && !enough()) await take(history, name)
  for (let i = 0; i < job.histories && (i < job.least || Date.now() < job.until) && !enough(); i++) {
    const seed = job.from + i * job.step
    await take(generate(seed), `seed-${seed}`)
  }
  return { counts: player.tally.counts, failures, different }
}

/** Makes a failure small and keeps it, so that it is played first from now on. */
async function examine(player: Player, history: History, name: string, violation: string, job: Job): Promise<Failure> {
  if (job.first && job.keepAs === undefined)
    return { name, violation, commands: history.commands.length, file: undefined }
  const quiet = makeTally()
  const shrunk = await shrink(history, async (smaller) => (await player.play(smaller, quiet)).violations.length > 0)
  const found = (await player.play(shrunk, quiet)).violations[0] ?? violation
  const file = job.keepAs ?? fileURLToPath(new URL(`./corpus/${name}.json`, import.meta.url))
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify({ found: found.split('\n')[0], history: shrunk }, null, 2)}\n`)
  return { name, violation: found, commands: shrunk.commands.length, file }
}

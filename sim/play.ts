import { createHash } from 'node:crypto'
import { seedReasons } from '../src/db/reasons.ts'
import { comeToRest, reconcile } from './rest.ts'
import { chanceOf } from './chance.ts'
import type { Server } from './database.ts'
import type { Command, History } from './history.ts'
import { openLab, type Lab } from './lab.ts'
import { operate } from './operate.ts'
import { policies } from './policy.ts'
import type { Call } from './scheduler.ts'
import { sell } from './shop.ts'
import type { Tally } from './tally.ts'

export type Played = {
  readonly violations: readonly string[]
  readonly trace: readonly string[]
  readonly hash: string
  /** False where PostgreSQL chose who came first: such a trace need not come out the same. */
  readonly repeatable: boolean
}

const stepsMax = 6000
// Stripe keeps events for 30 days, and a refund can bounce for as long: nobody is switched off for two months in a row.
const monthMs = 25 * 86_400_000

/**
 * Plays a history to its end on a real PostgreSQL: the commands one by one, then everything that is due until nothing is, then
 * the questions whether all is as it must be. The same history gives the same trace. `account` is one that was never used.
 */
export async function play(history: History, account: string, server: Server, tally: Tally): Promise<Played> {
  const lab = await openLab(history, account, server, tally)
  try {
    await install(lab)
    await sell(lab, history.payments)
    for (const command of history.commands) {
      await playCommand(lab, command)
      if (lab.watchman.violations.length > 0) break
    }
    if (lab.watchman.violations.length === 0) await comeToRest(lab, all)
  } catch (error) {
    lab.watchman.broke(`the simulation itself: ${(error as Error).stack}`)
  } finally {
    await lab.release()
  }
  tally.counts.histories++
  tally.counts.requests += lab.watchman.requestsTaken
  tally.counts.refunds += lab.watchman.refundsSent
  const { trace } = lab
  return {
    violations: lab.watchman.violations,
    trace,
    repeatable: !lab.race.lost,
    hash: createHash('sha256').update(trace.join('\n')).digest('hex').slice(0, 16),
  }
}

async function install({ account, server, now }: Lab): Promise<void> {
  const at = new Date(now())
  const { control } = server
  await control.query(
    'insert into account (id, livemode, name, created_at, place) values ($1, false, $2, $3, books_place())',
    [account, 'Simulated', at],
  )
  await control.query(
    `insert into policy_version (account_id, version, source, comment, published_by, published_at, effective_from)
     values ($1, 1, $2, 'For the simulation.', 'moneyback', $3, $3)`,
    [account, policies[0], at],
  )
  await seedReasons(server.books, account, at)
}

async function playCommand(lab: Lab, command: Command): Promise<void> {
  const { do: op, pick, part, by, ms } = command
  lab.say(`■ ${op} pick=${pick} part=${part} by=${by}${ms ? ` ms=${ms}` : ''}`)
  if (ms > monthMs && lab.history.mode !== 'webhooks') await reconcile(lab, all)
  await operate(lab, command)
  const chance = chanceOf(command.salt)
  // Frozen ones stay; the others go on in an order that the salt decides, or each to its end.
  const choose = command.run < 0 ? first : (calls: readonly Call[]): Call => chance.of(calls)
  for (let left = command.run < 0 ? stepsMax : command.run; left > 0; left--) {
    lab.tally.counts.steps++
    if (!(await lab.step(choose))) break
    if (lab.watchman.violations.length > 0) break
  }
}

/** One after the other, each as deep as it goes: transactions are not mixed. */
const first = (calls: readonly Call[]): Call => calls.findLast(({ activity }) => activity === calls[0]!.activity)!

/** Lets everybody who is not frozen go on until nobody can. */
async function all(lab: Lab): Promise<void> {
  for (let left = stepsMax; ; left--) {
    if (left === 0) throw new Error('the work does not come to an end')
    lab.tally.counts.steps++
    if (await lab.step(first)) continue
    // Somebody may wait for a lock that a frozen one holds, until PostgreSQL loses its patience.
    if (!lab.scheduler.activities.some(({ state, calls }) => state === 'running' && calls.length > 0)) break
    await lab.advance(31_000)
  }
}

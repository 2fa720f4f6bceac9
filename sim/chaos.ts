// npm run chaos -- [--crashes N] [--requests N] [--zombies N] [--away N]
// Real processes, real sockets, PostgreSQL on a disk: kill -9, SIGSTOP, crashes of PostgreSQL, cut lines, Stripe away for a day.
// Each part can be run by itself; without any, a small one of each.
import { parseArgs } from 'node:util'
import { crashRound } from './chaos/crashes.ts'
import { load } from './chaos/load.ts'
import { setStage, type Stage } from './chaos/stage.ts'
import { away, zombies } from './chaos/zombies.ts'
import { crashPoints } from './history.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({ options: { crashes: text, requests: text, zombies: text, away: text } })
const nothing = Object.values(values).every((value) => value === undefined)
const amount = (value: string | undefined, small: number): number => (nothing ? small : Number(value ?? 0))

let failed = false

async function part(
  name: string,
  act: (stage: Stage) => Promise<{ readonly wrong: readonly string[]; readonly line: string }>,
): Promise<void> {
  const stage = await setStage()
  try {
    const { wrong, line } = await act(stage)
    console.log(`chaos ${name}: ${line} violations=${wrong.length}`)
    for (const each of wrong.slice(0, 20)) console.log(`  ${each}`)
    failed ||= wrong.length > 0
  } catch (error) {
    console.log(`chaos ${name}: ${(error as Error).stack}`)
    failed = true
  } finally {
    await stage.close()
  }
}

const round = crashPoints.length * 3
for (let left = amount(values.crashes, round), total = 0; left > 0; left -= round) {
  await part('crashes', async (stage) => {
    const { histories, died, recoverySeconds, wrong } = await crashRound(stage)
    const at = (share: number): string =>
      (recoverySeconds[Math.floor((recoverySeconds.length - 1) * share)] ?? 0).toFixed(1)
    total += histories
    const late = recoverySeconds.filter((seconds) => seconds > 60).length
    return {
      wrong: late > 0 ? [...wrong, `${late} were recovered later than 60 s after their lease`] : wrong,
      line: `histories=${total} points=${crashPoints.length} answers=3 killed=${died} recovered_after_the_lease p50=${at(0.5)}s max=${at(1)}s`,
    }
  })
}
if (amount(values.zombies, 3) > 0)
  await part('zombies', async (stage) => {
    const { zombies: count, resent, wrong } = await zombies(stage, amount(values.zombies, 3))
    return {
      wrong: resent > 0 ? [...wrong, `${resent} of them sent again`] : wrong,
      line: `frozen=${count} sent_after_waking=${resent}`,
    }
  })
if (amount(values.away, 20) > 0)
  await part('Stripe away for a day', async (stage) => {
    const { requests, seconds, wrong } = await away(stage, amount(values.away, 20))
    return { wrong, line: `requests=${requests} paid_within=${seconds.toFixed(0)}s of its return` }
  })
if (amount(values.requests, 200) > 0)
  await part('PostgreSQL crashing under load', async (stage) => {
    const { requests, acknowledged, tries, databaseCrashes, cuts, seconds, wrong } = await load(
      stage,
      amount(values.requests, 200),
    )
    return {
      wrong,
      line: `requests=${requests} acknowledged=${acknowledged} tries=${tries} database_crashes=${databaseCrashes} cuts=${cuts} in=${seconds.toFixed(0)}s`,
    }
  })
process.exit(failed ? 1 : 0)

import { openServer, type Server } from './database.ts'
import { generate } from './generate.ts'
import type { History } from './history.ts'
import { play, type Played } from './play.ts'
import { copyOfTemplate } from './server.ts'
import { makeTally, type Counts } from './tally.ts'

export type Player = {
  readonly counts: Counts
  play(history: History): Promise<Played>
  close(): Promise<void>
}

// Tables grow and nothing is cleaned up meanwhile: a fresh copy now and then keeps the pace.
const historiesPerDatabase = 400

/** Plays one history after the other, each with an account of its own. */
export async function openPlayer(url: string, name: string): Promise<Player> {
  const tally = makeTally()
  let server: Server | undefined
  let played = 0
  return {
    counts: tally.counts,
    async play(history) {
      if (played % historiesPerDatabase === 0) {
        await server?.close()
        server = await openServer(await copyOfTemplate(url, name))
      }
      const result = await play(history, `acct_${name}x${++played}`, server!, tally)
      if (result.violations.length > 0) {
        await server!.close()
        played = Math.ceil(played / historiesPerDatabase) * historiesPerDatabase
        server = undefined
      }
      return result
    },
    close: async () => server?.close(),
  }
}

export const historyOf = (seed: number): History => generate(seed)

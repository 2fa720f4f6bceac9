import { readdirSync, readFileSync } from 'node:fs'
import { openServer, type Server } from './database.ts'
import type { History } from './history.ts'
import { play, type Played } from './play.ts'
import { copyOfTemplate } from './server.ts'
import { makeTally, type Tally } from './tally.ts'

export type Player = {
  readonly tally: Tally
  play(history: History, counted?: Tally): Promise<Played>
  close(): Promise<void>
}

// Tables grow and nothing is cleaned up meanwhile: a fresh copy now and then keeps the pace.
const historiesPerDatabase = 500

/** Plays one history after the other on databases of its own, each with an account that was never used. */
export async function openPlayer(url: string, name: string, template?: string): Promise<Player> {
  const tally = makeTally()
  let server: Server | undefined
  let played = 0
  let databases = 0
  return {
    tally,
    async play(history, counted = tally) {
      if (server === undefined || played % historiesPerDatabase === 0) {
        await server?.close()
        server = await openServer(await copyOfTemplate(url, `${name}_${++databases % 2}`, template))
      }
      // Of one length, however many came before: what is long is cut short in a trace.
      const result = await play(history, `acct_${name}x${String(++played).padStart(7, '0')}`, server, counted)
      if (result.violations.length > 0) {
        // What a broken history leaves behind is nobody else's.
        await server.close()
        server = undefined
      }
      return result
    },
    close: async () => server?.close(),
  }
}

export type Case = { readonly name: string; readonly found: string; readonly history: History }

const corpus = new URL('./corpus/', import.meta.url)

/** Every history that ever failed, shrunk. They run first. */
export function corpusCases(): Case[] {
  return readdirSync(corpus)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      name: file.slice(0, -5),
      ...(JSON.parse(readFileSync(new URL(file, corpus), 'utf8')) as Omit<Case, 'name'>),
    }))
}

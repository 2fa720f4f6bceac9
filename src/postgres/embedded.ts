import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { accountFor } from './account.ts'
import { findBinaries } from './binaries.ts'
import { CannotStart } from './cannot-start.ts'
import { claimFolder } from './claim.ts'
import type { Site } from './cluster.ts'
import { ensureCluster, passwordOf, superuser } from './cluster.ts'
import { endLeftovers } from './leftovers.ts'
import type { Postmaster } from './postmaster.ts'
import { startPostmaster } from './postmaster.ts'

export type EmbeddedPostgres = {
  /** postgres://… with its password, to the database `moneyback`; good until `stop`. */
  readonly url: string
  /** Ends PostgreSQL with a fast shutdown and gives the folder back. Safe to call twice. */
  readonly stop: () => Promise<void>
}

export type EmbeddedOptions = {
  /** Where everything lies: made when missing. One process at a time. */
  readonly folder: string
  /** The port on 127.0.0.1; a free one when left out. */
  readonly port?: number
  /** False only for tests: nothing waits for the disk. */
  readonly durable?: boolean
  /** Called once when PostgreSQL ended and can't be brought back. By default the error is thrown as uncaught. */
  readonly onLost?: (error: Error) => void
}

const database = 'moneyback'

/**
 * A PostgreSQL of our own, from the binaries that npm brought, on 127.0.0.1 with a password. It ends with
 * this process however that ends, and is started again when it ends by itself.
 * Throws CannotStart with the reason and the way out.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { folder, release } = claimFolder(options.folder)
  try {
    const cluster = join(folder, 'cluster')
    const account = accountFor(folder, cluster)
    const site: Site = {
      folder,
      cluster,
      account,
      binaries: findBinaries(account, folder),
      durable: options.durable ?? true,
    }
    const password = passwordOf(folder, cluster)
    await ensureCluster(site, password)
    await endLeftovers(site)
    const { port, postmaster } = await startOnAPort(site, options.port)
    const keeper = keepAlive(site, port, postmaster, options.onLost ?? throwUncaught)
    const url = (name: string) => `postgres://${superuser}:${password}@127.0.0.1:${port}/${name}`
    await ensureDatabase(url('postgres'), folder).catch(async (error: unknown) => {
      await keeper.stop()
      throw error
    })
    let stopped: Promise<void> | undefined
    return { url: url(database), stop: () => (stopped ??= keeper.stop().finally(release)) }
  } catch (error) {
    release()
    throw error
  }
}

async function startOnAPort(site: Site, wanted: number | undefined): Promise<{ port: number; postmaster: Postmaster }> {
  if (wanted !== undefined) return { port: wanted, postmaster: await startPostmaster(site, wanted) }
  for (let triesLeft = 3; ; triesLeft--) {
    const port = await freePort()
    try {
      return { port, postmaster: await startPostmaster(site, port) }
    } catch (error) {
      // Between finding the port and using it, another program can have taken it.
      if (triesLeft === 1 || !(error instanceof CannotStart && error.message.startsWith('Port '))) throw error
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

const restartsMax = 3
const restartsWithinMs = 60_000

/** Starts PostgreSQL again, on the same port, when it ends without having been asked to. */
function keepAlive(site: Site, port: number, first: Postmaster, onLost: (error: Error) => void) {
  let stopping = false
  let current = first
  const restarts: number[] = []
  const again = async (): Promise<void> => {
    for (;;) {
      await current.ended
      if (stopping) return
      restarts.push(Date.now())
      if (restarts.filter((at) => at > Date.now() - restartsWithinMs).length > restartsMax) {
        throw new CannotStart(`PostgreSQL in ${site.folder} ends again and again; see postgres.log there.`)
      }
      await endLeftovers(site)
      current = await startPostmaster(site, port)
      if (stopping) await current.stop()
    }
  }
  const running = again().catch((error: unknown) => {
    if (!stopping) onLost(error instanceof Error ? error : new Error(String(error)))
  })
  const stop = async () => {
    stopping = true
    await current.stop()
    await running
    await endLeftovers(site)
  }
  return { stop }
}

function throwUncaught(error: Error): void {
  setImmediate(() => {
    throw error
  })
}

/** Makes our database at the first start; at every start proves that the password opens the door. */
async function ensureDatabase(url: string, folder: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database])
    if (rowCount === 0) await client.query(`create database ${database}`)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '28P01') {
      throw new CannotStart(
        `The password in ${join(folder, 'password')} does not open the data beside it. Put back the file that ` +
          'belongs to it.',
        { cause: error },
      )
    }
    throw error
  } finally {
    await client.end().catch(() => undefined)
  }
}

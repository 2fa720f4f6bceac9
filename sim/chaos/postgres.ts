import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { migrate } from '../../src/db/migrate.ts'
import { accountFor } from '../../src/postgres/account.ts'
import { findBinaries } from '../../src/postgres/binaries.ts'
import { claimFolder } from '../../src/postgres/claim.ts'
import { ensureCluster, passwordOf, superuser, type Site } from '../../src/postgres/cluster.ts'
import { endLeftovers } from '../../src/postgres/leftovers.ts'
import { startPostmaster } from '../../src/postgres/postmaster.ts'
import { ask } from '../server.ts'

export type CrashingPostgres = {
  readonly url: URL
  /** Ends it like a power cut of the server process, and starts it again: it recovers from its log. */
  crash(): Promise<void>
  stop(): Promise<void>
}

/** A PostgreSQL on a real disk, with every commit flushed, that can be crashed as often as one likes. */
export async function startCrashingPostgres(): Promise<CrashingPostgres> {
  const { folder, release } = claimFolder(mkdtempSync(join(tmpdir(), 'moneyback-chaos-')))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const cluster = join(folder, 'cluster')
  const account = accountFor(folder, cluster)
  const site: Site = { folder, cluster, account, binaries: findBinaries(account, folder), durable: true }
  const password = passwordOf(folder, cluster)
  await ensureCluster(site, password)
  const port = await freePort()
  let postmaster = await startPostmaster(site, port)
  const url = new URL(`postgres://${superuser}:${password}@127.0.0.1:${port}/moneyback`)
  await ask(new URL('/postgres', url).href, 'create database moneyback')
  // Else a restart flushes every file of the folder, one by one, before it recovers: seconds in which nothing is tried.
  if (process.platform === 'linux')
    await ask(
      new URL('/postgres', url).href,
      `alter system set recovery_init_sync_method = 'syncfs'`,
      'select pg_reload_conf()',
    )
  await migrate(url.href)
  return {
    url,
    async crash() {
      process.kill(postmaster.pid, 'SIGQUIT')
      await postmaster.ended
      await endLeftovers(site)
      postmaster = await startPostmaster(site, port)
    },
    async stop() {
      await postmaster.stop()
      await pause(50)
      release()
    },
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

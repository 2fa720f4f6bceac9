import { mkdtempSync, rmSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { migrate } from '../src/db/migrate.ts'
import { startEmbeddedPostgres } from '../src/postgres/embedded.ts'

export type Postgres = { readonly url: string; readonly stop: () => Promise<void> }

/** A PostgreSQL in memory where the system has a folder for that; nothing waits for a disk. */
export async function startPostgres(): Promise<Postgres> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'moneyback-sim-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const { url, stop } = await startEmbeddedPostgres({ folder, durable: false })
  await ask(url, 'alter system set autovacuum = off', 'alter system set jit = off', 'select pg_reload_conf()')
  return { url, stop }
}

const usual = 'moneyback_template'

/** Makes the migrated database that the others are copies of. */
export async function makeTemplate(url: string, template = usual): Promise<void> {
  await ask(url, `create database ${template}`)
  await migrate(named(url, template))
  await ask(url, `alter database ${template} with allow_connections false`)
}

/** An empty, migrated database. */
export async function copyOfTemplate(url: string, name: string, template = usual): Promise<string> {
  await ask(url, `drop database if exists ${name} with (force)`, `create database ${name} template ${template}`)
  return named(url, name)
}

function named(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = name
  return other.href
}

export async function ask(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

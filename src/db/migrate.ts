import { readdir, readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import { connect } from './connect.ts'

const folder = new URL('../../migrations/', import.meta.url)

async function migrations(): Promise<Record<string, Migration>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()
  const entries = files.map(async (file) => {
    const text = await readFile(new URL(file, folder), 'utf8')
    const migration: Migration = { up: async (db) => void (await sql.raw(text).execute(db)) }
    return [file.slice(0, -4), migration] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

/**
 * Brings a database to the newest schema: numbered SQL files, forward only, all or nothing, one process at a time.
 * Throws when a migration fails or when the database is newer than this program.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const db = connect(databaseUrl, { size: 2 })
  try {
    const migrator = new Migrator({
      db,
      provider: { getMigrations: migrations },
      migrationTableName: 'schema_version',
      migrationLockTableName: 'schema_version_lock',
    })
    const { error } = await migrator.migrateToLatest()
    if (error) throw error
  } finally {
    await db.destroy()
  }
}

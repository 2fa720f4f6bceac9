import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hold, isAlive, ownFolder, postmasterOf, query, refusal, until } from '../../test/holding.ts'
import { startEmbeddedPostgres } from './embedded.ts'

test('starts in a fresh folder whose name has spaces and accents, and finds its rows at the second start', async () => {
  const folder = join(ownFolder(), 'new', 'dätä')
  const first = await startEmbeddedPostgres({ folder })
  await query(first.url, `create table kept as select 'é' as word`)
  await first.stop()
  const second = await startEmbeddedPostgres({ folder })
  const rows = await query(second.url, 'select word, upper(word) as upper from kept')
  await second.stop()
  expect(rows).toEqual([{ word: 'é', upper: 'É' }])
})

test('is durable, in UTF-8 and UTC, on 127.0.0.1 alone, and lets nobody in without the password', async () => {
  const folder = ownFolder()
  const postgres = await startEmbeddedPostgres({ folder })
  const settings = await query(
    postgres.url,
    `
    select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit',
      'server_encoding', 'TimeZone', 'listen_addresses', 'unix_socket_directories', 'data_checksums') order by name`,
  )
  const wrong = new URL(postgres.url)
  wrong.password = 'guessed'
  await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed')
  await postgres.stop()
  expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
    TimeZone: 'UTC',
    data_checksums: 'on',
    fsync: 'on',
    full_page_writes: 'on',
    listen_addresses: '127.0.0.1',
    server_encoding: 'UTF8',
    synchronous_commit: 'on',
    unix_socket_directories: '',
  })
  expect(statSync(join(folder, 'password')).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'cluster')).mode & 0o777).toBe(0o700)
})

test('a second start on the same folder is refused, by folder and pid, until the first has stopped', async () => {
  const folder = ownFolder()
  const first = await startEmbeddedPostgres({ folder })
  expect(await refusal(folder)).toContain(`${folder} is in use by another process (pid ${process.pid})`)
  await expect(startEmbeddedPostgres({ folder })).rejects.toThrow('is in use')
  expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }])
  await first.stop()
  await first.stop()
  await hold(folder)
})

test('of five that start on one folder at once, one gets it', async () => {
  const folder = ownFolder()
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => startEmbeddedPostgres({ folder })))
  const started = results.filter((result) => result.status === 'fulfilled')
  await Promise.all(started.map(({ value }) => value.stop()))
  expect(started).toHaveLength(1)
})

test('ends with a process that finishes without having stopped it', async () => {
  const folder = ownFolder()
  const holder = await hold(folder)
  const postmaster = postmasterOf(folder)
  holder.process.kill('SIGTERM')
  await until('the postmaster has ended', () => !isAlive(postmaster))
})

test('a port that is taken is named', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const address = taken.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const start = startEmbeddedPostgres({ folder: ownFolder(), port })
  await expect(start).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken by another program. Stop`)
  taken.close()
})

test('a folder below a file is refused with the way out', async () => {
  const file = join(ownFolder(), 'file')
  writeFileSync(file, '')
  const start = startEmbeddedPostgres({ folder: join(file, 'data') })
  await expect(start).rejects.toThrow(/lies below a file, not a folder\. Choose another folder.*DATABASE_URL/)
})

let damaged: string
let undamaged: string
beforeAll(async () => {
  damaged = mkdtempSync(join(tmpdir(), 'moneyback-damaged-'))
  await (await startEmbeddedPostgres({ folder: damaged, durable: false })).stop()
  undamaged = readFileSync(join(damaged, 'password'), 'utf8')
})
afterAll(() => rmSync(damaged, { recursive: true }))

test.each([
  [
    'written by another major version',
    () => writeFileSync(join(damaged, 'cluster', 'PG_VERSION'), '17\n'),
    'was written by PostgreSQL 17, and this is PostgreSQL 18',
  ],
  ['without its version', () => rmSync(join(damaged, 'cluster', 'PG_VERSION')), 'is not a PostgreSQL data folder'],
  ['without its password', () => rmSync(join(damaged, 'password')), 'is missing, and without it nobody can sign in'],
  [
    'with another password',
    () => writeFileSync(join(damaged, 'password'), 'other'),
    'does not open the data beside it',
  ],
  ['without its control file', () => rmSync(join(damaged, 'cluster', 'global', 'pg_control')), 'pg_control'],
])('data %s is refused with the reason', async (_, damage, reason) => {
  writeFileSync(join(damaged, 'password'), undamaged)
  writeFileSync(join(damaged, 'cluster', 'PG_VERSION'), '18\n')
  damage()
  await expect(startEmbeddedPostgres({ folder: damaged })).rejects.toThrow(reason)
})

test('an initialisation that was cut off is begun anew', async () => {
  const folder = ownFolder()
  mkdirSync(join(folder, 'unfinished-1', 'data'), { recursive: true })
  const postgres = await startEmbeddedPostgres({ folder, durable: false })
  await postgres.stop()
  expect(statSync(join(folder, 'unfinished-1'), { throwIfNoEntry: false })).toBeUndefined()
})

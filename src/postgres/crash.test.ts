import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { expect, test } from 'vitest'
import type { Holder } from '../../test/holding.ts'
import { familyOf, hold, isAlive, ownFolder, postmasterOf, query, until } from '../../test/holding.ts'

test('kill -9 of the parent ends the postmaster, all its children and their supervisors', async () => {
  const folder = ownFolder()
  const holder = await hold(folder)
  const busy = query(holder.url, 'select pg_sleep(60)').catch(() => 'cut off')
  const { all } = familyOf(folder)
  expect(all.length).toBeGreaterThan(5)
  kill(holder.pid)
  await until('every process has ended', () => !all.some(isAlive))
  expect(await busy).toBe('cut off')
})

test.each([
  ['the parent', (_: string, holder: Holder) => [holder.pid]],
  ['the postmaster', (folder: string) => [postmasterOf(folder)]],
  ['the supervisors', (folder: string) => familyOf(folder).supervisors],
  ['everything at once', (folder: string, holder: Holder) => [holder.pid, ...familyOf(folder).all]],
])('every acknowledged row survives kill -9 of %s', async (who, victims) => {
  const folder = ownFolder()
  const holder = await hold(folder)
  await query(holder.url, 'create table acknowledged (id int primary key)')
  const acknowledged = insertUntilCutOff(holder.url)
  await until('rows are arriving', async () => (await count(holder.url)) > 20)
  const targets = victims(folder, holder)
  targets.forEach(kill)
  const rows = await acknowledged
  const parentDied = targets.includes(holder.pid)
  const { url } = parentDied ? await hold(folder) : holder
  await until(`PostgreSQL is back after the death of ${who}`, () =>
    count(url).then(
      () => true,
      () => false,
    ),
  )
  const found = await query<{ id: number }>(url, 'select id from acknowledged order by id')
  expect(rows.length).toBeGreaterThan(20)
  expect(found.map(({ id }) => id)).toEqual(expect.arrayContaining(rows))
})

test('a postmaster that outlived its parent and its supervisors is stopped by the next start', async () => {
  const folder = ownFolder()
  const holder = await hold(folder)
  const { postmaster, supervisors } = familyOf(folder)
  for (const pid of [holder.pid, ...supervisors]) kill(pid)
  await until('the supervisors are gone', () => ![holder.pid, ...supervisors].some(isAlive))
  expect(isAlive(postmaster)).toBe(true)
  const next = await hold(folder)
  expect(isAlive(postmaster)).toBe(false)
  expect(await query(next.url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a lock file whose number now belongs to another program harms neither', async () => {
  const folder = ownFolder()
  const first = await hold(folder)
  kill(first.pid)
  await until('the parent is gone', () => !isAlive(first.pid))
  await until('PostgreSQL is gone', () => !lockFileIsThere(folder))
  writeFileSync(join(folder, 'cluster', 'postmaster.pid'), `${process.pid}\n${folder}\n0\n`)
  const second = await hold(folder)
  expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }])
})

const kill = (pid: number) => void process.kill(pid, 'SIGKILL')

function lockFileIsThere(folder: string): boolean {
  try {
    return postmasterOf(folder) > 0
  } catch {
    return false
  }
}

async function count(url: string): Promise<number> {
  const [row] = await query<{ count: number }>(url, 'select count(*)::int from acknowledged')
  return row?.count ?? 0
}

/** Inserts one row after the other and returns those that PostgreSQL said yes to, once it stops saying so. */
async function insertUntilCutOff(url: string): Promise<number[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  const rows: number[] = []
  try {
    for (let id = 1; ; id++) {
      await client.query('insert into acknowledged values ($1)', [id])
      rows.push(id)
      await pause(1)
    }
  } catch {
    return rows
  }
}

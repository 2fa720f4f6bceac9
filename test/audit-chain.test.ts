import { createHash } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { linkAudit, verifyChain } from '../src/db/audit-chain.ts'
import { audit } from '../src/db/journal.ts'
import { verifyBooks } from '../src/db/verify.ts'
import { until } from './holding.ts'
import { signedIn } from './staff.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
  for (let n = 1; n <= 12; n++) await write(`row.${n}`)
  await linked()
}, 60_000)
afterEach(() => world[Symbol.asyncDispose]())

const write = (action: string) =>
  audit(world.app.db, {
    account: world.app.account,
    at: world.app.now(),
    actor: 'moneyback',
    action,
    subject: 'x',
    detail: { "a'": 'ü\n"1"', n: 1.5 },
  })
/** Until all that was written is in the chain: whoever writes in another database of the same cluster holds it up for a moment. */
const linked = (most?: number) =>
  until('all rows are in the chain', async () => {
    await linkAudit(world.app.db, world.app.account, most)
    const [left] = await world.rows<{ count: number }>(
      'select count(*)::int as count from audit a where seq > 0 and not exists (select from audit_link l where l.seq = a.seq)',
    )
    return left!.count === 0
  })
const chain = () => verifyChain(world.app.db, world.app.account)
const seqOf = async (action: string) =>
  (await world.rows<{ seq: number }>(`select seq from audit where action = '${action}'`))[0]!.seq
/** What the database refuses is switched off, as somebody with a superuser's rights could. */
async function byHand(statement: string): Promise<void> {
  world.breaksTheBooks()
  await world.app.db.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx)
    await sql.raw(statement).execute(tx)
  })
}
const codes = async () =>
  (await verifyBooks(world.app.db, { account: world.app.account, now: world.app.now() })).violations.map(
    ({ code }) => code,
  )

test('untouched, the chain holds from the first row to the last, and what follows is put behind it', async () => {
  const before = await chain()
  expect(before).toMatchObject({ broken: 0, first_broken: null, waiting: 0, head: { number: before.links } })
  await write('later')
  expect(await chain()).toMatchObject({ links: before.links, waiting: 1, broken: 0 })
  await linked()
  expect(await chain()).toMatchObject({ links: before.links + 1, waiting: 0, broken: 0 })
  expect(await codes()).toEqual([])
})

describe('what somebody does past the program is found, and the first row is named', () => {
  test.each<[string, (seq: number) => string, string]>([
    ['an altered detail', (seq) => `update audit set detail = '{"n": 2}' where seq = ${seq}`, 'altered'],
    ['another actor', (seq) => `update audit set actor = 'staff:somebody' where seq = ${seq}`, 'altered'],
    ['another time', (seq) => `update audit set at = at + interval '1 microsecond' where seq = ${seq}`, 'altered'],
    ['a deleted row', (seq) => `delete from audit where seq = ${seq}`, 'deleted'],
    [
      'a row that is deleted with its link',
      (seq) => `delete from audit where seq = ${seq}; delete from audit_link where seq = ${seq}`,
      'missing',
    ],
    [
      'two rows that changed places',
      (seq) =>
        `update audit set action = case seq when ${seq} then 'row.8' else 'row.7' end where seq in (${seq}, ${seq + 1})`,
      'altered',
    ],
    [
      'two links that changed places',
      (seq) =>
        `update audit_link set number = -number where seq in (${seq}, ${seq + 1}); update audit_link set number = case when seq = ${seq} then -number + 1 else -number - 1 end where number < 0`,
      'altered',
    ],
    [
      'a row that is inserted between others',
      (seq) =>
        `insert into audit (account_id, seq, at, actor, action, subject_id, tx) overriding system value select account_id, -5, at, actor, 'forged', subject_id, tx from audit where seq = ${seq}`,
      'inserted',
    ],
  ])('%s', async (_, statement, what) => {
    const seq = await seqOf('row.7')
    await byHand(statement(seq))
    // Also after the program has gone on.
    await write('later')
    await linked()
    const { first_broken, broken } = await chain()
    expect(first_broken?.what).toContain(what)
    expect([-5, seq, seq + 1]).toContain(first_broken?.seq)
    expect(broken).toBeGreaterThan(0)
    expect(await codes()).toContain('audit-chain')
  })
})

test('nobody changes a link in passing, and a transaction can’t be backdated', async () => {
  await expect(world.rows('delete from audit_link')).rejects.toThrow('append-only')
  await expect(world.rows(`update audit_link set hash = repeat('0', 64)`)).rejects.toThrow('append-only')
  const { app } = world
  await sql`insert into audit (account_id, at, actor, action, subject_id, tx) values (${app.account}, now(), 'policy', 'forged', 'x', '3')`.execute(
    app.db,
  )
  await linked()
  const [last] = await world.rows<{ action: string }>(
    'select action from audit_link join audit using (account_id, seq) order by number desc limit 1',
  )
  expect([last?.action, (await chain()).broken]).toEqual(['forged', 0])
})

test('a row whose transaction is still open is waited for, and then comes in its place', async () => {
  const { app } = world
  let end = () => {}
  const open = new Promise<void>((done) => (end = done))
  let begun = () => {}
  const begins = new Promise<void>((done) => (begun = done))
  const slow = app.db.transaction().execute(async (tx) => {
    await audit(tx, { account: app.account, at: app.now(), actor: 'moneyback', action: 'slow', subject: 'x' })
    begun()
    await open
  })
  await begins
  await write('quick')
  expect(await linkAudit(app.db, app.account)).toBe(0)
  end()
  await slow
  await linked()
  expect(
    await world.rows('select action from audit_link join audit using (account_id, seq) order by number desc limit 2'),
  ).toEqual([{ action: 'quick' }, { action: 'slow' }])
})

test('many who chain and write at once make one chain', async () => {
  const { app } = world
  await Promise.all(
    Array.from({ length: 60 }, (_, n) => (n % 3 ? write(`burst.${n}`) : linkAudit(app.db, app.account, 5))),
  )
  await linked(7)
  expect(await chain()).toMatchObject({ broken: 0, waiting: 0 })
})

test('an auditor who has only the exported file comes to the same hashes, up to the head that was noted down', async () => {
  const { client } = await signedIn(world, 'finance')
  const { body: noted } = await client<{ head: { number: number; hash: string } }>('POST', '/audit/verify')
  const answer = await fetch(`${world.url}/admin/api/audit/export.csv`, { headers: { cookie: client.cookie } })
  const rows: { number: string; hash: string; content: string }[] = parse(await answer.text(), {
    columns: true,
    bom: true,
  })
  expect(rows.length).toBeGreaterThan(12)
  let before = '0'.repeat(64)
  for (const [at, { number, content, hash }] of rows.filter(({ number: of }) => of !== '').entries()) {
    before = createHash('sha256')
      .update(before + content)
      .digest('hex')
    expect([number, hash]).toEqual([String(at + 1), before])
    if (at + 1 === noted.head.number) expect(hash).toBe(noted.head.hash)
  }
})

test('verified and exported by finance and owners alone, and exported only after they showed who they are', async () => {
  const { client: approver } = await signedIn(world, 'approver')
  for (const path of ['/audit/verify', '/audit/may-export'])
    expect((await approver('POST', path)).body.code).toBe('role_too_low')
  const { client } = await signedIn(world, 'finance')
  await sql`update staff_session set "createdAt" = now() - interval '1 hour'`.execute(world.app.db)
  expect((await client('POST', '/audit/may-export')).body.code).toBe('step_up_needed')
  expect((await client('GET', '/audit/export.csv')).body.code).toBe('step_up_needed')
  expect((await client('GET', '/audit?from=2020-01-01&to=2020-01-02')).body).toMatchObject({ rows: [] })
})

import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shadowAnswers, shadowExplanation, shadowLines } from '../src/db/admin-policy.ts'
import { openDraft } from '../src/flows/open-draft.ts'
import { publishDraft } from '../src/flows/publish-policy.ts'
import { endShadow, startShadow } from '../src/flows/shadow-policy.ts'
import { openWorld, type World } from './world.ts'

const finn = { by: 'staff:finn', role: 'finance' } as const
let world: World
let text: string

beforeAll(async () => {
  world = await openWorld({ daysAgo: 6 })
  text = await readFile(new URL('./policy.yaml', import.meta.url), 'utf8')
}, 60_000)
afterAll(() => world[Symbol.asyncDispose]())

async function draft(source: string): Promise<string> {
  const opened = await openDraft(world.app, { name: 'Three days', source, ...finn })
  if (!opened.ok) throw new Error(opened.no.code)
  return opened.value.id
}

async function shadow(of: string): Promise<string> {
  const started = await startShadow(world.app, { draft: of, ...finn })
  if (!started.ok) throw new Error(JSON.stringify(started.no))
  return started.value.id
}

const line = async (id: string) => (await shadowLines(world.app.db, world.app.account, id))[0]!
const answers = (id: string) => shadowAnswers(world.app.db, world.app.account, id, { offset: 0, limit: 50 })

/** The shadow's time to look comes. */
async function looks(): Promise<void> {
  world.later(3)
  await world.settle()
}

test('a shadow answers each new request beside the live policy, without acting, and leads to it', async () => {
  const before = await world.buys()
  await world.settle()
  const old = await world.ask(before.payment)
  const id = await shadow(await draft(text.replace('days(14)', 'days(3)')))
  const { payment } = await world.buys()
  await world.settle()
  const asked = await world.ask(payment)
  await looks()
  expect((await world.request(asked.id)).status).toBe('refunded')
  expect(await line(id)).toMatchObject({
    answers: 1,
    differ: 1,
    failed: 0,
    money: [{ currency: 'usd', live_minor: '4900', shadow_minor: '0' }],
    matrix: [{ from: 'approve', to: 'review', count: 1 }],
  })
  const [answer] = await answers(id)
  expect(answer).toMatchObject({
    request_id: asked.id,
    live_verdict: 'approve',
    verdict: 'review',
    rule: 'otherwise',
    differs: true,
  })
  expect((await answers(id)).map(({ request_id }) => request_id)).not.toContain(old.id)
  const explained = await shadowExplanation(world.app.db, world.app.account, id, asked.id)
  expect(
    explained?.explanation?.findings.some(({ rule, mark }) => rule === 'one-off-product' && mark === 'unmet'),
  ).toBe(true)
  await endShadow(world.app, { id, ...finn })
})

test('each decision is answered once, however often and by however many it is looked at', async () => {
  const id = await shadow(await draft(text))
  for (let one = 0; one < 3; one += 1) {
    const { payment } = await world.buys()
    await world.settle()
    await world.ask(payment)
  }
  await looks()
  await looks()
  await sql`update policy_shadow set next_at = started_at, seen_until = started_at where id = ${id}`.execute(
    world.app.db,
  )
  await world.settle()
  expect(await line(id)).toMatchObject({ answers: 3, differ: 0 })
  await endShadow(world.app, { id, ...finn })
})

test('a shadow that breaks is recorded as one, and the live answer is given as if there were none', async () => {
  const id = await shadow(await draft(text))
  await sql`update policy_shadow set source = 'policy: broken' where id = ${id}`.execute(world.app.db)
  const { payment } = await world.buys()
  await world.settle()
  const asked = await world.ask(payment)
  expect(asked.status).toBe('approved')
  await looks()
  expect((await world.request(asked.id)).status).toBe('refunded')
  expect(await line(id)).toMatchObject({ answers: 1, failed: 1, differ: 0 })
  expect((await answers(id))[0]).toMatchObject({ verdict: null, error: expect.stringContaining('parse') })
  await endShadow(world.app, { id, ...finn })
})

test('a draft is in shadow once, at most three are at a time, and support puts none there', async () => {
  const first = await draft(text)
  const ids = [await shadow(first)]
  expect(await startShadow(world.app, { draft: first, ...finn })).toMatchObject({ no: { code: 'shadow_runs_already' } })
  ids.push(await shadow(await draft(text)), await shadow(await draft(text)))
  const fourth = await draft(text)
  expect(await startShadow(world.app, { draft: fourth, ...finn })).toMatchObject({ no: { code: 'too_many_shadows' } })
  expect(await startShadow(world.app, { draft: fourth, by: 'staff:sam', role: 'support' })).toMatchObject({
    no: { code: 'role_too_low' },
  })
  for (const id of ids) await endShadow(world.app, { id, ...finn })
  expect(await endShadow(world.app, { id: ids[0]!, ...finn })).toMatchObject({ no: { code: 'shadow_ended' } })
})

test('a draft whose own tests fail does not go into shadow', async () => {
  const failing = `${text}\ntests:\n  - name: a year late\n    given: { payment.age: 400d }\n    expect: { then: approve }\n`
  expect(await startShadow(world.app, { draft: await draft(failing), ...finn })).toMatchObject({
    no: { code: 'policy_invalid' },
  })
})

test('publishing a draft ends its shadow and keeps what it has found', async () => {
  const of = await draft(text)
  const id = await shadow(of)
  await publishDraft(world.app, { id: of, revision: 1, comment: 'Good.', by: 'staff:olga', role: 'owner' })
  expect((await line(id)).ended_by).toBe('staff:olga')
  await expect(sql`delete from shadow_decision`.execute(world.app.db)).rejects.toThrow('append-only')
})

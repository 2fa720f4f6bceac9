import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role } from '../src/domain/actor.ts'
import { policyFor } from '../src/flows/judge.ts'
import { openDraft } from '../src/flows/open-draft.ts'
import { publishDraft, publishPolicy, rollBackPolicy } from '../src/flows/publish-policy.ts'
import { closeDraft, saveDraft } from '../src/flows/save-draft.ts'
import { inTransaction } from '../src/db/connect.ts'
import { deskOf, saveDesk } from '../src/db/desk.ts'
import { findPayment } from '../src/db/payments.ts'
import { policyAt, policyVersions } from '../src/db/policies.ts'
import { draftStates, findDraft } from '../src/db/policy-drafts.ts'
import { openWorld, type World } from './world.ts'

let world: World
let text: string
const owner = { by: 'staff:olga', role: 'owner' } as const
const finn = { by: 'staff:finn', role: 'finance' } as const

beforeAll(async () => {
  world = await openWorld()
  text = await readFile(new URL('./policy.yaml', import.meta.url), 'utf8')
}, 60_000)
afterAll(() => world[Symbol.asyncDispose]())

async function draft(source = text): Promise<string> {
  const opened = await openDraft(world.app, { name: 'Shorter', source, ...finn })
  if (!opened.ok) throw new Error(opened.no.code)
  return opened.value.id
}

const code = (result: { ok: true } | { ok: false; no: { code: string } }): string => (result.ok ? 'ok' : result.no.code)

describe('a draft', () => {
  test('is kept with who wrote it and when, and what somebody else had written is never lost', async () => {
    const id = await draft()
    expect(await saveDraft(world.app, { id, revision: 1, source: 'mine', ...finn })).toEqual({
      ok: true,
      value: { revision: 2 },
    })
    expect(await saveDraft(world.app, { id, revision: 2, source: 'theirs', ...owner })).toEqual({
      ok: true,
      value: { revision: 3 },
    })
    expect(await findDraft(world.app.db, world.app.account, id)).toMatchObject({
      source: 'theirs',
      updated_by: 'staff:olga',
      created_by: 'staff:finn',
    })
    expect(
      (await draftStates(world.app.db, world.app.account, id)).map(({ source, by }) => [source, by]),
    ).toContainEqual(['mine', 'staff:finn'])
  })

  test('saved by two people at once is saved by one, and the other one hears who it was', async () => {
    const id = await draft()
    const saves = await Promise.all(
      [finn, owner, finn, owner].map((who, at) =>
        saveDraft(world.app, { id, revision: 1, source: `text ${at}`, ...who }),
      ),
    )
    expect(saves.map(code).sort()).toEqual(['draft_changed', 'draft_changed', 'draft_changed', 'ok'])
    const lost = saves.find((save) => !save.ok)!
    expect(lost).toMatchObject({
      no: { code: 'draft_changed', by: expect.stringMatching(/^staff:/), at: expect.any(Date), revision: 2 },
    })
  })

  test('that was discarded is not gone: it is taken up again where it was left', async () => {
    const id = await draft('half a thought')
    expect(code(await closeDraft(world.app, { id, revision: 1, ...finn }, false))).toBe('ok')
    expect(code(await saveDraft(world.app, { id, revision: 2, source: 'x', ...finn }))).toBe('draft_closed')
    expect(code(await closeDraft(world.app, { id, revision: 2, ...finn }, true))).toBe('ok')
    expect(await findDraft(world.app.db, world.app.account, id)).toMatchObject({
      status: 'open',
      source: 'half a thought',
    })
  })

  test('is proposed by finance and published by an owner; support does neither', async () => {
    const id = await draft()
    const publishing = { id, revision: 1, comment: 'Shorter.' }
    expect(code(await publishDraft(world.app, { ...publishing, ...finn }))).toBe('role_too_low')
    for (const role of ['viewer', 'support', 'approver'] satisfies Role[])
      expect(code(await openDraft(world.app, { name: 'x', by: 'staff:sam', role }))).toBe('role_too_low')
    const published = await publishDraft(world.app, { ...publishing, ...owner })
    expect(code(published)).toBe('ok')
    const [newest] = await policyVersions(world.app.db, world.app.account)
    expect(newest).toMatchObject({
      published_by: 'staff:olga',
      proposed_by: 'staff:finn',
      draft_id: id,
      comment: 'Shorter.',
    })
    expect(code(await saveDraft(world.app, { id, revision: 2, source: 'later', ...finn }))).toBe('draft_closed')
  })

  test('is not published by whoever saved it last, unless four eyes are switched off; then the audit says so', async () => {
    const opened = await openDraft(world.app, { name: 'Mine', source: text, ...owner })
    if (!opened.ok) throw new Error(opened.no.code)
    const { id } = opened.value
    const publishing = { id, revision: 1, comment: 'Mine.' }
    expect(code(await publishDraft(world.app, { ...publishing, ...owner }))).toBe('own_draft')
    expect(await findDraft(world.app.db, world.app.account, id)).toMatchObject({ status: 'open' })
    const second = { by: 'staff:otto', role: 'owner' } as const
    expect(code(await publishDraft(world.app, { ...publishing, ...second }))).toBe('ok')

    const desk = await deskOf(world.app.db, world.app.account)
    await inTransaction(world.app.db, (tx) =>
      saveDesk(tx, world.app.account, { ...desk, four_eyes: false }, { by: owner.by, at: world.app.now() }),
    )
    const alone = await openDraft(world.app, { name: 'Alone', source: text, ...owner })
    if (!alone.ok) throw new Error(alone.no.code)
    expect(code(await publishDraft(world.app, { ...publishing, id: alone.value.id, ...owner }))).toBe('ok')
    await inTransaction(world.app.db, (tx) =>
      saveDesk(tx, world.app.account, desk, { by: owner.by, at: world.app.now() }),
    )
    const told = await world.rows<{ off: string | null }>(
      `select detail ->> 'four_eyes' as off from audit where action = 'policy.published' order by seq desc limit 2`,
    )
    expect(told).toEqual([{ off: 'off' }, { off: null }])
  })

  test('is not published while its text is wrong, one of its tests fails, a colleague has saved, or nobody says why', async () => {
    const failing = `${text}\ntests:\n  - name: a year late\n    given: { payment.age: 400d }\n    expect: { then: approve }\n`
    const refuses = async (source: string, more: object): Promise<string> =>
      code(await publishDraft(world.app, { id: await draft(source), revision: 1, comment: 'Why.', ...owner, ...more }))
    expect(await refuses('policy: x', {})).toBe('policy_invalid')
    expect(await refuses(failing, {})).toBe('policy_invalid')
    expect(await refuses(text, { revision: 7 })).toBe('draft_changed')
    expect(await refuses(text, { comment: ' ' })).toBe('note_missing')
    expect(await refuses(text, { effective_from: new Date(world.app.now().getTime() - 1000) })).toBe(
      'effective_from_passed',
    )
  })
})

test('a draft whose own guarantee does not hold is not published: a case that breaks it is named at its line', async () => {
  const guarded = (people: number): string =>
    `${text.replace('count: 2', `count: ${people}`)}\nguarantees:\n  - name: two people above 1000 usd\n    when: [ 'decision.amount > money(1000, "usd")', 'payment.currency == "usd"' ]\n    always: [ decision.verdict != "approve" ]\n`
  const breaking = guarded(2)
    .replace('        - request.amount', '        - payment.first\n        - request.amount')
    .replace(/ {6}- request\.amount/, '      - payment.first\n      - request.amount')
  const refused = await publishDraft(world.app, { id: await draft(breaking), revision: 1, comment: 'Why.', ...owner })
  expect(refused).toMatchObject({
    ok: false,
    no: {
      code: 'policy_invalid',
      problems: [{ message: expect.stringMatching(/two people above 1000 usd.*does not hold.*approve/) }],
    },
  })
  expect(
    code(await publishDraft(world.app, { id: await draft(guarded(2)), revision: 1, comment: 'Why.', ...owner })),
  ).toBe('ok')
}, 60_000)

describe('a published version', () => {
  const publish = async (more: object = {}) => {
    const published = await publishPolicy(world.app, { source: text, comment: 'Next.', ...owner, ...more })
    if (!published.ok) throw new Error(published.no.code)
    return published.value.version
  }
  const inForce = async (at: Date) => (await policyAt(world.app.db, world.app.account, at))?.version

  test('is never changed or deleted, not even by hand', async () => {
    await expect(sql`update policy_version set source = 'x'`.execute(world.app.db)).rejects.toThrow('append-only')
    await expect(sql`delete from policy_version`.execute(world.app.db)).rejects.toThrow('append-only')
    await expect(sql`delete from policy_draft_state`.execute(world.app.db)).rejects.toThrow('append-only')
  })

  test('comes into force at its instant to the millisecond, and one that is published before it does not put it off', async () => {
    const now = world.app.now()
    const later = new Date(now.getTime() + 3_600_000)
    const scheduled = await publish({ effective_from: later })
    const fix = await publish()
    expect(await inForce(new Date(later.getTime() - 1))).toBe(fix)
    expect(await inForce(later)).toBe(scheduled)
    const instead = await publish({ effective_from: later })
    expect(await inForce(later)).toBe(instead)
  })

  test('is rolled back by publishing the old text as a new version, with its number', async () => {
    const first = await publish({ source: text.replace('Test shop', 'Old shop') })
    await publish()
    const back = await rollBackPolicy(world.app, { version: first, comment: 'Too strict.', ...owner })
    expect(code(back)).toBe('ok')
    const [newest] = await policyVersions(world.app.db, world.app.account)
    expect(newest).toMatchObject({ brings_back: first, comment: 'Too strict.' })
    expect(newest?.source).toContain('Old shop')
    expect(code(await rollBackPolicy(world.app, { version: 9999, comment: 'x', ...owner }))).toBe('version_not_found')
    expect(code(await rollBackPolicy(world.app, { version: first, comment: 'x', ...finn }))).toBe('role_too_low')
  })
})

test('a payment keeps the version that it was bought under where the policy says purchase, and gets the newest where it says request', async () => {
  await using world = await openWorld()
  const stretch = (days: number, by: string): string =>
    text.replaceAll('days(14)', `days(${days})`).replace('judge_by: purchase', `judge_by: ${by}`)
  await world.daysAgo(6)
  const { payment } = await world.buys()
  await world.settle()
  world.later(60)
  await publishPolicy(world.app, {
    source: stretch(3, 'purchase'),
    comment: 'Shorter.',
    by: 'moneyback',
    role: 'owner',
  })
  world.later(60)
  const row = (await findPayment(world.app.db, world.app.account, payment))!
  // Older than the first version of this installation: the first one judges it.
  expect((await policyFor(world.app, row, world.app.now())).version).toBe(1)
  expect((await policyFor(world.app, { ...row, paid_at: world.app.now() }, world.app.now())).version).toBe(2)
  expect((await world.ask(payment)).status).toBe('approved')
  await publishPolicy(world.app, {
    source: stretch(3, 'request'),
    comment: 'By request.',
    by: 'moneyback',
    role: 'owner',
  })
  expect((await policyFor(world.app, row, world.app.now())).version).toBe(3)
})

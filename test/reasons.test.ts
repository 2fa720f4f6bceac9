import { expect, test } from 'vitest'
import { reasonsOf, seedReasons } from '../src/db/reasons.ts'
import { firstReasons } from '../src/domain/first-reasons.ts'
import { languageCodes } from '../src/domain/languages.ts'
import { firstReasonCodes } from '../src/domain/reasons.ts'
import { addReason, arrangeReasons, changeReason } from '../src/flows/settings/save-reason.ts'
import { checkedPolicy } from '../src/http/admin/policy/checked-policy.ts'
import { reasonsCsv } from '../src/http/admin/reasons-csv.ts'
import { adminReports } from '../src/db/admin-reports.ts'
import { reasonWords } from '../src/http/portal/reasons.ts'
import { approve, inReview, type Report } from './cases.ts'
import { openWorld, type Problem, type World } from './world.ts'

const by = 'staff:o' as const
const slow = {
  code: 'too_slow',
  audience: 'customer',
  stripe: 'duplicate',
  credit_note: 'product_unsatisfactory',
  labels: { en: 'It is too slow', de: 'Es ist zu langsam' },
} as const
const codes = async ({ app }: World) => (await reasonsOf(app.db, app.account)).map(({ code }) => code)
const sentToStripe = async (world: World) => (await world.stripe.refunds.list()).data.map(({ reason }) => reason)

async function bought(world: World) {
  const { payment } = await world.subscribes()
  await world.daysAgo(0)
  await world.settle()
  return payment
}

test('an installation begins with the reasons of the file, each in every language, and keeps what is changed from then on', async () => {
  await using world = await openWorld()
  expect(await codes(world)).toEqual([...firstReasonCodes])
  expect(firstReasons.map(({ code }) => code)).toEqual([...firstReasonCodes])
  for (const { code, labels } of firstReasons)
    expect(Object.keys(labels).sort(), code).toEqual([...languageCodes].sort())
  expect(await changeReason(world.app, 'waiver', { labels: { en: 'Because we want to' } }, by)).toMatchObject({
    ok: true,
  })
  await seedReasons(world.app.db, world.app.account, world.app.now())
  expect((await reasonsOf(world.app.db, world.app.account)).find(({ code }) => code === 'waiver')?.labels).toEqual({
    en: 'Because we want to',
  })
})

test('a reason of one’s own is asked for by the API, told to Stripe as it is mapped, counted, and named in reports and CSV', async () => {
  await using world = await openWorld()
  const { id } = await inReview(world).then(({ request }) => request)
  const payment = await bought(world)
  const before = await world.api<Problem>('POST', '/v1/refund_requests', { payment, reason: 'too_slow' })
  expect([before.status, before.body.code, before.body.field]).toEqual([422, 'reason_unknown', 'reason'])
  expect(await addReason(world.app, slow, by)).toMatchObject({ ok: true })
  const asked = await world.ask(payment, { reason: 'too_slow' })
  expect(asked).toMatchObject({ reason: 'too_slow' })
  expect((await approve(world, asked.id)).status).toBe(200)
  expect((await approve(world, id)).status).toBe(200)
  await world.settle()
  expect(new Set(await sentToStripe(world))).toEqual(new Set(['duplicate', 'requested_by_customer']))
  const { body } = await world.api<Report>('GET', '/v1/reports/reasons')
  expect(body.reasons).toContainEqual(
    expect.objectContaining({ reason: 'too_slow', reason_name: 'It is too slow', requests: 1 }),
  )
  const day = 24 * 60 * 60 * 1000
  const now = world.app.now().getTime()
  const report = await adminReports(world.app.db, world.app.account, {
    from: new Date(now - day),
    to: new Date(now + day),
  })
  expect(reasonsCsv(report)).toContain('too_slow,It is too slow,USD,1')
  const list = await world.api<{ data: { code: string; archived: boolean }[] }>('GET', '/v1/reasons')
  expect(list.body.data).toContainEqual(
    expect.objectContaining({ code: 'too_slow', archived: false, stripe: 'duplicate' }),
  )
})

test('an archived reason is refused with the way out, its requests keep its name, and restored it can be chosen again', async () => {
  await using world = await openWorld()
  await addReason(world.app, slow, by)
  const payment = await bought(world)
  const asked = await world.ask(payment, { reason: 'too_slow' })
  expect(await changeReason(world.app, 'too_slow', { archived: true }, by)).toMatchObject({ ok: true })
  const other = await bought(world)
  const refused = await world.api<Problem>('POST', '/v1/refund_requests', { payment: other, reason: 'too_slow' })
  expect([refused.status, refused.body.code]).toEqual([422, 'reason_archived'])
  expect(refused.body.detail).toMatch(/too_slow is archived.* Use one of: changed_mind, /)
  const words = await reasonWords(world.app, 'de')
  expect(words.choices).not.toContain('too_slow')
  expect(words.names['too_slow']).toBe('Es ist zu langsam')
  // It is still decided and paid as it was asked for.
  expect((await approve(world, asked.id)).status).toBe(200)
  await world.settle()
  expect(await sentToStripe(world)).toEqual(['duplicate'])
  await changeReason(world.app, 'too_slow', { archived: false }, by)
  await world.ask(other, { reason: 'too_slow' })
})

test('customers choose in the owner’s order and in their language, in English where it is missing, and never what is for staff', async () => {
  await using world = await openWorld()
  await addReason(world.app, slow, by)
  await arrangeReasons(world.app, ['other', 'too_slow', 'waiver'], by)
  expect((await codes(world)).slice(0, 4)).toEqual(['other', 'too_slow', 'waiver', 'changed_mind'])
  const french = await reasonWords(world.app, 'fr')
  expect(french.choices.slice(0, 3)).toEqual(['other', 'too_slow', 'changed_mind'])
  expect([french.names['other'], french.names['too_slow'], french.names['waiver']]).toEqual([
    'Autre chose',
    'It is too slow',
    undefined,
  ])
  expect(await (await fetch(`${world.url}/portal/reasons/de`)).json()).toMatchObject({
    names: { too_slow: 'Es ist zu langsam' },
  })
})

test.each([
  ['a code that is none', { code: 'Too Slow' }, 'code'],
  ['a code that is taken', { code: 'other' }, 'code'],
  ['no English name', { labels: { de: 'Zu langsam' } }, 'words.en'],
  ['a language that is none', { labels: { en: 'Slow', klingon: 'x' } }, 'words.klingon'],
  ['a name of two lines', { labels: { en: 'Slow\nvery' } }, 'words.en'],
  ['“fraudulent” for customers to choose', { stripe: 'fraudulent' as const }, 'stripe'],
])('%s is refused, and the field is named', async (_, change, field) => {
  await using world = await openWorld()
  expect(await addReason(world.app, { ...slow, ...change }, by)).toMatchObject({
    ok: false,
    no: { code: 'setting_invalid', field },
  })
  expect(await codes(world)).toEqual([...firstReasonCodes])
})

test('the last reason of customers can’t be archived, nor kept for staff', async () => {
  await using world = await openWorld()
  const forCustomers = firstReasons.filter(({ audience }) => audience === 'customer').map(({ code }) => code)
  for (const code of forCustomers.slice(1))
    expect(await changeReason(world.app, code, { archived: true }, by)).toMatchObject({ ok: true })
  const last = forCustomers[0]!
  expect(await changeReason(world.app, last, { archived: true }, by)).toMatchObject({ no: { field: 'archived' } })
  expect(await changeReason(world.app, last, { audience: 'staff' }, by)).toMatchObject({ no: { field: 'audience' } })
  expect(await changeReason(world.app, 'nothing', { archived: true }, by)).toMatchObject({
    no: { code: 'setting_not_found' },
  })
})

test('the check of a policy warns of a reason that is archived, and of one that nobody keeps', async () => {
  await using world = await openWorld()
  await addReason(world.app, slow, by)
  const source = `policy: Test
reasons: [too_slow, too_old]
rules:
  - id: slow
    when: [request.reason == "too_slow"]
    then: approve
  - id: old
    when: ['request.reason in ["too_old", "other"]']
    then: deny
otherwise:
  then: review
`
  const warnings = async () =>
    checkedPolicy(source, await reasonsOf(world.app.db, world.app.account)).warnings.filter(({ message }) =>
      message.includes('the reason'),
    )
  expect(await warnings()).toEqual([{ rule: 'old', message: expect.stringMatching(/too_old, which is not kept/) }])
  await changeReason(world.app, 'too_slow', { archived: true }, by)
  expect((await warnings()).map(({ rule }) => rule)).toEqual(['slow', 'old'])
})

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import type { IncidentPage } from '../src/http/admin/settings/incidents.ts'
import { workOnce } from '../src/jobs/work.ts'
import { browserAt, signedIn, type Client } from './staff.ts'
import { expectBooksToAgree, openWorld, refundsMade, type Problem, type World } from './world.ts'

type Planned = Omit<IncidentPage, 'status'> & { status: string | number; field?: string }

let world: World
let approver: Client
let finance: Client

beforeAll(async () => {
  world = await openWorld()
}, 60_000)
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(async () => {
  await sql`delete from staff_rate_limit`.execute(world.app.db)
  ;({ client: approver } = await signedIn(world, 'approver'))
  ;({ client: finance } = await signedIn(world, 'finance'))
})

const forAWeek = () =>
  sql`update staff set role_since = now() - interval '9 days', "createdAt" = now() - interval '9 days'`.execute(
    world.app.db,
  )
const plan = async (who: object, more: object = {}, client = approver): Promise<Planned> => {
  const made = await client<{ id: string } & Problem>('POST', '/settings/incidents', {
    name: 'Outage of 12 May',
    who,
    amount: { kind: 'full' },
    reason: 'service_unsatisfactory',
    say: 'We were down for a day, and are sorry.',
    access: 'keep',
    again: false,
    ...more,
  })
  return made.status === 200 ? page(made.body.id) : (made.body as never)
}
const page = async (id: string): Promise<Planned> => (await approver<Planned>('GET', `/settings/incidents/${id}`)).body
const list = (...ids: string[]) => ({ kind: 'list', text: `payment\n${ids.join('\n')}` })
const numbers = ({ sums }: Pick<IncidentPage, 'sums'>) => {
  const waiting = sums.filter(({ status }) => status === 'waiting')
  return {
    count: waiting.reduce((sum, one) => sum + one.count, 0),
    sums: Object.fromEntries(waiting.map(({ currency, minor }) => [currency, minor])),
  }
}
const confirm = (incident: Planned, client = approver) =>
  client<{ status: string } & Problem>('POST', `/settings/incidents/${incident.id}/confirm`, numbers(incident))

async function untilDone(id: string): Promise<Planned> {
  for (let round = 0; round < 50; round++) {
    await world.settle()
    const now = await page(id)
    if (now.status === 'done' || now.status === 'canceled') return now
    world.later(2)
  }
  throw new Error('the incident does not come to an end')
}
async function bought(count: number, more: object = {}): Promise<{ customer: string; payment: string }[]> {
  const all = []
  for (let n = 0; n < count; n++) all.push(await world.buys(more))
  await world.settle()
  return all
}
const mails = (customer: string) =>
  world.rows<{ kind: string; body: string }>(
    `select m.kind, m.body from message m join refund_request r on r.account_id = m.account_id and r.id = m.request_id where r.customer_id = '${customer}' order by m.created_at`,
  )

describe('the dry run', () => {
  test('says how many, how much in each currency, and who is left out and why; no money moves', async () => {
    const [a, b, refunded] = await bought(3)
    const asked = await world.subscribes()
    const [euro] = await bought(1, { currency: 'eur', amount: 1000 })
    await world.stripe.refunds.create({ payment_intent: refunded!.payment })
    await world.settle()
    expect((await world.ask(asked.payment)).status).toBe('in_review')
    await world.settle()
    const before = await refundsMade(world.stripe)
    const found = await plan(
      list(a!.payment, b!.payment, b!.payment, refunded!.payment, asked.payment, euro!.payment, 'pi_unknown123'),
    )
    expect(found.sums.filter(({ status }) => status === 'waiting')).toMatchObject([
      { currency: 'eur', minor: 1000, count: 1 },
      { currency: 'usd', minor: 9800, count: 2 },
    ])
    expect(Object.fromEntries(found.left_out.map(({ because, count }) => [because, count]))).toMatchObject({
      'was refunded already': 1,
      'has an open request': 1,
      'is not known here': 1,
    })
    expect(await refundsMade(world.stripe)).toEqual(before)
  })

  test('a file with a head, other columns, semicolons and a byte order mark is read by its ids', async () => {
    const [a] = await bought(1)
    const found = await plan({ kind: 'list', text: `\uFEFFname;payment\r\n"Müller; Eva";${a!.payment}\r\n` })
    expect(numbers(found)).toEqual({ count: 1, sums: { usd: 4900 } })
  })

  test('a question that names nothing would be everybody, and is refused; so is what makes no sense', async () => {
    for (const [who, more, field] of [
      [{ kind: 'query' }, {}, 'who'],
      [{ kind: 'query', product: 'no such product' }, {}, 'who'],
      [{ kind: 'list', text: 'hello' }, {}, 'who'],
      [list('pi_unknown123'), { amount: { kind: 'percent', percent: 120 } }, 'amount'],
      [list('pi_unknown123'), { say: ' ' }, 'say'],
      [list('pi_unknown123'), { name: '' }, 'name'],
      [list('pi_unknown123'), { reason: 'because' }, 'reason'],
    ] as const) {
      const body = await plan(who, more)
      expect([more, body.status, body.field]).toEqual([more, 422, field])
    }
  })

  test('a product and a period find their payments', async () => {
    await world.subscribes()
    await world.settle()
    const found = await plan(
      { kind: 'query', product: 'Studio by the month', from: '2000-01-01' },
      { amount: { kind: 'percent', percent: 20 } },
    )
    expect(numbers(found)).toEqual({ count: 1, sums: { usd: 580 } })
  })
})

describe('the run', () => {
  test('each payment is refunded once, each customer is told once, and the books agree', async () => {
    const people = await bought(3)
    const again = await world.buys({ customer: people[0]!.customer })
    await world.settle()
    const ids = [...people.map(({ payment }) => payment), again.payment]
    const incident = await plan(list(...ids), { amount: { kind: 'fixed', minor: 500, currency: 'usd' } })
    expect((await confirm(incident)).body.status).toBe('running')
    const over = await untilDone(incident.id)
    expect(over).toMatchObject({ status: 'done', refunds: [{ status: 'succeeded', count: 4 }] })
    const told = await mails(people[0]!.customer)
    expect(told.map(({ kind }) => kind)).toEqual(['approved'])
    expect(told[0]!.body).toContain('$10.00')
    expect(told[0]!.body).toContain('We were down for a day')
    await expectBooksToAgree(world)
  })

  test('whoever paid in two currencies is told once, with both amounts', async () => {
    const [one] = await bought(1)
    const euro = await world.buys({ customer: one!.customer, currency: 'eur', amount: 1000 })
    await world.settle()
    const incident = await plan(list(one!.payment, euro.payment))
    await confirmed(incident)
    await untilDone(incident.id)
    const told = await mails(one!.customer)
    expect(told.map(({ kind }) => kind)).toEqual(['approved'])
    expect(told[0]!.body).toMatch(/€10\.00 and \$49\.00|\$49\.00 and €10\.00/)
  })

  test('the same list again gives nobody anything twice, unless that is wanted', async () => {
    const [a] = await bought(1)
    const part = { amount: { kind: 'percent', percent: 10 } }
    await untilDone((await confirmed(await plan(list(a!.payment), part))).id)
    const second = await plan(list(a!.payment), part)
    expect(second.left_out).toMatchObject([{ because: 'got money back in “Outage of 12 May”', count: 1 }])
    expect((await confirm(second)).status).toBe(409)
    expect(numbers(await plan(list(a!.payment), { ...part, again: true }))).toEqual({ count: 1, sums: { usd: 490 } })
  })

  test('two incidents on the same payments at the same moment refund each once', async () => {
    const people = await bought(4)
    const ids = people.map(({ payment }) => payment)
    const part = { amount: { kind: 'percent', percent: 30 } }
    const [one, two] = [await plan(list(...ids), part), await plan(list(...ids), part)]
    await Promise.all([confirm(one), confirm(two)])
    const ends = [await untilDone(one.id), await untilDone(two.id)]
    expect(ends.flatMap(({ refunds }) => refunds).reduce((sum, { count }) => sum + count, 0)).toBe(4)
    await expectBooksToAgree(world)
  })

  test('what changed since the dry run is looked at again, under the payment’s lock', async () => {
    const [a, b] = await bought(2)
    const incident = await plan(list(a!.payment, b!.payment))
    await world.stripe.refunds.create({ payment_intent: a!.payment })
    await world.settle()
    await confirm(incident)
    const over = await untilDone(incident.id)
    expect(over.left_out).toMatchObject([{ because: 'was refunded already', count: 1 }])
    expect(over.refunds).toEqual([{ status: 'succeeded', count: 1 }])
    await expectBooksToAgree(world)
  })

  test('it goes on where it was, after a pause; canceled, it refunds nothing more', async () => {
    const people = await bought(12)
    const incident = await confirmed(
      await plan(list(...people.map(({ payment }) => payment)), { amount: { kind: 'percent', percent: 5 } }),
    )
    await workOnce(world.app)
    expect((await approver('POST', `/settings/incidents/${incident.id}/pause`, {})).status).toBe(200)
    const paused = await page(incident.id)
    const done = (one: Planned) => one.sums.find(({ status }) => status === 'done')?.count ?? 0
    expect(done(paused)).toBeGreaterThan(0)
    expect(done(paused)).toBeLessThan(12)
    world.later(10)
    await world.settle()
    expect(done(await page(incident.id))).toBe(done(paused))
    await approver('POST', `/settings/incidents/${incident.id}/resume`, {})
    await workOnce(world.app)
    expect(done(await page(incident.id))).toBeGreaterThan(done(paused))
    await approver('POST', `/settings/incidents/${incident.id}/cancel`, {})
    const before = done(await page(incident.id))
    world.later(10)
    await world.settle()
    expect(await page(incident.id)).toMatchObject({ status: 'canceled' })
    expect(done(await page(incident.id))).toBe(before)
    await expectBooksToAgree(world)
  })
})

describe('who may', () => {
  test('count and sum have to be typed as they are', async () => {
    const [a] = await bought(1)
    const incident = await plan(list(a!.payment))
    for (const typed of [
      { count: 2, sums: { usd: 4900 } },
      { count: 1, sums: { usd: 4901 } },
      { count: 1, sums: {} },
      { count: 1, sums: { usd: 4900, eur: 1 } },
    ]) {
      const { status, body } = await approver('POST', `/settings/incidents/${incident.id}/confirm`, typed)
      expect([status, body.field]).toEqual([422, 'count'])
    }
    expect((await page(incident.id)).status).toBe('draft')
  })

  test('above the own limit a second person begins it, and never the one who planned or confirmed it', async () => {
    const people = await bought(3, { amount: 50_000 })
    const incident = await plan(list(...people.map(({ payment }) => payment)))
    expect(incident.needs_two).toBe(true)
    expect((await confirm(incident)).body.status).toBe('confirmed')
    world.later(5)
    await world.settle()
    expect((await page(incident.id)).refunds).toEqual([])
    const start = (client: Client) => client('POST', `/settings/incidents/${incident.id}/start`, {})
    expect((await start(approver)).body.code).toBe('role_too_low')
    expect((await start(finance)).body.code).toBe('too_new_for_second')
    await forAWeek()
    expect((await start(finance)).status).toBe(200)
    expect((await untilDone(incident.id)).refunds).toEqual([{ status: 'succeeded', count: 3 }])
  })

  test('up to the own limit nobody else is asked; the limits are those of the settings, and above those of finance one is an owner', async () => {
    const { client: owner } = await signedIn(world, 'owner')
    const { client: other } = await signedIn(world, 'finance', 'other')
    await forAWeek()
    const people = await bought(3, { amount: 50_000 })
    const ids = people.map(({ payment }) => payment)
    const part = { amount: { kind: 'percent', percent: 50 } }
    const mine = await plan(list(...ids), part, finance)
    expect(await confirm(mine, finance)).toMatchObject({ body: { status: 'running' } })
    const { desk } = (await owner<{ desk: { limits: object } }>('GET', '/settings/desk')).body
    const limits = { ...desk.limits, finance: { per_request_minor: 70_000, per_day_minor: null } }
    expect((await owner('POST', '/settings/desk', { ...desk, limits })).status).toBe(200)
    const more = await plan(list(...ids), { ...part, again: true }, finance)
    expect((await untilDone(mine.id)).status).toBe('done')
    expect((await confirm(more, finance)).body.status).toBe('confirmed')
    expect((await other('POST', `/settings/incidents/${more.id}/start`, {})).body.code).toBe('needs_an_owner')
    expect((await finance('POST', `/settings/incidents/${more.id}/start`, {})).body.code).toBe('own_request')
    expect((await owner('POST', `/settings/incidents/${more.id}/start`, {})).status).toBe(200)
    expect((await owner('POST', '/settings/desk', desk)).status).toBe(200)
  })

  test('begins only for whoever has shown within five minutes that it is them', async () => {
    const [a] = await bought(1)
    const incident = await plan(list(a!.payment))
    await sql`update staff_session set "createdAt" = now() - interval '10 minutes', stepped_up_at = null`.execute(
      world.app.db,
    )
    expect((await confirm(incident)).body.code).toBe('step_up_needed')
    expect((await finance('POST', `/settings/incidents/${incident.id}/start`, {})).body.code).toBe('step_up_needed')
    expect((await page(incident.id)).status).toBe('draft')
  })

  test('support and viewers plan, confirm and steer nothing', async () => {
    const { client: support } = await signedIn(world, 'support')
    for (const path of ['', '/inc_1/confirm', '/inc_1/start', '/inc_1/pause', '/inc_1/resume', '/inc_1/cancel'])
      expect((await support('POST', `/settings/incidents${path}`, {})).body.code).toBe('role_too_low')
  })
})

test('the report is a file that no spreadsheet runs', async () => {
  const customer = (await world.stripe.customers.create({ name: '=HYPERLINK("http://evil")', email: 'f@example.com' }))
    .id
  const { payment } = await world.buys({ customer })
  await world.settle()
  const incident = await plan(list(payment))
  const browser = browserAt(world)
  await browser('POST', '/auth/sign-in/email', { email: 'approver@example.com', password: 'correct horse battery' })
  const answer = await fetch(`${world.url}/admin/api/settings/incidents/${incident.id}/report.csv`, {
    headers: { cookie: browser.cookie },
  })
  const csv = await answer.text()
  expect(answer.headers.get('content-disposition')).toMatch(/attachment/)
  expect(csv).toContain(`"'=HYPERLINK(""http://evil"")"`)
  expect(csv).toContain('49.00,USD')
})

async function confirmed(incident: Planned): Promise<Planned> {
  expect((await confirm(incident)).status).toBe(200)
  return incident
}

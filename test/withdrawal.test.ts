import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publishPolicy } from '../src/flows/publish-policy.ts'
import { forgetWhatIsOffered } from '../src/flows/withdrawal-offered.ts'
import { readFile } from 'node:fs/promises'
import { openMailbox, type Mailbox } from './mailbox.ts'
import { call, openWorld, type World } from './world.ts'

let world: World
let mailbox: Mailbox

beforeAll(async () => {
  mailbox = await openMailbox()
  world = await openWorld({ daysAgo: 6, env: { SMTP_URL: mailbox.url } })
  const source = await readFile(new URL('../policies/default.yaml', import.meta.url), 'utf8')
  await publishPolicy(world.app, { source, comment: 'With the right of withdrawal.', by: 'moneyback', role: 'owner' })
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
  await mailbox.close()
})

/** A consumer with a subscription of six days ago, whose use speaks against a refund by the policy alone. */
async function consumer(country: string | null = 'DE') {
  const bought = await world.subscribes()
  await world.settle()
  await world.used(bought.customer, 0.9)
  await sql`update customer set country = ${country} where id = ${bought.customer}`.execute(world.app.db)
  await sql`update payment set paid_at = ${new Date(Date.now() - 6 * 86_400_000)} where customer_id = ${bought.customer}`.execute(
    world.app.db,
  )
  forgetWhatIsOffered(world.app)
  const [paid] = await world.rows<{ id: string; invoice_number: string; email: string }>(
    `select p.id, p.invoice_number, c.email from payment p join customer c on c.id = p.customer_id where p.customer_id = '${bought.customer}'`,
  )
  return { ...bought, ...paid! }
}

const form = (fields: Record<string, string>, headers: object = {}) => ({
  method: 'POST',
  redirect: 'manual' as const,
  headers: {
    'content-type': 'application/x-www-form-urlencoded',
    origin: 'null',
    'sec-fetch-site': 'same-origin',
    ...headers,
  },
  body: new URLSearchParams(fields).toString(),
})
const at = (path: string): string => `${world.url}/portal/withdrawal${path}`

type Fields = { name: string; contract: string; email: string; payment?: string }

/** Both steps, as a browser without a script does them. Answers the page that it ends on. */
async function withdraws(fields: Fields, { lang = 'en', headers = {} }: { lang?: string; headers?: object } = {}) {
  const first = await fetch(at(`?lang=${lang}`), form(fields, headers))
  const review = await first.text()
  expect(first.status).toBe(200)
  const once = /name="once"\s+value="([\w-]+)"/.exec(review)![1]!
  const confirm = () => fetch(at(`/confirm?lang=${lang}`), form({ ...fields, once }, headers))
  const done = await confirm()
  expect(done.status).toBe(303)
  const place = done.headers.get('location')!
  const page = await (await fetch(world.url + place, { headers: headers as Record<string, string> })).text()
  return { review, once, confirm, place, page, id: /wd_[0-9a-f]{32}/.exec(place)![0] }
}

const row = async (id: string) =>
  (
    await world.rows<{
      request_id: string | null
      payment_id: string | null
      statement: string
      period_ends_at: Date | null
      evidence: object
      status: string | null
      channel: string | null
    }>(
      `select w.*, r.status, r.channel from withdrawal w left join refund_request r on r.id = w.request_id where w.id = '${id}'`,
    )
  )[0]!
const open = (subject: string) =>
  world.rows(`select kind from exception where subject_id = '${subject}' and resolved_at is null`)

test('without signing in, by the invoice number: acknowledged, judged by the right, and paid', async () => {
  const ada = await consumer()
  mailbox.mails.length = 0
  const before = new Date()
  const { review, page, id, place } = await withdraws({
    name: 'Ada Brandt',
    contract: `Studio, invoice ${ada.invoice_number}`,
    email: ada.email,
  })
  expect(review).toContain('Confirm withdrawal')
  expect(review).toContain(`Studio, invoice ${ada.invoice_number}`)
  expect(page).toContain('Your withdrawal has reached us')
  expect(await row(id)).toMatchObject({
    payment_id: ada.id,
    status: 'approved',
    channel: 'withdrawal',
    period_ends_at: expect.any(Date),
  })
  expect(await open(id)).toEqual([])
  await world.settle()
  expect(await row(id)).toMatchObject({ status: 'refunded' })

  const kept = await row(id)
  const mail = mailbox.mails.find(({ headers }) => headers['subject'] === 'We have received your withdrawal')!
  expect(mail.to).toEqual([ada.email])
  expect(mail.text).toContain(`I withdraw from the contract that I concluded with`)
  expect(mail.text).toContain(`invoice ${ada.invoice_number}`)
  expect(mail.text).toMatch(new RegExp(`received|Received: .*${before.getUTCFullYear()} at .* UTC`))
  const file = await fetch(world.url + place.replace('?', '/acknowledgement.txt?'))
  expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="withdrawal-\d{4}-\d\d-\d\d\.txt"$/)
  expect(await file.text()).toContain(kept.statement)
})

test('the policy alone would have said something else: it is the right that approves', async () => {
  const ben = await consumer()
  const plain = await world.ask(ben.payment)
  expect(plain.status).toBe('in_review')
  await world.api('POST', `/v1/refund_requests/${plain.id}/withdraw`)
  const { id } = await withdraws({ name: 'Ben', contract: ben.invoice_number, email: ben.email })
  expect((await row(id)).status).toBe('approved')
})

test.each([
  [
    'too late',
    async (c: Awaited<ReturnType<typeof consumer>>) =>
      void (await sql`update payment set paid_at = ${new Date(Date.now() - 20 * 86_400_000)} where id = ${c.id}`.execute(
        world.app.db,
      )),
  ],
  [
    'in a country without the right',
    async (c: Awaited<ReturnType<typeof consumer>>) =>
      void (await sql`update customer set country = 'US' where id = ${c.customer}`.execute(world.app.db)),
  ],
])('%s: acknowledged all the same, and the rules decide', async (_, change) => {
  const cleo = await consumer()
  await change(cleo)
  const { page, id } = await withdraws({ name: 'Cleo', contract: cleo.invoice_number, email: cleo.email })
  expect(page).toContain('Your withdrawal has reached us')
  expect((await row(id)).status).toBe('in_review')
})

test('where nobody knows the country, a person decides', async () => {
  const dan = await consumer(null)
  const { id } = await withdraws({ name: 'Dan', contract: dan.invoice_number, email: dan.email })
  expect(await row(id)).toMatchObject({ status: 'in_review', period_ends_at: null })
})

describe('an unclear statement is never lost: kept, acknowledged, and a person looks', () => {
  test.each([
    ['a contract that nobody knows', { contract: 'The thing I bought', email: 'somebody@example.com' }],
    ['the name of a product, which anybody can guess', { contract: 'Studio by the month' }],
    ['the right number from another address', { email: 'else@example.com' }],
    ['two numbers', { contract: 'both' }],
  ] as [string, Partial<Fields>][])('%s', async (_, given) => {
    let change = given
    const eve = await consumer()
    const other = await consumer()
    if (change.contract === 'both') {
      await sql`update payment set receipt_email = ${eve.email} where id = ${other.id}`.execute(world.app.db)
      change = { contract: `${eve.invoice_number} and ${other.invoice_number}` }
    }
    const { page, id } = await withdraws({ name: 'Eve', contract: eve.invoice_number, email: eve.email, ...change })
    expect(page).toContain('A person of our team finds the contract')
    expect(await row(id)).toMatchObject({ request_id: null })
    expect(await open(id)).toEqual([{ kind: 'withdrawal_unclear' }])
    const [told] = await world.rows<{ kind: string; recipient: string }>(
      `select kind, recipient from message where withdrawal_id = '${id}'`,
    )
    expect(told).toMatchObject({ kind: 'withdrawal_received', recipient: expect.stringContaining('@') })
  })

  test('a contract with an open request', async () => {
    const fay = await consumer()
    await world.ask(fay.payment)
    const { id } = await withdraws({ name: 'Fay', contract: fay.invoice_number, email: fay.email })
    expect(await open(id)).toEqual([{ kind: 'withdrawal_unclear' }])
  })
})

test('whoever is signed in finds everything filled in, and the end of the period', async () => {
  const gil = await consumer()
  const link = await world.api<{ url: string }>('POST', '/v1/portal_sessions', { customer: gil.customer })
  const entered = await call<object>(
    world.url,
    'POST',
    '/portal/api/enter',
    { token: link.body.url.split('#t=')[1] },
    { origin: world.url, 'sec-fetch-site': 'same-origin' },
  )
  const cookie = entered.headers.get('set-cookie')!.split(';')[0]!
  const page = await (await fetch(at(`?payment=${gil.id}&lang=en`), { headers: { cookie } })).text()
  expect(page).toContain(`value="${gil.email}"`)
  expect(page).toContain(gil.invoice_number)
  expect(page).toMatch(/For this contract that is possible until .* UTC/)
  // Somebody who is not signed in learns nothing by the payment's id.
  const stranger = await (await fetch(at(`?payment=${gil.id}&lang=en`))).text()
  expect(stranger).not.toContain(gil.email)
  expect(stranger).not.toContain(gil.invoice_number)
  const { id, page: done } = await withdraws(
    { name: 'Gil', contract: 'what I have here', email: 'other@example.com', payment: gil.id },
    { headers: { cookie } },
  )
  expect(await row(id)).toMatchObject({ payment_id: gil.id, status: 'approved' })
  expect(done).toContain('See how it goes on')
  // The id of somebody's payment is no proof without the session.
  const hal = await consumer()
  const guessed = await withdraws({ name: 'X', contract: 'x', email: 'x@example.com', payment: hal.id })
  expect(await row(guessed.id)).toMatchObject({ payment_id: null })
})

test('a double tap is one statement', async () => {
  const ida = await consumer()
  const { confirm, id, once } = await withdraws({ name: 'Ida', contract: ida.invoice_number, email: ida.email })
  const again = await Promise.all([confirm(), confirm()])
  expect(again.map((answer) => answer.headers.get('location')).every((place) => place!.includes(id))).toBe(true)
  expect(await world.rows(`select id from withdrawal where once = '${once}'`)).toHaveLength(1)
  expect(await world.rows(`select id from message where withdrawal_id = '${id}'`)).toHaveLength(1)
})

test('what was declared can’t be changed or deleted, not even in the database', async () => {
  const { id } = await withdraws({ name: 'Jo', contract: 'x', email: 'jo@example.com' })
  await expect(world.rows(`update withdrawal set statement = 'never mind' where id = '${id}'`)).rejects.toThrow(
    'never changed or deleted',
  )
  await expect(world.rows(`delete from withdrawal where id = '${id}'`)).rejects.toThrow('never changed or deleted')
})

test('the evidence holds what the merchant said about the purchase, a waiver among it', async () => {
  const kim = await consumer()
  await sql`insert into merchant_fact (account_id, subject, name, value, as_of, received_at)
    values (${world.app.account}, ${kim.id}, 'waiver.acknowledged', 'true', now(), now())`.execute(world.app.db)
  const { id } = await withdraws({ name: 'Kim', contract: kim.invoice_number, email: kim.email })
  expect((await row(id)).evidence).toMatchObject({ law: 'eu', facts: { 'waiver.acknowledged': { value: true } } })
})

describe('bad input', () => {
  test.each([
    ['nothing', { name: '', contract: '', email: '' }, 3],
    ['two addresses', { name: 'A', contract: 'B', email: 'a@example.com, b@example.com' }, 1],
    ['a book', { name: 'A', contract: 'x'.repeat(1001), email: 'a@example.com' }, 1],
  ])('%s is told at the field, and what was typed stays', async (_, fields, faults) => {
    const answer = await fetch(at('?lang=en'), form(fields))
    const page = await answer.text()
    expect([answer.status, page.match(/aria-invalid="true"/g)?.length]).toEqual([422, faults])
    expect(page).toContain(`value="${fields.email}"`)
  })

  test('what is typed stays text', async () => {
    const evil = '"><script>alert(1)</script>'
    const { review, page } = await withdraws({ name: evil, contract: evil, email: 'a@example.com' })
    for (const html of [review, page]) expect(html).not.toContain('<script>alert')
  })

  test('another site’s form is refused', async () => {
    const answer = await fetch(
      at('/confirm'),
      form(
        { name: 'A', contract: 'B', email: 'a@example.com', once: 'x'.repeat(43) },
        { 'sec-fetch-site': 'cross-site' },
      ),
    )
    expect(answer.status).toBe(403)
  })

  test('an acknowledgement opens with its key alone', async () => {
    const { place } = await withdraws({ name: 'Lee', contract: 'x', email: 'lee@example.com' })
    expect((await fetch(world.url + place.replace(/k=[\w-]+/, `k=${'A'.repeat(43)}`))).status).toBe(404)
    expect((await fetch(world.url + place.replace(/k=[\w-]+&?/, ''))).status).toBe(404)
  })
})

test('the switch: off, nobody is offered it; a statement on its way counts all the same', async () => {
  const set = async (offer: string) => {
    await sql`insert into installation_setting (account_id, name, value, changed_by, changed_at) values (${world.app.account}, 'withdrawal', ${JSON.stringify(offer)}::jsonb, 'staff:x', now())
      on conflict (account_id, name) do update set value = excluded.value`.execute(world.app.db)
    forgetWhatIsOffered(world.app)
  }
  await set('off')
  expect((await fetch(at(''))).status).toBe(404)
  await withdraws({ name: 'Mo', contract: 'x', email: 'mo@example.com' })
  await set('auto')
  expect((await fetch(at(''))).status).toBe(200)
})

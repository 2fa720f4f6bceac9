import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from 'kysely'
import { workOnce } from '../src/jobs/work.ts'
import { openMailbox, type Mailbox } from './mailbox.ts'
import { call, openWorld, type World } from './world.ts'

let world: World
let mailbox: Mailbox

beforeAll(async () => {
  mailbox = await openMailbox()
  world = await openWorld({
    env: { SMTP_URL: mailbox.url, MAIL_FROM: 'Acme <refunds@acme.example>', MAIL_BOUNCES: 'bounces@acme.example' },
  })
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
  await mailbox.close()
})

/** A request that waits for a person, whose mails all went out. */
async function waiting(locale = 'en', customer?: string) {
  const bought = await world.subscribes({ amount: 4900, ...(customer && { customer }) })
  await world.settle()
  const request = await world.ask(bought.payment, { locale })
  mailbox.mails.length = 0
  return { ...bought, request }
}

const mailsOf = (request: string) => mailbox.mails.filter(({ raw }) => raw.includes(request) || raw.length > 0)
const exceptions = () =>
  world.rows<{ kind: string; subject_id: string; because: string }>(
    `select kind, subject_id, because from exception where kind = 'mail_failed' and resolved_at is null`,
  )
const messages = (request: string) =>
  world.rows<{ id: string; status: string; tries: number; last_error: string | null; bounced_at: Date | null }>(
    `select id, status, tries, last_error, bounced_at from message where request_id = '${request}' order by created_at, id`,
  )

test('a letter goes out as text and HTML, to the customer alone, with a link that opens the request', async () => {
  const { request } = await waiting()
  await world.settle()
  const [mail] = mailsOf(request.id)
  expect(mail!.to).toHaveLength(1)
  expect(mail!.headers['subject']).toBe('A person will look at your refund request')
  expect(mail!.headers['auto-submitted']).toBe('auto-generated')
  expect(mail!.text).toContain('A person will look at your request about Studio by the month ($49.00)')
  expect(mail!.html).toContain('<html lang="en" dir="ltr">')
  const link = /http\S+#t=([\w-]+)/.exec(mail!.text)!
  expect(link[0]).toContain(`${world.url}/portal/enter#t=`)
  expect(mail!.html).toContain(link[0])

  // Somebody's scanner of mail follows it first; then the customer, twice.
  for (const _ of ['scanner', 'customer', 'customer again']) {
    const entered = await enter(link[1]!)
    expect(entered.body).toMatchObject({ request: request.id })
  }
})

test('the link in a letter shows its request and nothing else that is the customer’s', async () => {
  const { request, customer } = await waiting()
  const { request: second } = await waiting('en', customer)
  await world.settle()
  const token = /#t=([\w-]+)/.exec(mailbox.mails.find(({ text }) => text.includes('A person'))!.text)![1]!
  const { cookie, body } = await enter(token)
  const shown = body.request!
  const hidden = [request.id, second.id].find((id) => id !== shown)!
  const get = async (path: string) => (await call(world.url, 'GET', `/portal/api${path}`, undefined, { cookie })).status
  expect(await get(`/requests/${shown}`)).toBe(200)
  expect(await get(`/requests/${hidden}`)).toBe(403)
  expect(await get(`/requests/${shown}x`)).toBe(403)
  expect(await get('/payments')).toBe(403)
  expect(await get(`/payments/${second.payment}`)).toBe(403)
})

test('the outbox that staff read has no link that lets them in as the customer', async () => {
  const { request } = await waiting()
  await world.settle()
  const [row] = await world.rows<{ body: string; letter: string }>(
    `select body, letter::text from message where request_id = '${request.id}'`,
  )
  expect(row!.body).not.toContain('#t=')
  expect(row!.letter).not.toContain('#t=')
})

test('a link in a letter is over after 30 days', async () => {
  const { request } = await waiting()
  await world.settle()
  const token = /#t=([\w-]+)/.exec(mailbox.mails.at(-1)!.text)![1]!
  await sql`update portal_link set expires_at = now() - interval '1 second' where request_id = ${request.id}`.execute(
    world.app.db,
  )
  expect(await enter(token)).toMatchObject({ status: 422, body: { fault: 'expired' } })
})

test('the letters about a request are one thread', async () => {
  const { request } = await waiting()
  await world.settle()
  const staff = await world.api('POST', `/v1/refund_requests/${request.id}/withdraw`)
  expect(staff.status).toBe(200)
  await world.settle()
  const [first, second] = mailbox.mails
  expect(first!.headers['in-reply-to']).toBeUndefined()
  expect(second!.headers['in-reply-to']).toBe(first!.headers['message-id'])
  expect(second!.headers['references']).toBe(first!.headers['message-id'])
})

test.each([
  ['de-AT', 'Ihre Anfrage wird von einem Menschen', 'ltr'],
  ['ar', 'سيراجع أحد موظفينا طلبكم', 'rtl'],
  ['sv', 'A person will look', 'ltr'],
])('a customer with the locale %s is written to in their language', async (locale, subject, direction) => {
  const { request } = await waiting(locale)
  await world.settle()
  const [row] = await world.rows<{ subject: string }>(`select subject from message where request_id = '${request.id}'`)
  expect(row!.subject).toContain(subject)
  expect(mailbox.mails.at(-1)!.html).toContain(`dir="${direction}"`)
})

test('a server that says "later" delays the letter, and it arrives once', async () => {
  mailbox.refusals.push({ code: 451, words: 'Greylisted, come again' })
  const { request } = await waiting()
  await world.settle()
  expect(await messages(request.id)).toMatchObject([
    { status: 'queued', tries: 1, last_error: expect.stringContaining('451') },
  ])
  expect(mailbox.mails).toEqual([])
  world.later(60)
  await world.settle()
  expect(await messages(request.id)).toMatchObject([{ status: 'sent', last_error: null }])
  expect(mailbox.mails).toHaveLength(1)
})

test('a server that is away delays the letter, and the request is what it was', async () => {
  await mailbox.close()
  const { request } = await waiting()
  await workOnce(world.app)
  expect(await messages(request.id)).toMatchObject([{ status: 'queued', tries: 1 }])
  expect(await world.request(request.id)).toMatchObject({ status: 'in_review' })
  mailbox = await openMailbox(mailbox.port)
  world.later(60)
  await world.settle()
  expect(await messages(request.id)).toMatchObject([{ status: 'sent' }])
})

test('a server that says "never" ends the letter, and staff see it', async () => {
  mailbox.refusals.push({ code: 550, words: 'No such mailbox' })
  const { request } = await waiting()
  await world.settle()
  expect(await messages(request.id)).toMatchObject([{ status: 'failed', bounced_at: null }])
  expect(await exceptions()).toContainEqual({
    kind: 'mail_failed',
    subject_id: request.id,
    because: expect.stringMatching(/did not arrive: .*No such mailbox/),
  })
  world.later(86_400)
  await world.settle()
  expect(mailbox.mails).toEqual([])
})

test('a letter that comes back later counts as failed, once, and staff see it', async () => {
  const { request } = await waiting()
  await world.settle()
  const { from } = mailbox.mails.at(-1)!
  expect(from).toMatch(/^bounces\+msg_[0-9a-f]{32}@acme\.example$/)
  const report = [
    'From: MAILER-DAEMON@mx.example',
    `To: ${from}`,
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Final-Recipient: rfc822; customer@example.com',
    'Action: failed',
    'Status: 5.2.2',
    'Diagnostic-Code: smtp; 552 5.2.2 Mailbox',
    ' full',
    '--b--',
  ].join('\r\n')
  const post = (body: string) =>
    world.api<object>('POST', '/v1/mail/bounces', body, { 'content-type': 'message/rfc822' })
  expect(await post(report.replace('Action: failed', 'Action: delayed'))).toMatchObject({
    status: 200,
    body: { outcome: 'ignored' },
  })
  expect(await messages(request.id)).toMatchObject([{ status: 'sent' }])
  expect(await post(report)).toMatchObject({ status: 200, body: { outcome: 'ended' } })
  expect(await post(report)).toMatchObject({ status: 200, body: { outcome: 'known' } })
  expect(await messages(request.id)).toMatchObject([{ status: 'failed', bounced_at: expect.any(Date) }])
  expect(await exceptions()).toContainEqual(
    expect.objectContaining({ subject_id: request.id, because: expect.stringContaining('552 5.2.2 Mailbox full') }),
  )
  expect(await post('Buy now!')).toMatchObject({ status: 422, body: { code: 'bounce_unreadable' } })
  expect(await post(report.replaceAll(/msg_[0-9a-f]{32}/g, `msg_${'0'.repeat(32)}`))).toMatchObject({ status: 422 })
})

test.each([
  ['a line break and a header', 'victim@example.com\r\nBcc: everybody@example.com'],
  ['a list', 'a@example.com, b@example.com'],
  ['a name and an address', 'Boss <boss@example.com>'],
])('an address with %s reaches nobody else', async (_, email) => {
  const { request, customer } = await waiting()
  await sql`update message set recipient = ${email} where request_id = ${request.id}`.execute(world.app.db)
  await world.settle()
  expect(mailbox.mails, customer).toEqual([])
  expect(await messages(request.id)).toMatchObject([
    { status: 'failed', last_error: expect.stringContaining('not one') },
  ])
})

test('what a customer’s payment is called can’t add a header', async () => {
  const { request } = await waiting()
  await sql`update message set subject = ${'Hello\r\nX-Evil: 1'} where request_id = ${request.id}`.execute(world.app.db)
  await world.settle()
  expect(mailbox.mails.at(-1)!.headers['x-evil']).toBeUndefined()
})

async function enter(token: string) {
  const answer = await call<{ request: string | null; fault?: string }>(
    world.url,
    'POST',
    '/portal/api/enter',
    { token },
    {
      origin: world.url,
      'sec-fetch-site': 'same-origin',
    },
  )
  return { ...answer, cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0]! }
}

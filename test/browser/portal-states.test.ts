import { sql } from 'kysely'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildWebWhenStale } from '../../scripts/build-web.ts'
import { inTransaction } from '../../src/db/connect.ts'
import { findPayment } from '../../src/db/payments.ts'
import { newId, type RequestId } from '../../src/domain/ids.ts'
import { appealRequest } from '../../src/flows/appeal-request.ts'
import { askCustomer } from '../../src/flows/ask-customer.ts'
import { denyRequest } from '../../src/flows/deny-request.ts'
import { handleElsewhere } from '../../src/flows/handle-elsewhere.ts'
import { lookClosely } from '../../src/flows/look-closely.ts'
import { mergeRequests } from '../../src/flows/merge-requests.ts'
import { submitRequest, writeRequest } from '../../src/flows/submit-request.ts'
import { withdrawRequest } from '../../src/flows/withdraw-request.ts'
import { listen, makeServer, type Listening } from '../../src/http/server.ts'
import { openMailbox, type Mailbox } from '../mailbox.ts'
import { portalWorld, type PortalWorld } from '../portal-world.ts'
import { freePort } from '../world.ts'
import { startChromium } from './chromium.ts'
import { sound } from './sound.ts'

// Every page and state that a customer can come upon, looked at by axe in three languages and two widths.

const browser: Browser | undefined = await startChromium()
let world: PortalWorld
let mailbox: Mailbox
let listening: Listening
let origin: string
const email = 'states@example.com'
/** The requests by the state that they are in, and payments by what can be done with them. */
const requests: Record<string, string> = {}
const payments: Record<string, string> = {}

beforeAll(async () => {
  if (!browser) return
  await buildWebWhenStale()
  mailbox = await openMailbox()
  const port = await freePort()
  origin = `http://127.0.0.1:${port}`
  world = await portalWorld({ port, env: { PUBLIC_URL: origin, SMTP_URL: mailbox.url, TRUSTED_PROXIES: '1' } })
  await makeStates()
  listening = await listen(makeServer(world.app), { port, host: '127.0.0.1' })
}, 90_000)
afterAll(async () => {
  await browser?.close()
  await listening?.close()
  await world?.close()
  await mailbox?.close()
})

async function makeStates(): Promise<void> {
  const pays = async (state: string, paying: { used?: number; daysAgo?: number; amount?: number } = {}) =>
    (payments[state] = (await world.pays({ name: 'States', email, ...paying })).payment)
  const asks = async (state: string, paying: { used?: number; daysAgo?: number; amount?: number } = {}) => {
    const payment = await pays(state, paying)
    const made = await submitRequest(world.app, {
      payment,
      reason: 'changed_mind',
      channel: 'portal',
      by: 'customer:x',
    })
    return (requests[state] = made.ok ? made.value.id : '')
  }
  const charge = async (state: string) => {
    const { rows } = await sql<{ stripe_charge: string; stripe_payment_intent: string }>`
      select stripe_charge, stripe_payment_intent from payment where id = ${payments[state]}`.execute(world.app.db)
    return rows[0]!
  }
  const staff = { by: 'staff:sam', role: 'owner' } as const
  await pays('refundable')
  await pays('review', { used: 0.4 })
  await pays('too_late', { daysAgo: 100 })
  await pays('disputed')
  await world.simulator.control('POST', '/_control/disputes', {
    payment_intent: (await charge('disputed')).stripe_payment_intent,
  })
  await lookClosely(world.app, (await charge('disputed')).stripe_charge)

  await asks('refunded')
  await asks('failed')
  await world.work()
  const { rows } = await sql<{ id: string }>`
    select stripe_refund_id as id from refund where payment_id = ${payments['failed']}`.execute(world.app.db)
  await world.simulator.control('POST', `/_control/refunds/${rows[0]!.id}`, { to: 'failed' })
  await lookClosely(world.app, (await charge('failed')).stripe_charge)
  await asks('in_review', { used: 0.4 })
  const question = await asks('question', { used: 0.4 })
  await askCustomer(world.app, { ...staff, id: question, question: 'Which version do you use?' })
  await asks('denied', { daysAgo: 100 })
  const appealed = await asks('appealed', { daysAgo: 100 })
  await appealRequest(world.app, { id: appealed, by: 'customer:x', comment: 'Please look again.' })
  const deniedByPerson = await asks('denied_by_person', { used: 0.4 })
  await denyRequest(world.app, { ...staff, id: deniedByPerson, note: 'Third time.', reply: 'Not this time.' })
  const withdrawn = await asks('withdrawn', { used: 0.4 })
  await withdrawRequest(world.app, { id: withdrawn, by: 'customer:x' })
  const handled = await asks('handled', { used: 0.4 })
  await handleElsewhere(world.app, {
    ...staff,
    id: handled,
    note: 'By transfer.',
    proof: 'T-1',
    reply: 'By bank transfer.',
  })
  // Two of one customer, of which one goes on in the other.
  const { customer } = await world.pays({ name: 'States', email, used: 0.4 })
  const twins = await Promise.all(
    [1, 2].map(async () => {
      const { payment: twin } = await world.pays({ name: 'States', customer, used: 0.4 })
      const made = await submitRequest(world.app, {
        payment: twin,
        reason: 'other',
        channel: 'portal',
        by: 'customer:x',
      })
      return made.ok ? made.value.id : ''
    }),
  )
  await mergeRequests(world.app, { ...staff, id: twins[0]!, into: twins[1]! })
  requests['merged'] = twins[0]!
  await asks('approved')
  // Kept, and not decided yet: as it is while Stripe is away.
  const payment = (await findPayment(world.app.db, world.app.account, await pays('submitted')))!
  const id = (requests['submitted'] = newId('rr'))
  const asking = { reason: 'other', channel: 'portal', by: 'customer:x' } as const
  await inTransaction(world.app.db, (tx) => writeRequest(world.app, tx, { id: id as RequestId, payment, asking }))
  await sql`update customer set country = 'DE'`.execute(world.app.db)
}

const looks = (['en', 'de', 'ar'] as const).flatMap((language) => [
  { language, width: 390, dark: language === 'de' },
  { language, width: 1280, dark: language !== 'de' },
])
type Look = (typeof looks)[number]

let place = 0
async function context({ language, width, dark }: Look): Promise<BrowserContext> {
  const made = await browser!.newContext({
    viewport: { width, height: 844 },
    locale: language,
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    extraHTTPHeaders: { 'x-forwarded-for': `192.0.2.${++place}` },
  })
  made.setDefaultTimeout(10_000)
  onTestFinished(() => made.close())
  return made
}

const shoot = async (page: Page, name: string, { language, width }: Look): Promise<void> => {
  const shots = process.env['MONEYBACK_SHOTS']
  if (shots) await page.screenshot({ path: `${shots}/state-${name}-${language}-${width}.png`, fullPage: true })
}

/** Opens the portal for everything that was paid with the address. */
async function inside(page: Page): Promise<void> {
  const { token } = await world.link({ email })
  await page.goto(`${origin}/portal/enter#t=${token}`)
  await page.waitForSelector('.payment')
}

describe.skipIf(!browser).each(looks)('axe finds nothing at $width px in $language', (look) => {
  test('in the list, in the steps and in every state of a request', { timeout: 90_000 }, async () => {
    const page = await (await context(look)).newPage()
    await inside(page)
    await shoot(page, 'payments', look)
    await sound(page)
    for (const state of ['refundable', 'review', 'too_late', 'disputed']) {
      await page.goto(`${origin}/portal/payments/${payments[state]}`)
      await page.waitForSelector('.reasons, .deeds, .badge')
      await shoot(page, `why-${state}`, look)
      await sound(page)
      await page.goto(`${origin}/portal/payments/${payments[state]}/refund?reason=changed_mind`)
      await page.waitForSelector('.deeds, .say')
      await shoot(page, `then-${state}`, look)
      await sound(page)
    }
    for (const [state, id] of Object.entries(requests)) {
      await page.goto(`${origin}/portal/requests/${id}`)
      await page.waitForSelector('[data-status]')
      await shoot(page, state, look)
      await sound(page)
    }
  })

  test('on the pages that say what is wrong, in the rules and in the withdrawal', { timeout: 60_000 }, async () => {
    const page = await (await context(look)).newPage()
    await page.goto(`${origin}/portal`)
    await page.waitForSelector('input[type=email]')
    await shoot(page, 'sign-in', look)
    await sound(page)
    const { token } = await world.link({ email, valid_for_seconds: 0 })
    for (const [name, path] of [
      ['expired', `/portal/enter#t=${token}`],
      ['unknown', `/portal/enter#t=${'A'.repeat(43)}`],
      ['mailed', `/portal/enter#m=${'A'.repeat(43)}`],
      ['signed-out', `/portal/requests/${requests['refunded']}`],
      ['nowhere', '/portal/nowhere'],
      ['policy', `/policy/${look.language}`],
      ['withdrawal', `/portal/withdrawal?lang=${look.language}`],
    ] as const) {
      await page.goto('about:blank')
      await page.goto(origin + path)
      await page.waitForSelector('main:not([aria-busy=true]) h1')
      await shoot(page, name, look)
      await sound(page)
    }
    await inside(page)
    await page.goto(`${origin}/portal/requests/rr_${'0'.repeat(32)}`)
    await page.waitForSelector('.notice-page h1')
    await shoot(page, 'not-found', look)
    await sound(page)
    // Without a line: what is shown stays, and the banner says why nothing moves.
    await page.goto(`${origin}/portal`)
    await page.waitForSelector('.payment')
    await page.context().setOffline(true)
    await page.waitForSelector('.banner')
    await shoot(page, 'offline', look)
    await sound(page)
    await page.context().setOffline(false)
    await page.route('**/portal/api/payments', (route) => route.fulfill({ status: 500, body: '{}' }))
    await page.reload()
    await page.waitForSelector('main h1')
    await shoot(page, 'broken', look)
    await sound(page)
  })
})

describe.skipIf(!browser).each(looks)('the whole way at $width px in $language takes at most six taps', (look) => {
  /** Counts what a finger does, over several pages. A label's tap makes a click of its own on its field, so clicks say less. */
  async function counting(): Promise<{ page: Page; taps: () => number }> {
    const made = await context(look)
    let taps = 0
    await made.exposeFunction('tapped', () => void taps++)
    await made.addInitScript({ content: `addEventListener('pointerdown', () => globalThis.tapped(), true)` })
    return { page: await made.newPage(), taps: () => taps }
  }

  const onwards = async (page: Page) => {
    await page.locator('.reason').first().click()
    await page.locator('form button[type=submit]').click()
    await page.locator('.deeds .button').first().click()
    await page.waitForSelector('[data-status=approved], [data-status=refunded]')
  }

  test('from the merchant’s page: the link, the payment, the reason, on, the deed', async () => {
    const paid = await world.pays({ name: 'Tapper' })
    await world.pays({ name: 'Tapper', customer: paid.customer, amount: 700 })
    const { url } = await world.link({ customer: paid.customer })
    const { page, taps } = await counting()
    await page.route('https://shop.example.com/', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<h1>Shop</h1><a href="${url}">Refund</a>` }),
    )
    await page.goto('https://shop.example.com/')
    await page.locator('a').click()
    await page.locator('.payment').first().click()
    await onwards(page)
    expect(taps()).toBe(5)
  })

  test('by e-mail: send, the link in the mail, open, the reason, on, the deed', async () => {
    const address = `taps${++place}@example.com`
    await world.pays({ name: 'Mailed', email: address })
    const { page, taps } = await counting()
    await page.goto(`${origin}/portal`)
    await page.locator('input[type=email]').fill(address)
    mailbox.mails.length = 0
    await page.locator('button[type=submit]').click()
    await page.waitForSelector('.code')
    await world.work()
    const link = /http\S+#m=[\w-]+/.exec(mailbox.mails.find(({ text }) => text.includes('#m='))!.text)![0]
    await page.route('https://mail.example.com/', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<h1>Mail</h1><a href="${link}">Open</a>` }),
    )
    await page.goto('https://mail.example.com/')
    await page.locator('a').click()
    await page.locator('form.notice-page button[type=submit]').click()
    await page.waitForSelector('.reasons')
    await onwards(page)
    expect(taps()).toBe(6)
  })
})

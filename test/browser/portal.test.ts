import { serve } from '@hono/node-server'
import { sql } from 'kysely'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildWebWhenStale } from '../../scripts/build-web.ts'
import { approveRequest } from '../../src/flows/approve-request.ts'
import { denyRequest } from '../../src/flows/deny-request.ts'
import { lookClosely } from '../../src/flows/look-closely.ts'
import { undoDecision } from '../../src/flows/undo-decision.ts'
import { portalRoutes } from '../../src/http/portal/routes.ts'
import { webFiles } from '../../src/http/web.ts'
import { portalWorld, type PortalWorld } from '../portal-world.ts'
import { startChromium } from './chromium.ts'
import { sound } from './sound.ts'

const browser: Browser | undefined = await startChromium()

let world: PortalWorld
let http: Server
let origin: string

beforeAll(async () => {
  if (!browser) return
  await buildWebWhenStale()
  world = await portalWorld()
  const server = new Hono()
  server.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
      },
    }),
  )
  server.route('/', webFiles()).route('/portal', portalRoutes(world.app))
  http = serve({ fetch: server.fetch, port: 0, hostname: '127.0.0.1' }) as Server
  await new Promise((listening) => http.once('listening', listening))
  origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
}, 60_000)

afterAll(async () => {
  if (!browser) return
  await browser.close()
  http.closeAllConnections()
  http.close()
  await world.close()
})

type Look = { readonly width: number; readonly language: 'en' | 'de' | 'ar'; readonly dark?: boolean }

const looks: Look[] = [
  { width: 390, language: 'en' },
  { width: 390, language: 'de', dark: true },
  { width: 1280, language: 'en', dark: true },
  { width: 1280, language: 'de' },
  { width: 390, language: 'ar' },
  { width: 1280, language: 'ar', dark: true },
]

/** A page of somebody who is in by a link. What the console says against it fails the test. */
async function visit(customer: string, { width, language, dark = false }: Look): Promise<Page> {
  const context = await browser!.newContext({
    viewport: { width, height: 844 },
    locale: language,
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on(
    'console',
    (message) =>
      message.type() === 'error' && !message.text().includes('net::ERR_FAILED') && complaints.push(message.text()),
  )
  onTestFinished(async () => {
    await context.close()
    expect(complaints).toEqual([])
  })
  const { token } = await world.link({ customer })
  await page.goto(`${origin}/portal/enter#t=${token}`)
  await page.waitForSelector('.payment, .reasons, .empty')
  return page
}

const words = {
  en: {
    reason: 'I changed my mind',
    next: 'Continue',
    refund: 'Refund €49.00',
    ask: 'Ask a person',
    anyway: 'Ask about it anyway',
    inWriting: 'Only keep the answer in writing',
    send: 'Send to a person',
  },
  de: {
    reason: 'Ich habe es mir anders überlegt',
    next: 'Weiter',
    refund: '49,00 € erstatten',
    ask: 'Einen Menschen fragen',
    anyway: 'Trotzdem anfragen',
    inWriting: 'Nur die Antwort schriftlich behalten',
    send: 'An einen Menschen senden',
  },
  ar: {
    reason: 'غيّرت رأيي',
    next: 'متابعة',
    refund: /^استرداد .*49/,
    ask: 'سؤال أحد الموظفين',
    anyway: 'تقديم طلب رغم ذلك',
    inWriting: 'الاحتفاظ بالرد كتابةً فقط',
    send: 'إرسال إلى أحد الموظفين',
  },
} as const

async function sayWhy(page: Page, { reason, next }: { reason: string; next: string }): Promise<void> {
  await page.getByText(reason).click()
  await page.getByRole('button', { name: next }).click()
  await page.waitForSelector('.deeds')
}

const states = async (page: Page): Promise<(string | null)[]> =>
  page.locator('.line li').evaluateAll((items) => items.map((item) => item.getAttribute('data-state')))

const inBrowser = describe.skipIf(!browser)

inBrowser.each(looks)('the portal in Chromium at $width px in $language', (look) => {
  const said = words[look.language]

  test('a refund within the rules: five taps from the link to the answer, then live until it is sent', async () => {
    const { customer } = await world.pays({ name: 'Ada' })
    const page = await visit(customer, look)
    await sound(page)
    await page.locator('.payment').click()
    await page.waitForSelector('.reasons')
    await sound(page)
    await sayWhy(page, said)
    await sound(page)
    await page.getByRole('button', { name: said.refund }).click()
    await page.waitForSelector('[data-status=approved]')
    await sound(page)
    await world.work()
    await page.waitForSelector('[data-status=refunded]')
    expect(await states(page)).toEqual(['done', 'done', 'done', 'now'])
    await sound(page)
    await page.reload()
    await page.waitForSelector('[data-status=refunded]')
  })

  test('too late: no, with the reason and what would have changed it; a person is asked and says yes, seen without a reload', async () => {
    const { customer } = await world.pays({ name: 'Cleo', daysAgo: 100 })
    const page = await visit(customer, look)
    await page.locator('.payment').click()
    await sound(page)
    await page.getByRole('button', { name: said.anyway }).click()
    await sayWhy(page, said)
    await sound(page)
    await page.getByRole('button', { name: said.inWriting }).click()
    await page.waitForSelector('[data-status=denied] .missed')
    await sound(page)
    await page.getByRole('button', { name: said.ask }).click()
    await sound(page)
    await page.getByRole('button', { name: said.send }).click()
    await page.waitForSelector('[data-status=in_review]')
    await sound(page)
    const id = page.url().split('/').at(-1)!
    const approved = await approveRequest(world.app, {
      id,
      by: 'staff:sam',
      role: 'owner',
      note: 'Goodwill.',
      reply: 'Gladly, this once.',
    })
    expect(approved.ok).toBe(true)
    await page.getByText('Gladly, this once.').waitFor()
    await sound(page)
  })
})

inBrowser.each([looks[0]!, looks[4]!])('several payments at once, at $width px in $language', (look) => {
  test('chosen together, each with its own answer, and what the rules deny is left out and said', async () => {
    const { customer } = await world.pays({ name: 'Several' })
    await world.pays({ name: 'Several', customer, amount: 1500 })
    await world.pays({ name: 'Several', customer, daysAgo: 100 })
    const page = await visit(customer, look)
    await page.locator('.deeds button').click()
    for (const box of await page.locator('.choosable input').all()) await box.check()
    await sound(page)
    await page.locator('.deeds .button:not(.quiet)').click()
    await page.waitForSelector('.reasons')
    await sound(page)
    await page.locator('.reason input[value=changed_mind]').check()
    await page.locator('form button[type=submit]').click()
    await page.waitForSelector('.deeds .button:not(.quiet)')
    await sound(page)
    await page.locator('.deeds .button:not(.quiet)').click()
    await page.waitForSelector('[data-status=approved]')
    await sound(page)
    expect(await page.locator('.facts a[href^="/portal/requests/"]').count()).toBe(1)
  })
})

inBrowser('the portal in Chromium', () => {
  const phone: Look = { width: 390, language: 'en' }

  /** Looks at the payment in Stripe, as a webhook would have us do. */
  const look = async (payment: string) => {
    const { rows } = await sql<{ stripe_charge: string }>`
      select stripe_charge from payment where id = ${payment}`.execute(world.app.db)
    await lookClosely(world.app, rows[0]!.stripe_charge)
  }

  test('sent back by the bank after it was paid: the open page says so by itself, and what happens now', async () => {
    const { customer, payment } = await world.pays({ name: 'Dan' })
    const page = await visit(customer, phone)
    await page.goto(`${origin}/portal/payments/${payment}/refund?reason=changed_mind`)
    await page.getByRole('button', { name: words.en.refund }).click()
    await page.waitForSelector('[data-status=approved]')
    await world.work()
    await page.waitForSelector('[data-status=refunded]')
    const { rows } = await sql<{ id: string }>`
      select stripe_refund_id as id from refund where payment_id = ${payment}`.execute(world.app.db)
    await world.simulator.control('POST', `/_control/refunds/${rows[0]!.id}`, { to: 'failed' })
    await look(payment)
    await page.waitForSelector('[data-status=failed]')
    await page.getByText('what you are owed is not lost').waitFor()
    await sound(page)
  })

  test('disputed with the bank: no refund beside it, and the reason is said', async () => {
    const { customer, payment } = await world.pays({ name: 'Eve' })
    const { rows } = await sql<{ id: string }>`
      select stripe_payment_intent as id from payment where id = ${payment}`.execute(world.app.db)
    await world.simulator.control('POST', '/_control/disputes', { payment_intent: rows[0]!.id })
    await look(payment)
    const page = await visit(customer, phone)
    await page.goto(`${origin}/portal/payments/${payment}/refund?reason=changed_mind`)
    await page.getByText('Your bank is already handling this payment').waitFor()
    expect(await page.getByRole('button', { name: /^Refund/ }).count()).toBe(0)
    await sound(page)
  })

  test('handed to a person: sent, and who has it is said', async () => {
    const { customer, payment } = await world.pays({ name: 'Ben', amount: 60_000 })
    const page = await visit(customer, phone)
    await page.goto(`${origin}/portal/payments/${payment}/refund?reason=changed_mind`)
    await page.getByRole('button', { name: 'Send my request' }).click()
    await page.waitForSelector('[data-status=in_review]')
    await sound(page)
  })

  test('a person’s answer that can still be undone is not shown: it is being decided, then it stands', async () => {
    const { customer, payment } = await world.pays({ name: 'Undo', used: 0.4 })
    const page = await visit(customer, phone)
    await page.goto(`${origin}/portal/payments/${payment}/refund?reason=changed_mind`)
    await page.getByRole('button', { name: 'Send my request' }).click()
    await page.waitForSelector('[data-status=in_review]')
    const id = page.url().split('/').at(-1)!
    const by = { id, by: 'staff:sam', role: 'owner', note: 'Fine.', undoable: true } as const
    const list = () =>
      page.evaluate(
        `fetch('/portal/api/payments').then((answer) => answer.json()).then(({ payments }) => [payments[0].badge.kind, payments[0].request.status])`,
      )

    expect((await approveRequest(world.app, by)).ok).toBe(true)
    await page.getByRole('heading', { name: 'It is being decided' }).waitFor()
    await sound(page)
    expect(await page.locator('main').innerText()).not.toMatch(/approved|on its way/i)
    expect(await list()).toEqual(['in_review', 'in_review'])
    expect((await undoDecision(world.app, by)).ok).toBe(true)
    await page.getByRole('heading', { name: 'A person will look at it' }).waitFor()

    await denyRequest(world.app, { ...by, reply: 'Not this one.' })
    await page.getByRole('heading', { name: 'It is being decided' }).waitFor()
    expect(await page.locator('main').innerText()).not.toContain('Not this one.')
    expect(await list()).toEqual(['in_review', 'in_review'])
    await undoDecision(world.app, by)
    await page.getByRole('heading', { name: 'A person will look at it' }).waitFor()

    // Nobody takes this one back: after its ten seconds the page shows it by itself.
    await denyRequest(world.app, { ...by, reply: 'Not this one.' })
    await page.getByRole('heading', { name: 'It is being decided' }).waitFor()
    await page.getByText('Not this one.').waitFor({ timeout: 15_000 })
    expect(await list()).toEqual(['review', 'denied'])
  }, 40_000)

  test('a double tap, the back button and a second tab: one request', async () => {
    const { customer, payment } = await world.pays({ name: 'Twice', daysAgo: 100 })
    const page = await visit(customer, phone)
    await page.goto(`${origin}/portal/payments/${payment}/refund?reason=other`)
    await page.waitForSelector('.deeds')
    const second = await page.context().newPage()
    await second.goto(page.url())
    await second.waitForSelector('.deeds')
    await page.getByRole('button', { name: 'Ask a person' }).dblclick()
    await page.waitForSelector('[data-status=in_review]')
    await second.getByRole('button', { name: 'Ask a person' }).click()
    await second.waitForSelector('[data-status=in_review]')
    expect(new URL(second.url()).pathname).toBe(new URL(page.url()).pathname)
    await page.goBack()
    await page.goto(`${origin}/portal/payments/${payment}`)
    await page.waitForSelector('[data-status=in_review]')
    expect(new URL(page.url()).pathname).toBe(new URL(second.url()).pathname)
  })

  test('the connection is lost after the tap: the page finds out what became of it, also after a reload', async () => {
    const { customer, payment } = await world.pays({ name: 'Tunnel' })
    const page = await visit(customer, phone)
    await page.goto(`${origin}/portal/payments/${payment}`)
    await page.locator('textarea').fill('Typed before the tunnel.')
    await sayWhy(page, words.en)
    // The request arrives and its answer doesn't.
    await page.route('**/api/requests', async (route) => {
      await route.fetch()
      await route.abort()
    })
    await page.getByRole('button', { name: words.en.refund }).click()
    await page.getByText('We are finding out').waitFor()
    await page.unroute('**/api/requests')
    await page.reload()
    await page.waitForSelector('.answer')
    expect(await page.locator('main').innerText()).toContain('Typed before the tunnel.')
    const made = await page.evaluate(
      `fetch('/portal/api/payments').then((answer) => answer.json()).then(({ payments }) => payments[0].request.id)`,
    )
    expect(new URL(page.url()).pathname).toBe(`/portal/requests/${String(made)}`)
  })

  test.each(['expired', 'used', 'altered'])('a link that is %s says what to do', async (kind) => {
    const { customer } = await world.pays({ name: 'Link' })
    const { token } = await world.link({
      customer,
      ...(kind === 'expired' && { valid_for_seconds: 0 }),
      return_url: 'https://shop.example.com/',
    })
    const context = await browser!.newContext({ viewport: { width: 390, height: 844 } })
    onTestFinished(() => context.close())
    const used = await context.newPage()
    if (kind === 'used') {
      await used.goto(`${origin}/portal/enter#t=${token}`)
      await used.waitForSelector('.payment')
      await context.clearCookies()
    }
    const page = await context.newPage()
    await page.goto(`${origin}/portal/enter#t=${kind === 'altered' ? token.slice(1) : token}`)
    await page.waitForSelector('.notice-page h1')
    await sound(page)
    expect(await page.locator('main a').count()).toBe(kind === 'altered' ? 0 : 1)
  })

  test('the language changes in place and is remembered', async () => {
    const { customer } = await world.pays({ name: 'Lang' })
    const page = await visit(customer, phone)
    await page.getByLabel('Language').selectOption({ label: 'Deutsch' })
    await page.getByRole('heading', { name: 'Ihre Zahlungen' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Ihre Zahlungen' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('de')
  })

  test('everything can be done by keyboard', async () => {
    const { customer, payment } = await world.pays({ name: 'Keys' })
    const page = await visit(customer, phone)
    await page.locator('.payment').focus()
    await page.keyboard.press('Enter')
    await page.locator('.reason input').first().focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('Tab') // the comment
    await page.keyboard.press('Tab') // files
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.deeds')
    await page.locator('.deeds .button').focus()
    await page.keyboard.press('Enter')
    await page.waitForSelector('.answer')
    expect(page.url()).not.toContain(payment)
  })
})

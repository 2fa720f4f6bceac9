import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildWebWhenStale } from '../../scripts/build-web.ts'
import { portalRoutes } from '../../src/http/portal/routes.ts'
import { webFiles } from '../../src/http/web.ts'
import { openMailbox, type Mailbox } from '../mailbox.ts'
import { portalWorld, type PortalWorld } from '../portal-world.ts'
import { startChromium } from './chromium.ts'
import { sound } from './sound.ts'

const browser: Browser | undefined = await startChromium()
let world: PortalWorld
let mailbox: Mailbox
let http: Server
let origin: string

beforeAll(async () => {
  if (!browser) return
  await buildWebWhenStale()
  mailbox = await openMailbox()
  const server = new Hono()
  http = serve({ fetch: server.fetch, port: 0, hostname: '127.0.0.1' }) as Server
  await new Promise((listening) => http.once('listening', listening))
  origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  world = await portalWorld({ env: { PORTAL_URL: origin, SMTP_URL: mailbox.url, TRUSTED_PROXIES: '1' } })
  server.route('/', webFiles()).route('/portal', portalRoutes(world.app))
}, 60_000)

afterAll(async () => {
  if (!browser) return
  await browser.close()
  http.closeAllConnections()
  http.close()
  await world.close()
  await mailbox.close()
})

let place = 0
async function visitor(language: string, width: number): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser!.newContext({
    viewport: { width, height: 844 },
    locale: language,
    colorScheme: width > 1000 ? 'dark' : 'light',
    extraHTTPHeaders: { 'x-forwarded-for': `192.0.2.${++place}` },
  })
  onTestFinished(() => context.close())
  return { context, page: await context.newPage() }
}

async function mailedLink(count: number): Promise<string> {
  await world.work()
  expect(mailbox.mails).toHaveLength(count)
  return /http\S+#m=[\w-]+/.exec(mailbox.mails.at(-1)!.text)![0]
}

describe.skipIf(!browser).each([
  { language: 'en', width: 390 },
  { language: 'de', width: 1280 },
  { language: 'ar', width: 390 },
])('the way in by e-mail in $language at $width px', ({ language, width }) => {
  test('from the front door to one’s payments, in the same browser and with the number in another one', async () => {
    const name = `Front${language}`
    const email = `${name.toLowerCase()}@example.com`
    await world.pays({ name })
    const { page } = await visitor(language, width)
    await page.goto(`${origin}/portal`)
    await page.waitForSelector('input[type=email]')
    await sound(page)
    await page.locator('button[type=submit]').click()
    await page.waitForSelector('.wrong:not(:empty)')
    await sound(page)
    await page.locator('.sign-in .quiet-link').click()
    await sound(page)
    await page.locator('input[type=email]').fill(email)
    const before = mailbox.mails.length
    await page.locator('button[type=submit]').click()
    const code = (await page.locator('.code').innerText()).replaceAll(/\D/g, '')
    await sound(page)
    const link = await mailedLink(before + 1)

    const elsewhere = await visitor(language, width)
    await elsewhere.page.goto(link)
    await elsewhere.page.waitForSelector('form.notice-page')
    await sound(elsewhere.page)
    await elsewhere.page.locator('button[type=submit]').click()
    await elsewhere.page.waitForSelector('input[name=code]')
    await sound(elsewhere.page)
    await elsewhere.page.locator('input[name=code]').fill(code === '111111' ? '222222' : '111111')
    await elsewhere.page.locator('button[type=submit]').click()
    await elsewhere.page.waitForSelector('.wrong:not(:empty)')
    await sound(elsewhere.page)
    await elsewhere.page.locator('input[name=code]').fill(code)
    await elsewhere.page.locator('button[type=submit]').click()
    // Whose only payment it is comes to it at once.
    await elsewhere.page.waitForSelector('.payment-line')

    // The first browser has not used it, and now it is used.
    await page.goto(link)
    await page.locator('form.notice-page button[type=submit]').click()
    await page.waitForSelector('section.notice-page')
    await sound(page)
    await page.locator('main a.button').click()
    await page.locator('input[type=email]').fill(email)
    await page.locator('button[type=submit]').click()
    await page.waitForSelector('.code')
    await page.goto(await mailedLink(before + 2))
    await page.locator('form.notice-page button[type=submit]').click()
    await page.waitForSelector('.payment-line')
    await page.reload()
    await page.waitForSelector('.payment-line')
  })
})

describe.skipIf(!browser)('the front door', () => {
  test('says so when somebody asks too often', async () => {
    const { page } = await visitor('en', 390)
    await page.goto(`${origin}/portal`)
    for (let n = 0; n < 4; n++) {
      await page.locator('input[type=email]').fill('often@example.com')
      await page.locator('button[type=submit]').click()
      if (n < 3) await page.getByRole('button', { name: 'Use another address' }).click()
    }
    await page.getByText(/tried too often.*Try again in \d+ minutes/).waitFor()
    await sound(page)
  })
})

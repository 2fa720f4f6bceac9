import { sql } from 'kysely'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildWebWhenStale } from '../../scripts/build-web.ts'
import { askCustomer } from '../../src/flows/ask-customer.ts'
import { statusLink } from '../../src/flows/status-link.ts'
import { submitRequest } from '../../src/flows/submit-request.ts'
import { listen, makeServer, type Listening } from '../../src/http/server.ts'
import { portalWorld, type PortalWorld } from '../portal-world.ts'
import { freePort } from '../world.ts'
import { startChromium } from './chromium.ts'

const browser: Browser | undefined = await startChromium()
let world: PortalWorld
let listening: Listening
let origin: string

beforeAll(async () => {
  if (!browser) return
  await buildWebWhenStale()
  const port = await freePort()
  world = await portalWorld({ port })
  origin = `http://127.0.0.1:${port}`
  const app = { ...world.app, config: { ...world.app.config, publicUrl: origin, portalUrl: origin } }
  world = { ...world, app }
  // Before the first page: what is offered is believed for a minute.
  const { customer } = await world.pays({ name: 'First' })
  await sql`update customer set country = 'DE' where id = ${customer}`.execute(world.app.db)
  listening = await listen(makeServer(app), { port, host: '127.0.0.1' })
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await listening?.close()
  await world?.close()
})

async function open(path: string, language: string, width = 390): Promise<Page> {
  const context = await browser!.newContext({
    viewport: { width, height: 844 },
    locale: language,
    colorScheme: width > 1000 ? 'dark' : 'light',
    javaScriptEnabled: false,
  })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(6_000)
  await page.goto(path.startsWith('http') ? path : origin + path)
  return page
}

const shoot = async (page: Page, name: string): Promise<void> => {
  const shots = process.env['MONEYBACK_SHOTS']
  if (shots) await page.screenshot({ path: `${shots}/${name}-${page.viewportSize()!.width}.png`, fullPage: true })
}

async function asks(name: string, paying: { used?: number; daysAgo?: number } = {}) {
  const { customer, payment } = await world.pays({ name, ...paying })
  const made = await submitRequest(world.app, {
    payment,
    reason: 'changed_mind',
    customer,
    channel: 'portal',
    by: `customer:${customer}`,
  })
  const id = made.ok ? made.value.id : ''
  const link = await statusLink(world.app, { id: `msg_${id}`, request_id: id, created_at: world.app.now() })
  return { id, customer, link: link! }
}

const paste = async (page: Page, link: string) => {
  await page.locator('#link').fill(link)
  await page.locator('main button[type=submit]').click()
}

describe.skipIf(!browser).each([
  { language: 'en', withdraw: 'Withdraw from contract here' },
  { language: 'de', withdraw: 'Vertrag widerrufen' },
  { language: 'ar', withdraw: 'الرجوع عن العقد هنا' },
])('with JavaScript switched off, in $language', ({ language, withdraw }) => {
  test(
    'the link of a letter, pasted, shows how the request stands: paid, in review with a question, denied',
    { timeout: 40_000 },
    async () => {
      const paid = await asks('Ada')
      await world.work()
      const page = await open(paid.link, language)
      await shoot(page, `noscript-enter-${language}`)
      await paste(page, paid.link)
      await page.locator('noscript [data-status=refunded] h1').waitFor()
      expect(await page.locator('.line li').count()).toBeGreaterThan(2)
      expect(await page.locator('main').innerText()).toContain('49')
      await shoot(page, `noscript-refunded-${language}`)
      await page.reload()
      await page.locator('noscript [data-status=refunded] h1').waitFor()

      const reviewed = await asks('Ben', { used: 0.4 })
      await askCustomer(world.app, { id: reviewed.id, by: 'staff:s', role: 'support', question: 'Which version?' })
      const second = await open(reviewed.link, language)
      await paste(second, reviewed.link)
      await second.locator('noscript [data-status=in_review]').waitFor()
      expect(await second.locator('.comment').first().innerText()).toBe('Which version?')
      await shoot(second, `noscript-question-${language}`)

      const denied = await asks('Cleo', { daysAgo: 100 })
      const third = await open(denied.link, language, 1280)
      await paste(third, denied.link)
      await third.locator('noscript [data-status=denied] h1').waitFor()
      await shoot(third, `noscript-denied-${language}`)
      // It is this request's link and no other's.
      await third.goto(`${origin}/portal/requests/${reviewed.id}`)
      expect(await third.locator('noscript [data-status]').count()).toBe(0)
    },
  )

  test('a link into the portal leads to the list of one’s requests', async () => {
    const { customer, id } = await asks('Dora')
    const { url } = await world.link({ customer })
    const page = await open('/portal', language)
    await paste(page, url)
    await page.locator(`main a[href^="/portal/requests/${id}"]`).click()
    await page.locator('noscript [data-status] h1').waitFor()
  })

  test('a wrong link is answered with what to do, and the field is there again', async () => {
    const page = await open('/portal/enter', language)
    await paste(page, 'https://refunds.example.com/portal/enter')
    await page.locator('[role=alert]').waitFor()
    await page.locator('#link').waitFor()
    await paste(page, `${origin}/portal/enter#t=${'A'.repeat(43)}`)
    await page.locator('[role=alert]').waitFor()
  })

  test('the rules can be read, and a contract withdrawn from in two steps', async () => {
    const page = await open('/portal', language)
    await page.locator('main a[href^="/policy/"]').click()
    expect(await page.locator('.rule').count()).toBeGreaterThan(2)
    await page.goBack()
    await page.getByRole('link', { name: withdraw }).click()
    await page.locator('#name').fill('Ada Brandt')
    await page.locator('#contract').fill('Field guide')
    await page.locator('#email').fill('ada@example.com')
    await page.locator('main button[type=submit]').click()
    await page.locator('form[action*=confirm] button').click()
    await page.locator('a[download]').waitFor()
    await shoot(page, `noscript-withdrawn-${language}`)
  })
})

describe.skipIf(!browser)('the form for a link', () => {
  test('is not taken from another site', async () => {
    const answer = await fetch(`${origin}/portal/enter`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' },
      body: `link=${encodeURIComponent((await asks('Foreign')).link)}`,
    })
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null])
  })
})

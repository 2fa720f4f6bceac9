import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildWebWhenStale } from '../../scripts/build-web.ts'
import { plainLook } from '../../src/domain/portal-look.ts'
import { changeLook, changeText } from '../../src/flows/portal-look.ts'
import { publishPolicy } from '../../src/flows/publish-policy.ts'
import { makeServer } from '../../src/http/server.ts'
import { portalWorld, type PortalWorld } from '../portal-world.ts'
import { snippets } from '../../src/web/admin/settings/embed-snippets.ts'
import { startChromium } from './chromium.ts'
import { sound } from './sound.ts'

const browser: Browser | undefined = await startChromium()
let world: PortalWorld
let desk: Server
let shops: Server
let origin: string
let shop: string
let stranger: string

const listening = async (server: Hono): Promise<[Server, number]> => {
  const http = serve({ fetch: server.fetch, port: 0, hostname: '127.0.0.1' }) as Server
  await new Promise((done) => http.once('listening', done))
  return [http, (http.address() as AddressInfo).port]
}

beforeAll(async () => {
  if (!browser) return
  await buildWebWhenStale()
  const server = new Hono()
  const [http, port] = await listening(server)
  desk = http
  origin = `http://127.0.0.1:${port}`
  world = await portalWorld({ env: { PORTAL_URL: origin, PUBLIC_URL: origin } })
  server.route('/', makeServer(world.app))

  // A merchant's page on another site (localhost is not 127.0.0.1 to a browser), with a policy of its own.
  const pages = new Hono().get('/', (c) =>
    c.html(`<!doctype html><html lang="${c.req.query('lang') ?? 'en'}"><title>Shop</title>
      <style>body { margin: 20px } .night { background: #111; color: #eee }</style>
      <body class="${c.req.query('night') ? 'night' : ''}"><main><h1>Your account</h1>
      <script async src="${origin}/portal/embed.js"></script>
      <moneyback-refunds token="${c.req.query('token') ?? ''}"></moneyback-refunds></main></body></html>`),
  )
  // The snippet that the settings show, as it is.
  pages.get('/copied', (c) =>
    c.html(
      `<!doctype html><html lang="en"><title>Shop</title><h1>Copied</h1>${snippets.html.text(origin).replace(/"TOKEN"/, `"${c.req.query('token') ?? ''}"`)}`,
    ),
  )
  const [http2, port2] = await listening(pages)
  shops = http2
  shop = `http://localhost:${port2}`
  stranger = `http://127.0.0.1:${port2}`
  await changeLook(world.app, { look: { ...plainLook, origins: [shop] }, by: 'staff:sam' })
}, 60_000)

afterAll(async () => {
  if (!browser) return
  await browser.close()
  for (const http of [desk, shops]) {
    http.closeAllConnections()
    http.close()
  }
  await world.close()
})

async function open(url: string, width = 390): Promise<Page> {
  // What is on by default in Safari and Firefox: nothing of third parties is kept.
  const context = await browser!.newContext({ viewport: { width, height: 844 }, reducedMotion: 'reduce' })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(8_000)
  await page.goto(url)
  return page
}

const inside = async (page: Page): Promise<Frame> => {
  await page.waitForSelector('moneyback-refunds iframe')
  const frame = page.frames().find((each) => each.url().startsWith(`${origin}/portal/embed`))
  expect(frame).toBeDefined()
  return frame!
}

describe.skipIf(!browser)('the portal on a page of another site', () => {
  test.each([390, 1280])(
    'at %i px: from the payments to the answer, live, without a cookie, as high as what it shows',
    async (width) => {
      const { customer } = await world.pays({ name: `Embed${width}` })
      const { token } = await world.link({ customer })
      const page = await open(`${shop}/?token=${token}`, width)
      const frame = await inside(page)
      await frame.waitForSelector('.payment')
      const height = async () => (await page.locator('moneyback-refunds iframe').boundingBox())!.height
      const content = () => frame.evaluate('document.body.offsetHeight') as Promise<number>
      await expect.poll(async () => Math.abs((await height()) - (await content()))).toBeLessThan(2)
      const before = await height()
      await frame.locator('.payment').click()
      await frame.waitForSelector('.reasons')
      await expect.poll(height).toBeGreaterThan(before)
      await frame.locator('.reason').first().click()
      await frame.locator('button[type=submit]').click()
      await frame.locator('.deeds .button').first().click()
      await frame.waitForSelector('[data-status=approved]')
      await world.work()
      await frame.waitForSelector('[data-status=refunded]')
      await page.evaluate('history.back()')
      await frame.waitForSelector('.chosen')
      expect(await page.context().cookies()).toEqual([])
    },
  )

  test('the snippet for plain HTML works as it is copied, with a token in the place of TOKEN', async () => {
    const { customer } = await world.pays({ name: 'Copied' })
    const { token } = await world.link({ customer })
    const page = await open(`${shop}/copied?token=${token}`)
    const frame = await inside(page)
    await frame.waitForSelector('.payment')
    expect(await page.context().cookies()).toEqual([])
  })

  test('follows the page’s language and theme, also when they change', async () => {
    const { customer } = await world.pays({ name: 'Follows' })
    const { token } = await world.link({ customer })
    const page = await open(`${shop}/?lang=de&night=1&token=${token}`)
    const frame = await inside(page)
    await frame.getByRole('heading', { name: 'Ihre Zahlungen' }).waitFor()
    expect(await frame.evaluate('document.documentElement.dataset.theme')).toBe('dark')
    await page.evaluate(`document.body.className = ''; document.documentElement.lang = 'ar'`)
    await frame.waitForSelector('html[dir=rtl][data-theme=light]')
    await frame.getByRole('heading', { name: 'مدفوعاتكم' }).waitFor()
    await sound(page)
  })

  test('is not shown on a site that is not on the list', async () => {
    const { customer } = await world.pays({ name: 'Stranger' })
    const { token } = await world.link({ customer })
    const page = await open(`${stranger}/?token=${token}`)
    await page.waitForSelector('moneyback-refunds iframe')
    const answer = await fetch(`${origin}/portal/embed?origin=${encodeURIComponent(stranger)}`)
    expect(answer.status).toBe(403)
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(answer.headers.get('x-frame-options')).toBe('DENY')
    // The token was never handed over: it still opens the portal elsewhere.
    const direct = await open(`${origin}/portal/enter#t=${token}`)
    await direct.waitForSelector('.payment')
  })

  test('a frame that claims another origin than its own is shown by no browser', async () => {
    const page = await open(`${stranger}/?token=none`)
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('iframe'), { src: '${origin}/portal/embed?origin=${encodeURIComponent(shop)}' }))`,
    )
    await expect.poll(() => complaints.some((text) => /frame-ancestors|Framing/.test(text))).toBe(true)
  })

  test('a message from somebody else is not heard', async () => {
    const { customer } = await world.pays({ name: 'Eaves' })
    const { token } = await world.link({ customer })
    const page = await open(`${shop}/?token=`)
    const frame = await inside(page)
    await frame.waitForSelector('main')
    // From the frame's own window, not from the page around it.
    await frame.evaluate(`postMessage({ moneyback: 'enter', token: '${token}' }, '*')`)
    await frame.evaluate(`parent.postMessage({ moneyback: 'height', height: 9999 }, '*')`)
    await page.evaluate(`postMessage({ moneyback: 'height', height: 7777 }, '*')`)
    await expect.poll(async () => (await page.locator('iframe').boundingBox())!.height).not.toBe(7777)
    const direct = await open(`${origin}/portal/enter#t=${token}`)
    await direct.waitForSelector('.payment')
  })
})

describe.skipIf(!browser).each(['en', 'de', 'ar'])('the policy page in %s', (language) => {
  test.each([390, 1280])('at %i px stands without JavaScript, with version and earlier versions', async (width) => {
    const context = await browser!.newContext({ javaScriptEnabled: false, viewport: { width, height: 844 } })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await page.goto(`${origin}/policy/${language}`)
    expect(await page.locator('html').getAttribute('dir')).toBe(language === 'ar' ? 'rtl' : 'ltr')
    expect(await page.locator('.rule').count()).toBeGreaterThan(3)
    expect(await page.locator('script[src]').count()).toBe(0)
    // Looked at by axe in a browser that runs its script.
    const checking = await browser!.newPage({ viewport: { width, height: 844 } })
    onTestFinished(() => checking.close())
    await checking.goto(`${origin}/policy/${language}`)
    await sound(checking)
  })
})

describe.skipIf(!browser)('without JavaScript', () => {
  test('a request’s page says how it stands, to its owner alone', async () => {
    const { customer, payment } = await world.pays({ name: 'Plain' })
    const { token } = await world.link({ customer })
    const scripted = await browser!.newContext()
    const page = await scripted.newPage()
    await page.goto(`${origin}/portal/enter#t=${token}`)
    await page.waitForSelector('.payment')
    await page.goto(`${origin}/portal/payments/${payment}/refund?reason=changed_mind`)
    await page.locator('.deeds .button').first().click()
    await page.waitForSelector('.answer')
    const url = page.url()
    await world.work()
    const cookies = await scripted.cookies()
    await scripted.close()

    const plain = await browser!.newContext({ javaScriptEnabled: false, locale: 'de' })
    onTestFinished(() => plain.close())
    await plain.addCookies(cookies)
    const still = await plain.newPage()
    await still.goto(url)
    expect(await still.getByRole('heading', { level: 1 }).innerText()).toBe('Ihre Erstattung wurde gesendet')
    expect(await still.locator('.line li').count()).toBe(4)
    expect(await still.locator('.skeleton').isVisible()).toBe(false)
    await plain.clearCookies()
    await still.goto(url)
    expect(await still.locator('main').innerText()).not.toContain('49')
  })
})

describe.skipIf(!browser)('the merchant’s own look and words', () => {
  test('reach the page: name, corner, colour made readable, and sentences, at once and after a change of language', async () => {
    const look = { ...plainLook, name: 'Acme', accent: '#ffee00', radius: 2, origins: [shop] } as const
    expect((await changeLook(world.app, { look, by: 'staff:sam' })).ok).toBe(true)
    for (const [language, text] of [
      ['en', 'All that you paid us'],
      ['de', 'Alles, was Sie uns bezahlt haben'],
    ] as const)
      await changeText(world.app, { language, key: 'payments.title', text, blanks: [], by: 'staff:sam' })
    const { customer } = await world.pays({ name: 'Looked' })
    const { token } = await world.link({ customer })
    const page = await open(`${origin}/portal/enter#t=${token}`)
    await page.getByRole('heading', { name: 'All that you paid us' }).waitFor()
    expect(await page.locator('.shop').innerText()).toBe('Acme')
    await sound(page)
    await page.getByLabel('Language').selectOption('de')
    await page.getByRole('heading', { name: 'Alles, was Sie uns bezahlt haben' }).waitFor()
    await changeLook(world.app, { look: { ...plainLook, origins: [shop] }, by: 'staff:sam' })
  })

  test('an alternative stands below the refund, calls a person when it is chosen, and the refund can still be had', async () => {
    const alternatives = [
      { name: 'pause', title: { en: 'Pause for two months' }, text: { en: 'You pay nothing meanwhile.' }, url: null },
    ]
    await changeLook(world.app, { look: { ...plainLook, origins: [shop], alternatives }, by: 'staff:sam' })
    const { customer, payment } = await world.pays({ name: 'Pause' })
    const { token } = await world.link({ customer })
    const page = await open(`${origin}/portal/enter#t=${token}`)
    await page.waitForSelector('.payment')
    await page.goto(`${origin}/portal/payments/${payment}/refund?reason=changed_mind`)
    const refund = page.getByRole('button', { name: 'Refund €49.00' })
    const other = page.getByRole('button', { name: 'I would like this' })
    expect((await refund.boundingBox())!.y).toBeLessThan((await other.boundingBox())!.y)
    await sound(page)
    await other.click()
    await page.getByText('We have noted it').waitFor()
    await sound(page)
    await refund.click()
    await page.waitForSelector('[data-status=approved]')
    await changeLook(world.app, { look: { ...plainLook, origins: [shop] }, by: 'staff:sam' })
  })

  test('a policy that is published in between changes nothing unseen: the new answer is shown before the deed', async () => {
    const { customer, payment } = await world.pays({ name: 'Between' })
    const { token } = await world.link({ customer })
    const page = await open(`${origin}/portal/enter#t=${token}`)
    await page.waitForSelector('.payment')
    await page.goto(`${origin}/portal/payments/${payment}/refund?reason=changed_mind`)
    await page.getByRole('button', { name: 'Refund €49.00' }).waitFor()
    const source = 'policy: None\nrules: []\notherwise:\n  then: deny\n  say: { en: Nothing is refunded any more. }\n'
    const published = await publishPolicy(world.app, { source, comment: 'stricter', by: 'moneyback', role: 'owner' })
    expect(published.ok).toBe(true)
    await page.getByRole('button', { name: 'Refund €49.00' }).click()
    await page.getByText('This has changed since you last looked').waitFor()
    await page.getByText('Nothing is refunded any more.').waitFor()
    await sound(page)
  })
})

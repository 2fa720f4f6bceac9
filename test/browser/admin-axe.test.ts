import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildWebWhenStale } from '../../scripts/build-web.ts'
import { createStaff } from '../../src/http/admin/auth.ts'
import { openWorld, type World } from '../world.ts'
import { startChromium } from './chromium.ts'

const browser: Browser | undefined = await startChromium()
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const staff = { email: 'olga@example.com', name: 'Olga', role: 'owner', password: 'correct horse battery' } as const

let world: World
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>
let request: string
let payment: string

beforeAll(async () => {
  if (!browser) return
  await buildWebWhenStale()
  world = await openWorld()
  await createStaff(world.app, staff)
  const bought = await world.subscribes()
  payment = bought.payment
  await world.settle()
  request = (await world.ask(payment, { comment: 'It does <b>not</b> export.' })).id
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${world.url}/admin/queue`)
  await page.getByLabel('E-mail').fill(staff.email)
  await page.getByLabel('Password').fill(staff.password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Queue', level: 1 }).waitFor()
  signedIn = await page.context().storageState()
  await page.context().close()
}, 180_000)

afterAll(async () => {
  await browser?.close()
  await world?.[Symbol.asyncDispose]()
})

type Look = { readonly width: number; readonly dark: boolean }

async function open(path: string, { width, dark }: Look, storageState = signedIn): Promise<Page> {
  const context = await browser!.newContext({
    storageState,
    viewport: { width, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.goto(`${world.url}/admin${path}`)
  await page.locator('h1:not([role=status] *):visible').first().waitFor()
  return page
}

// As text, because it runs in the page, where this file's types do not hold.
const findFaults = `(async () => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth
  const { violations } = await axe.run()
  return [...violations.map((one) => one.id + ': ' + one.nodes[0].html), ...(wide > 0 ? [wide + ' px too wide'] : [])]
})()`

async function faultless(page: Page): Promise<void> {
  await page.evaluate(axe)
  expect(await page.evaluate<string[]>(findFaults)).toEqual([])
}

const settings = [
  'first-steps',
  'stripe',
  'refunds',
  'team',
  'desk',
  'incidents',
  'reasons',
  'templates',
  'mail',
  'withdrawal',
  'portal',
  'api-keys',
  'webhooks',
  'me',
  'look',
]
const views = [
  '/queue',
  '/queue?view=exceptions',
  '/queue?q=nobody',
  '/queue?open=$REQUEST',
  '/requests',
  '/requests?q=nobody',
  '/requests/$REQUEST',
  '/requests/rr_none',
  '/payments',
  '/payments?q=nobody',
  '/payments/$PAYMENT',
  '/policy',
  '/reports',
  '/audit',
  ...settings.map((page) => `/settings/${page}`),
  '/settings/none',
]
const looks: readonly Look[] = [
  { width: 1440, dark: false },
  { width: 1024, dark: true },
  { width: 390, dark: false },
  { width: 390, dark: true },
]

describe.skipIf(!browser)('axe finds nothing, and nothing is wider than the screen', () => {
  test('the pages of the settings that are looked at are all of them', async () => {
    const page = await open('/settings', looks[0]!)
    const linked = await page
      .locator('nav[aria-label=Settings] a')
      .evaluateAll((links) => links.map((link) => String(link.getAttribute('href')).replace('/admin/settings/', '')))
    expect(linked.sort()).toEqual([...settings].sort())
  })

  describe.each(looks)('at $width px, dark: $dark', (look) => {
    test.each(views)('%s', async (view) => {
      await faultless(await open(view.replace('$REQUEST', request).replace('$PAYMENT', payment), look))
    })

    test('signing in', async () => {
      await faultless(await open('/sign-in', look, { cookies: [], origins: [] }))
    })

    test.each([
      ['approve', 'a', 'What will happen:'],
      ['a part', 'p', 'Amount (USD)'],
      ['deny', 'd', 'Why, for colleagues'],
      ['ask', 'q', 'Your question'],
      ['snooze', 'z', 'Until'],
      ['handled elsewhere', 'h', 'How was it settled?'],
    ])('a request, with the form to %s open', async (_, key, shown) => {
      const page = await open(`/requests/${request}`, look)
      await page.getByRole('button', { name: /^Approve \$/ }).waitFor()
      await page.keyboard.press(key)
      await page.getByText(shown).first().waitFor()
      await faultless(page)
    })

    test.each([
      ['the palette', 'Control+k'],
      ['the list of keys', '?'],
    ])('%s', async (_, key) => {
      const page = await open('/queue', look)
      await page.locator('[id^=row-]').first().waitFor()
      await page.keyboard.press(key)
      await page.getByRole('dialog').first().waitFor()
      await faultless(page)
    })

    test('the payments when their server can’t be reached', async () => {
      const page = await open('/requests', look)
      await page.route('**/admin/api/payments**', (route) => route.abort())
      await page.goto(`${world.url}/admin/payments`)
      await page
        .getByRole('button', { name: /try again|again/i })
        .first()
        .waitFor()
      await faultless(page)
    })
  })
})

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { sql } from 'kysely'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildWebWhenStale } from '../../scripts/build-web.ts'
import { listen, makeServer, type Listening } from '../../src/http/server.ts'
import { portalWorld, type PortalWorld } from '../portal-world.ts'
import { freePort } from '../world.ts'
import { startChromium } from './chromium.ts'

const browser: Browser | undefined = await startChromium()
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let world: PortalWorld
let listening: Listening
let origin: string

beforeAll(async () => {
  if (!browser) return
  await buildWebWhenStale()
  const port = await freePort()
  world = await portalWorld({ port })
  origin = `http://127.0.0.1:${port}`
  listening = await listen(makeServer(world.app), { port, host: '127.0.0.1' })
  const { customer } = await world.pays({ name: 'First' })
  await sql`update customer set country = 'DE' where id = ${customer}`.execute(world.app.db)
}, 60_000)

afterAll(async () => {
  if (!browser) return
  await browser.close()
  await listening.close()
  await world.close()
})

const words = {
  en: {
    link: 'Withdraw from contract here',
    next: 'Continue',
    confirm: 'Confirm withdrawal',
    done: 'Your withdrawal has reached us',
  },
  de: {
    link: 'Vertrag widerrufen',
    next: 'Weiter',
    confirm: 'Widerruf bestätigen',
    done: 'Ihr Widerruf ist eingegangen',
  },
  ar: { link: 'الرجوع عن العقد هنا', next: 'متابعة', confirm: 'تأكيد الرجوع عن العقد', done: 'وصلنا رجوعكم عن العقد' },
} as const

const looks = (['en', 'de', 'ar'] as const).flatMap((language) => [
  { language, width: 390, dark: language === 'de' },
  { language, width: 1280, dark: language !== 'de' },
])

async function sound(page: Page, name: string): Promise<void> {
  await page.evaluate(axe)
  const faults =
    await page.evaluate(`axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target).join(', ')))`)
  expect(faults).toEqual([])
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  const shots = process.env['MONEYBACK_SHOTS']
  const { width } = page.viewportSize()!
  if (shots)
    await page.screenshot({
      path: `${shots}/${name}-${await page.evaluate('document.documentElement.lang')}-${width}.png`,
      fullPage: true,
    })
}

describe.skipIf(!browser).each(looks)(
  'in Chromium at $width px in $language, without a script',
  ({ language, width, dark }) => {
    const said = words[language]

    test('two steps, without signing in: what is missing is told, and the acknowledgement can be saved', async () => {
      const context = await browser!.newContext({
        viewport: { width, height: 844 },
        locale: language,
        colorScheme: dark ? 'dark' : 'light',
        acceptDownloads: true,
      })
      onTestFinished(() => context.close())
      const page = await context.newPage()
      // The link stands on the way in, before anybody has signed in.
      await page.goto(`${origin}/portal/enter`)
      await page.getByRole('link', { name: said.link }).click()
      await page.waitForSelector('form.withdrawal')
      await sound(page, 'withdrawal-1')
      await page.getByRole('button', { name: said.next }).click()
      await page.waitForSelector('[aria-invalid=true]')
      await sound(page, 'withdrawal-missing')
      await page.locator('#name').fill('Ada Brandt')
      await page.locator('#contract').fill('Field guide, 24 November')
      await page.locator('#email').fill('ada@example.com')
      await page.getByRole('button', { name: said.next }).click()
      await page.getByRole('button', { name: said.confirm }).waitFor()
      await sound(page, 'withdrawal-2')
      await page.getByRole('button', { name: said.confirm }).click()
      await page.getByRole('heading', { name: said.done }).waitFor()
      await sound(page, 'withdrawal-done')
      const [download] = await Promise.all([page.waitForEvent('download'), page.locator('a[download]').click()])
      expect(await readFile(await download.path(), 'utf8')).toContain('Ada Brandt')
      await page.reload()
      await page.getByRole('heading', { name: said.done }).waitFor()
    })
  },
)

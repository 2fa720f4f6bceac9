import { sql } from 'kysely'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildWebWhenStale } from '../../scripts/build-web.ts'
import { createStaff } from '../../src/http/admin/auth.ts'
import { openMailbox, type Mailbox } from '../mailbox.ts'
import { openWorld, type World } from '../world.ts'
import { startChromium } from './chromium.ts'
import { sound } from './sound.ts'

const browser: Browser | undefined = await startChromium()
const staff = { email: 'olga@example.com', name: 'Olga', role: 'owner', password: 'correct horse battery' } as const

let world: World
let mailbox: Mailbox
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>

beforeAll(async () => {
  if (!browser) return
  await buildWebWhenStale()
  mailbox = await openMailbox()
  world = await openWorld({ env: { SMTP_URL: mailbox.url } })
  await createStaff(world.app, staff)
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${world.url}/admin/queue`)
  await page.getByLabel('E-mail').fill(staff.email)
  await page.getByLabel('Password').fill(staff.password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Queue', level: 1 }).waitFor()
  signedIn = await page.context().storageState()
  await page.context().close()
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await world?.[Symbol.asyncDispose]()
  await mailbox?.close()
})

async function open(path: string, width: number): Promise<Page> {
  const context = await browser!.newContext({
    storageState: signedIn,
    viewport: { width, height: 900 },
    colorScheme: width > 1000 ? 'light' : 'dark',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  const wrong: string[] = []
  page.on('pageerror', (error) => wrong.push(error.message))
  // A refusal that is shown in words is an answer of 422, which the browser notes as well.
  page.on('console', (line) => line.type() === 'error' && !line.text().includes('422') && wrong.push(line.text()))
  onTestFinished(async () => {
    await context.close()
    expect(wrong).toEqual([])
  })
  await page.goto(`${world.url}${path}`)
  return page
}

const shoot = async (page: Page, name: string): Promise<void> => {
  const shots = process.env['MONEYBACK_SHOTS']
  if (shots) await page.screenshot({ path: `${shots}/${name}-${page.viewportSize()!.width}.png`, fullPage: true })
}

/** WCAG’s contrast of two colours as a browser computes them. */
function contrast(a: string, b: string): number {
  const light = (colour: string): number => {
    const [r = 0, g = 0, bl = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
      const v = Number(part) / 255
      return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * bl
  }
  const [dark, bright] = [light(a), light(b)].sort((x, y) => x - y)
  return (bright! + 0.05) / (dark! + 0.05)
}

const card = (page: Page, title: string) =>
  page.locator('section', { has: page.getByRole('heading', { name: title, exact: true }) })

describe.skipIf(!browser).each([1440, 390])('Settings, Portal in Chromium at %i px', (width) => {
  test('a look is tried live, a colour that could not be read is corrected, and what is saved is what customers see', async () => {
    const page = await open('/admin/settings/portal', width)
    const preview = page.frameLocator('iframe[title="What customers see"]')
    await preview.getByRole('heading', { name: 'Your payments' }).waitFor()
    await page.getByLabel('Name', { exact: true }).fill(`Acme ${width}`)
    await preview.getByText(`Acme ${width}`).waitFor()
    await page.getByLabel('Colour').fill('#ffee00')
    const button = preview.locator('.button').first()
    const colours = () =>
      button.evaluate((element) => {
        // oxlint-disable-next-line typescript/no-explicit-any -- runs in the browser
        const style = (globalThis as any).getComputedStyle(element)
        return [style.backgroundColor as string, style.color as string] as const
      })
    // Yellow on white is not readable, in the dark it is: there it may stay.
    const told = await preview.locator('html').evaluate(
      // oxlint-disable-next-line typescript/no-explicit-any -- runs in the browser
      () => (globalThis as any).matchMedia('(prefers-color-scheme: dark)').matches as boolean,
    )
    await expect.poll(async () => (await colours())[0] === 'rgb(255, 238, 0)').toBe(told)
    const [ground, ink] = await colours()
    expect(contrast(ground, ink)).toBeGreaterThanOrEqual(4.5)
    await page.getByLabel('Preview in').selectOption('ar')
    await preview.locator('html[dir=rtl]').waitFor()
    await shoot(page, 'settings-portal')
    await sound(page)
    // Nobody else sees it before it is saved.
    const style = () => fetch(`${world.url}/portal/look.css`).then((answer) => answer.text())
    const before = await style()
    await page.getByLabel(/Sites that may show it/).fill('http://shop.example.com')
    await page.getByRole('button', { name: 'Save the look' }).click()
    await page.getByText('write https:// and the host').waitFor()
    expect(await style()).toBe(before)
    await page.getByLabel(/Sites that may show it/).fill('https://shop.example.com')
    await page.getByRole('button', { name: 'Save the look' }).click()
    await page.getByText('Saved.').waitFor()
    expect(await style()).toContain('--accent')
    expect(await (await fetch(`${world.url}/portal`)).text()).toContain(`Acme ${width}`)
  })

  test('a sentence of the portal, of a mail and of the withdrawal is the merchant’s own, shown before and sent after', async () => {
    const page = await open('/admin/settings/portal', width)
    const words = card(page, 'Words')
    const change = async (where: string, find: string, key: string, text: string) => {
      await words.getByLabel('Where').selectOption(where)
      await words.getByLabel('Find a sentence').fill(find)
      await words.getByLabel(key, { exact: true }).fill(text)
      const item = words.locator('li', { has: page.getByLabel(key, { exact: true }) })
      await item.getByRole('button', { name: 'Save' }).click()
      return item
    }
    await change('portal', 'payments.lead', 'payments.lead', `Hello ${width}.`)
    const mail = await change('mail', 'in_review.body', 'mail.letters.in_review.body', `Own ${width}: {payment}.`)
    // A blank that is lost would be a letter without what it is about.
    await mail.getByText('{due} is missing').waitFor()
    await change('mail', 'in_review.body', 'mail.letters.in_review.body', `Own ${width}: {payment}, {due}.`)
    await mail.getByText(`Reads: Own ${width}: Studio (€49.00), 5 May.`).waitFor()
    await change('withdrawal', 'withdrawal.lead', 'withdrawal.lead', `Two steps ${width}.`)
    await page.frameLocator('iframe[title="Withdrawal, step 1"]').getByText(`Two steps ${width}.`).waitFor()
    await shoot(page, 'settings-words')
    await sound(page)

    await page.goto(`${world.url}/admin/settings/mail`)
    await page.getByLabel('Letter', { exact: true }).selectOption('in_review')
    await page
      .frameLocator('iframe')
      .locator('p', { hasText: `Own ${width}: Studio` })
      .waitFor()
    await page.getByLabel('mail.letters.in_review.subject').fill(`Subject ${width}`)
    await page
      .locator('li', { has: page.getByLabel('mail.letters.in_review.subject') })
      .getByRole('button', { name: 'Save' })
      .click()
    await page
      .frameLocator('iframe')
      .getByRole('heading', { name: `Subject ${width}` })
      .waitFor()
    await shoot(page, 'settings-mail-words')
    await sound(page)

    mailbox.mails.length = 0
    const { customer, payment } = await world.subscribes()
    await world.settle()
    await world.ask(payment, { locale: 'en' })
    await world.settle()
    await expect.poll(() => mailbox.mails.length).toBeGreaterThan(0)
    const letter = mailbox.mails.find(({ headers }) => headers['subject'] === `Subject ${width}`)
    expect(letter?.text).toContain(`Own ${width}: `)
    // Another language is as it was.
    await sql`update customer set country = 'DE' where id = ${customer}`.execute(world.app.db)
    const own = (await (await fetch(`${world.url}/portal/words/en`)).json()) as Record<string, string>
    expect(own).toEqual({ 'payments.lead': `Hello ${width}.` })
    expect(await (await fetch(`${world.url}/portal/words/de`)).json()).toEqual({})
  }, 60_000)

  test('an alternative is written in any of the ten languages, and counted in the reports', async () => {
    await sql`update portal_look set look = jsonb_set(look, '{alternatives}', '[]')`.execute(world.app.db)
    const page = await open('/admin/settings/portal', width)
    const box = card(page, 'Alternatives')
    await box.getByRole('button', { name: 'Add one' }).click()
    await box.getByLabel('Name in reports').fill('pause')
    await box.getByLabel('Title (English)').fill('Pause for a month')
    await box.getByLabel('Sentence (English)').fill('Nothing is charged meanwhile.')
    await box.getByLabel('Words in').selectOption('ja')
    await box.getByLabel('Title (日本語)').fill('1か月休止')
    await box.getByText(/Not written yet: .*日本語/).waitFor()
    await box.getByLabel('Sentence (日本語)').fill('その間、請求はありません。')
    await box.getByText('Not written yet: Deutsch').waitFor()
    await box.getByRole('button', { name: 'Save the alternatives' }).click()
    await expect
      .poll(
        async () => (await sql<{ look: unknown }>`select look from portal_look`.execute(world.app.db)).rows[0]?.look,
      )
      .toMatchObject({ alternatives: [{ title: { en: 'Pause for a month', ja: '1か月休止' } }] })
    await shoot(page, 'settings-alternatives')
    await sound(page)
    await world.subscribes()
    await world.settle()
    await sql`insert into portal_alternative (account_id, name, payment_id, shown_at, taken_at)
      select account_id, 'pause', id, now(), now() from payment on conflict do nothing`.execute(world.app.db)
    await page.goto(`${world.url}/admin/reports`)
    await page.getByRole('heading', { name: 'Alternatives beside a refund' }).waitFor()
    await page.getByRole('cell', { name: 'pause' }).waitFor()
    await shoot(page, 'reports-alternatives')
    await sound(page)
  }, 40_000)
})

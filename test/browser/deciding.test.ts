import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildWebWhenStale } from '../../scripts/build-web.ts'
import { sql } from 'kysely'
import { approveRequest } from '../../src/flows/approve-request.ts'
import { addNote } from '../../src/flows/add-note.ts'
import { createStaff } from '../../src/http/admin/auth.ts'
import { colleague, inReview } from '../cases.ts'
import { openWorld, type World } from '../world.ts'
import { startChromium } from './chromium.ts'
import { sound } from './sound.ts'

const browser: Browser | undefined = await startChromium()
const staff = { email: 'olga@example.com', name: 'Olga', role: 'owner', password: 'correct horse battery' } as const

let world: World
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>
let small: string
let large: string

beforeAll(async () => {
  if (!browser) return
  await buildWebWhenStale()
  world = await openWorld()
  await createStaff(world.app, staff)
  await sql`update staff set role_since = now() - interval '30 days', "createdAt" = now() - interval '30 days'`.execute(
    world.app.db,
  )
  await colleague(world, { id: 'f', role: 'finance' })
  await colleague(world, { id: 's', role: 'support' })
  const bought = await world.subscribes({ card: 'pm_card_mastercard' })
  await world.subscribes({ card: 'pm_card_mastercard' }).then(async ({ payment }) => {
    await world.settle()
    await world.ask(payment, { reason: 'too_expensive' })
  })
  await world.settle()
  small = (await world.ask(bought.payment, { reason: 'other', comment: 'It was for my brother.' })).id
  large = (await inReview(world, 1_500_000)).request.id
  await approveRequest(world.app, { id: large, by: 'staff:f', role: 'finance', note: 'Agreed on the phone.' })
  world.later(60)
  await addNote(world.app, { id: large, by: 'staff:s', note: 'They called again: only the half is wanted.' })
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${world.url}/admin/queue`)
  await page.getByLabel('E-mail').fill(staff.email)
  await page.getByLabel('Password').fill(staff.password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Queue', level: 1 }).waitFor()
  signedIn = await page.context().storageState()
  await page.context().close()
}, 90_000)

afterAll(async () => {
  await browser?.close()
  await world?.[Symbol.asyncDispose]()
})

async function open(
  path: string,
  width: number,
  scheme: 'light' | 'dark' = width > 1000 ? 'light' : 'dark',
): Promise<Page> {
  const context = await browser!.newContext({
    storageState: signedIn,
    viewport: { width, height: 900 },
    colorScheme: scheme,
  })
  const page = await context.newPage()
  const wrong: string[] = []
  page.on('pageerror', (error) => wrong.push(error.message))
  page.on('console', (line) => line.type() === 'error' && !/status of 422/.test(line.text()) && wrong.push(line.text()))
  onTestFinished(async () => {
    await context.close()
    expect(wrong).toEqual([])
  })
  await page.goto(`${world.url}/admin${path}`)
  return page
}

const shoot = async (page: Page, name: string): Promise<void> => {
  const shots = process.env['MONEYBACK_SHOTS']
  if (shots) await page.screenshot({ path: `${shots}/${name}-${page.viewportSize()!.width}.png`, fullPage: true })
}

describe.skipIf(!browser).each([390, 1440])('deciding in Chromium at %i px', (width) => {
  test('signals say what is so, and each one opens to the requests that it counts', async () => {
    const page = await open(`/requests/${small}`, width)
    const card = page.locator('[data-signal=card]')
    await card.getByText('The same card also paid for 1 other customer: 1 request, 1 undecided.').waitFor()
    await card.locator('summary').click()
    await card.getByText('Families and companies share cards').waitFor()
    await shoot(page, 'signals')
    await sound(page)
    await card.getByRole('link', { name: /Customer 2, It is too expensive for me/ }).click()
    await page.getByText('Customer 2', { exact: false }).first().waitFor()
  })

  test('the second of two reads what is new since the first, and who may complete it, before anything is clicked', async () => {
    const page = await open(`/requests/${large}`, width)
    await page.getByRole('heading', { name: 'Since then' }).waitFor()
    await page.locator('[data-change=note]').getByText('only the half is wanted').waitFor()
    const needs = page.locator('details', { hasText: 'This takes 2 people' })
    await needs.locator('summary').click()
    await needs.getByText('Can complete it now').waitFor()
    expect(await needs.locator('dd').first().innerText()).toBe('you')
    await shoot(page, 'four-eyes')
    await sound(page)
  })

  test('a reason is added with a name in German, moved with the keys, archived and restored', async () => {
    const code = `too_slow_${width}`
    const page = await open('/settings/reasons', width)
    await page.getByRole('button', { name: 'New reason' }).click()
    await page.getByLabel('In English').fill(`It is too slow (${width})`)
    await page.getByLabel('Add a language').selectOption('de')
    await page.getByLabel('In German').fill('Es ist zu langsam')
    await page.getByLabel('Code').fill('Too slow')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').getByText('A code is 1 to 60 lower-case letters').waitFor()
    await page.getByLabel('Code').fill(code)
    await page.getByRole('button', { name: 'Save' }).click()
    const row = page.locator(`[data-reason=${code}]`)
    await row.getByText('In English for: French').waitFor()
    const handle = row.getByRole('button', { name: /^Move/ })
    await handle.focus()
    const at = () => row.evaluate((li) => [...li.parentElement!.children].indexOf(li))
    const before = await at()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    await expect.poll(at, { timeout: 10_000 }).toBe(before - 2)
    expect(await handle.evaluate((button) => button.matches(':focus'))).toBe(true)
    await shoot(page, 'reasons')
    await sound(page)
    await row.getByRole('button', { name: /^Archive/ }).click()
    await page.getByRole('button', { name: `Restore It is too slow (${width})` }).click()
    await row.waitFor()
    const kept = await world.rows<{ code: string }>(
      'select code from reason where archived_at is null order by position, code',
    )
    expect(kept.findIndex((one) => one.code === code)).toBe(before - 2)
    await page.getByRole('link', { name: 'Queue' }).first().click()
    await page.getByLabel('Reason').selectOption(code)
    await shoot(page, 'queue')
  })

  test('a part is suggested with its working, a reply fills in, and the letter is read in the customer’s language', async () => {
    const page = await open(`/requests/${small}`, width)
    await page.getByRole('heading', { name: 'Refund or dispute' }).waitFor()
    await page.getByText('How this is worked out').click()
    await page.getByText('A dispute costs on average, 30 % won (assumed)').waitFor()
    await shoot(page, 'refund-or-dispute')
    await page.getByRole('button', { name: 'A part' }).click()
    await page.getByText(/of 3\d days are left: \$29\.00 ×/).waitFor()
    await page.getByRole('button', { name: /^Half/ }).click()
    await page.getByText('The letter, in').waitFor({ state: 'detached' })
    await page
      .locator('button[title]', { hasText: /./ })
      .and(page.locator('p:has-text("Texts in") button'))
      .first()
      .click()
    await page.getByText('The letter, in English').waitFor()
    await page.getByText('Your refund of $14.50 is approved').last().waitFor()
    await shoot(page, 'approve-part')
    await sound(page)
  })

  test('a request is given to a colleague by name, and taken back', async () => {
    const page = await open(`/requests/${small}`, width)
    const whose = page.getByLabel(/^Whose it is/)
    await whose.selectOption({ label: 'Colleague f, finance' })
    const assignee = async () =>
      (await world.rows<{ assignee: string | null }>(`select assignee from refund_request where id = '${small}'`))[0]!
        .assignee
    await expect.poll(assignee, { timeout: 10_000 }).toBe('staff:f')
    await whose.selectOption({ label: 'Nobody’s' })
    await expect.poll(assignee, { timeout: 10_000 }).toBeNull()
    await sound(page)
  })

  test('rates, fees of disputes and the assumed share are set beside the limits', async () => {
    const page = await open('/settings/desk', width)
    const currency = width > 1000 ? 'nok' : 'sek'
    await page.getByLabel('Another currency for the rates').fill(currency)
    await page.getByRole('button', { name: 'Add' }).first().click()
    const rate = page.getByLabel(`${currency.toUpperCase()} for one USD`)
    await rate.fill('zero')
    await page.getByText('A number above zero, such as 0.92.').waitFor()
    await rate.fill('10,25')
    await page.getByLabel('Another currency for the fees').fill(currency)
    await page.getByRole('button', { name: 'Add' }).last().click()
    await page.getByLabel(`Fee of a dispute in ${currency.toUpperCase()}`).fill('150')
    await page.getByLabel('Disputes won (%)').fill('45')
    await shoot(page, 'limits')
    await sound(page)
    await page.getByRole('button', { name: 'Save' }).click()
    const kept = () =>
      world
        .rows<{
          settings: { rates: Record<string, number>; dispute_fees: Record<string, number>; win_percent: number }
        }>('select settings from desk')
        .then((rows) => rows[0]?.settings)
    await expect.poll(async () => (await kept())?.rates[currency], { timeout: 10_000 }).toBe(10.25)
    expect(await kept()).toMatchObject({ dispute_fees: { [currency]: 15_000 }, win_percent: 45 })
    await sql`delete from desk`.execute(world.app.db)
  })
})

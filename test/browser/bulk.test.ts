import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { sql } from 'kysely'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildWebWhenStale } from '../../scripts/build-web.ts'
import { linkAudit } from '../../src/db/audit-chain.ts'
import { createStaff } from '../../src/http/admin/auth.ts'
import { openWorld, type World } from '../world.ts'
import { startChromium } from './chromium.ts'

const browser: Browser | undefined = await startChromium()
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const staff = { email: 'finn@example.com', name: 'Finn', role: 'finance', password: 'correct horse battery' } as const
// A folder for pictures of what the tests see, to look at.
const pictures = process.env['MONEYBACK_SHOTS']

let world: World
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>

beforeAll(async () => {
  if (!browser) return
  await buildWebWhenStale()
  world = await openWorld()
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
})

async function open(path: string, { width = 1440, dark = false } = {}): Promise<Page> {
  const context = await browser!.newContext({
    storageState: signedIn,
    viewport: { width, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
  })
  const page = await context.newPage()
  const wrong: string[] = []
  page.on('pageerror', (error) => wrong.push(error.message))
  onTestFinished(async () => {
    await context.close()
    expect(wrong).toEqual([])
  })
  await page.goto(`${world.url}/admin${path}`)
  await page.locator('main').waitFor()
  return page
}

async function waiting(): Promise<string> {
  const { payment } = await world.subscribes()
  await world.settle()
  const { id, status } = await world.ask(payment)
  expect(status).toBe('in_review')
  return id
}

const status = async (id: string) => (await world.request(id)).status

// As text, because it runs in the page, where this file's types do not hold.
const findFaults = `(async () => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth
  const { violations } = await axe.run()
  return [...violations.map((one) => one.id + ': ' + one.nodes[0].html), ...(wide > 0 ? [wide + ' px too wide'] : [])]
})()`

/** Nothing that axe finds, in both themes, wide and narrow. */
async function sound(page: Page, name: string): Promise<void> {
  for (const [width, dark] of [
    [1440, false],
    [1440, true],
    [390, false],
    [390, true],
  ] as const) {
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' })
    if (pictures) await page.screenshot({ path: `${pictures}/${name}-${width}-${dark ? 'dark' : 'light'}.png` })
    await page.evaluate(axe)
    // Colours fade from one theme to the other: what is found while they do is asked again.
    await expect
      .poll(() => page.evaluate(findFaults), { timeout: 5_000, message: `${name} ${width} ${dark}` })
      .toEqual([])
  }
  await page.setViewportSize({ width: 1440, height: 900 })
}

describe.skipIf(!browser)('many requests at once, in Chromium', () => {
  test(
    'selected by keys and clicks, looked at, typed, approved, and told with its reasons',
    { timeout: 90_000 },
    async () => {
      const ids = [await waiting(), await waiting(), await waiting(), await waiting()]
      const page = await open('/queue')
      await page.locator(`#row-${ids[0]}`).waitFor()
      await page.keyboard.press('j')
      await page.keyboard.press('x')
      await page.keyboard.press('Shift+J')
      await page.getByText('2 requests selected').waitFor()
      await page.keyboard.press('Escape')
      await page.locator(`#row-${ids[3]} input`).click({ modifiers: ['Shift'] })
      await page.getByText('4 requests selected').waitFor()
      await sound(page, 'selected')
      await page.getByRole('button', { name: 'Approve…' }).click()
      await page.getByLabel('Note for colleagues').fill('All of them.')
      await sound(page, 'words')
      await page.getByRole('button', { name: 'Look at what will happen' }).click()
      await page.getByText('4 requests are approved: $116.00').waitFor()
      expect(await status(ids[0]!)).toBe('in_review')
      await sound(page, 'dry-run')
      await page.getByLabel('How many requests').fill('4')
      await page.getByLabel('The sum (USD)').fill('115')
      await page.getByRole('button', { name: 'Approve 4 requests' }).click()
      await page.getByText('Count and sum are not those of the dry run').waitFor()
      // A colleague is quicker with one of them.
      await world.api('POST', `/v1/refund_requests/${ids[1]}/deny`, { note: 'No.' })
      await page.getByLabel('The sum (USD)').fill('116.00')
      await page.getByRole('button', { name: 'Approve 4 requests' }).click()
      await page.getByText('it goes on when you leave this page').waitFor()
      await sound(page, 'running')
      await world.settle()
      await page.getByText('3 of 4 requests approved').waitFor()
      await page.getByRole('button', { name: 'Undo 3 requests' }).waitFor()
      await sound(page, 'undoable')
      world.later(11)
      await world.settle()
      await page.reload()
      await page.getByText('What happened').waitFor()
      await page.getByRole('combobox', { name: 'Result' }).selectOption('refused')
      await page.getByRole('list', { name: 'Results' }).getByText('denied it').waitFor()
      await page.getByRole('combobox', { name: 'Result' }).selectOption('')
      await page.getByText('now: refunded').first().waitFor()
      await sound(page, 'done')
      expect(await Promise.all(ids.map(status))).toEqual(['refunded', 'denied', 'refunded', 'refunded'])
    },
  )

  test('money for many needs a proof of who is there, asked on the page', { timeout: 60_000 }, async () => {
    const ids = [await waiting(), await waiting()]
    const page = await open('/queue')
    await page.locator(`#row-${ids[0]}`).waitFor()
    await page.getByLabel(/^Select all/).check()
    await page.getByRole('button', { name: 'Approve…' }).click()
    await page.getByRole('button', { name: 'Look at what will happen' }).click()
    await page.getByLabel('How many requests').fill('2')
    await page.getByLabel('The sum (USD)').fill('58')
    await sql`update staff_session set "createdAt" = now() - interval '1 hour', stepped_up_at = null`.execute(
      world.app.db,
    )
    await page.getByRole('button', { name: 'Approve 2 requests' }).click()
    await page.getByLabel('Your password').fill(staff.password)
    await page.keyboard.press('Enter')
    await page.getByText('it goes on when you leave this page').waitFor()
    await world.settle()
    await page.getByRole('button', { name: 'Undo 2 requests' }).click()
    await page.getByText('2 taken back').waitFor()
    for (const id of ids) expect(await status(id)).toBe('in_review')
  })
})

describe.skipIf(!browser)('the audit trail, in Chromium', () => {
  test('is narrowed by who, what, about and when in the address bar, and verified', { timeout: 60_000 }, async () => {
    await waiting()
    await linkAudit(world.app.db, world.app.account)
    const page = await open('/audit')
    await page.getByRole('button', { name: 'request submitted' }).first().click()
    await page.waitForURL(/action=request\.submitted/)
    await page.getByLabel('From').fill('2020-01-01')
    await page.waitForURL(/from=2020-01-01/)
    await page.getByRole('button', { name: 'Verify' }).click()
    await page.getByText(/The chain holds: \d+ rows, from/).waitFor()
    await sound(page, 'audit-holds')
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export' }).click()
    const file = await readFile(await (await download).path(), 'utf8')
    expect(file).toMatch(/^\uFEFFnumber,seq,at,actor,name,action,subject_id,detail,hash,content\r\n/)
    expect(file).toContain('request.submitted')
    expect(file).not.toContain('request.assigned')
    world.breaksTheBooks()
    await world.app.db.transaction().execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx)
      await sql`update audit set actor = 'staff:nobody' where seq = (select min(seq) + 2 from audit)`.execute(tx)
    })
    await page.getByRole('button', { name: 'Verify' }).click()
    await page.getByText(/The chain is broken in 1 place. The first is row \d+/).waitFor()
    await sound(page, 'audit-broken')
  })
})

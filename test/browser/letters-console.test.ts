import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildWebWhenStale } from '../../scripts/build-web.ts'
import { declareWithdrawal } from '../../src/flows/declare-withdrawal.ts'
import { keepAttachment } from '../../src/flows/keep-attachment.ts'
import { submitRequest } from '../../src/flows/submit-request.ts'
import { createStaff } from '../../src/http/admin/auth.ts'
import { jpeg, pdf } from '../hostile-files.ts'
import { openWorld, type World } from '../world.ts'
import { startChromium } from './chromium.ts'
import { sound } from './sound.ts'

const browser: Browser | undefined = await startChromium()
const staff = { email: 'olga@example.com', name: 'Olga', role: 'owner', password: 'correct horse battery' } as const

let world: World
let folder: string
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>

beforeAll(async () => {
  if (!browser) return
  await buildWebWhenStale()
  folder = await mkdtemp(join(tmpdir(), 'moneyback-'))
  world = await openWorld({ env: { DATA_DIR: folder } })
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
  if (folder) await rm(folder, { recursive: true })
})

async function open(path: string, width: number): Promise<Page> {
  const context = await browser!.newContext({
    storageState: signedIn,
    viewport: { width, height: 900 },
    colorScheme: width > 1000 ? 'light' : 'dark',
  })
  const page = await context.newPage()
  const wrong: string[] = []
  page.on('pageerror', (error) => wrong.push(error.message))
  page.on('console', (line) => line.type() === 'error' && wrong.push(line.text()))
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

describe.skipIf(!browser).each([390, 1440])('the console in Chromium at %i px', (width) => {
  test('each letter is previewed in each language, in a frame that may do nothing', async () => {
    const page = await open('/settings/mail', width)
    const letter = page.frameLocator('iframe')
    await letter.getByRole('heading', { name: 'Your refund of €49.00 is approved' }).waitFor()
    await page.getByLabel('Letter', { exact: true }).selectOption('denied')
    await page.getByLabel('Language').selectOption('ar')
    await letter.getByRole('heading', { name: 'بخصوص طلب الاسترداد' }).waitFor()
    expect(await page.locator('iframe').getAttribute('sandbox')).toBe('')
    await shoot(page, 'settings-mail')
    await sound(page)
  })

  test('statements of withdrawal stand in the settings with their text, and the switch turns', async () => {
    await declareWithdrawal(world.app, {
      name: 'Ada Brandt',
      contract: `The guide, ${width}`,
      email: 'ada@example.com',
      language: 'en',
      statement: `I withdraw: ${width}`,
      once: `form-${width}`,
      owners: [],
    })
    const page = await open('/settings/withdrawal', width)
    await page.getByText(`The guide, ${width}`).click()
    await page.getByText(`I withdraw: ${width}`).waitFor()
    await page.getByLabel('Offer it').selectOption('on')
    await page.getByText('Offered', { exact: true }).waitFor()
    await shoot(page, 'settings-withdrawal')
    await sound(page)
    await page.getByLabel('Offer it').selectOption('off')
    await page.getByText('Not offered', { exact: true }).waitFor()
  })

  test('the files that a customer sent stand with the request', async () => {
    const { customer, payment } = await world.subscribes()
    await world.settle()
    const ids: string[] = []
    for (const [name, bytes] of [
      ['screen.jpg', jpeg],
      ['bill.pdf', pdf],
    ] as const) {
      const kept = await keepAttachment(world.app, { customer, name, bytes })
      if (kept.ok) ids.push(kept.value.id)
    }
    const files = { ids, senders: [customer] }
    const made = await submitRequest(world.app, {
      payment,
      reason: 'other',
      channel: 'portal',
      by: `customer:${customer}`,
      files,
    })
    const page = await open(`/requests/${made.ok ? made.value.id : ''}`, width)
    await page.getByRole('link', { name: /bill\.pdf/ }).waitFor()
    const picture = page.locator('img[src*="/attachments/"]')
    await picture.scrollIntoViewIfNeeded()
    await expect
      .poll(() => picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth))
      .toBe(40)
    await shoot(page, 'request-files')
    await sound(page)
  })
})

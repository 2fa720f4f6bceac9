import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildWebWhenStale } from '../../scripts/build-web.ts'
import { askCustomer } from '../../src/flows/ask-customer.ts'
import { statusLink } from '../../src/flows/status-link.ts'
import { submitRequest } from '../../src/flows/submit-request.ts'
import { listen, makeServer, type Listening } from '../../src/http/server.ts'
import { jpeg, pdf, photo } from '../hostile-files.ts'
import { portalWorld, type PortalWorld } from '../portal-world.ts'
import { freePort } from '../world.ts'
import { startChromium } from './chromium.ts'

const browser: Browser | undefined = await startChromium()
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let world: PortalWorld
let listening: Listening
let origin: string
let folder: string

beforeAll(async () => {
  if (!browser) return
  await buildWebWhenStale()
  folder = await mkdtemp(join(tmpdir(), 'moneyback-'))
  const port = await freePort()
  world = await portalWorld({ port })
  origin = `http://127.0.0.1:${port}`
  const app = { ...world.app, config: { ...world.app.config, publicUrl: origin, dataFolder: folder } }
  world = { ...world, app }
  listening = await listen(makeServer(app), { port, host: '127.0.0.1' })
}, 60_000)

afterAll(async () => {
  if (!browser) return
  await browser.close()
  await listening.close()
  await world.close()
  await rm(folder, { recursive: true })
})

const words = {
  en: {
    reason: 'I changed my mind',
    next: 'Continue',
    add: 'Add files',
    answer: 'Send answer',
    first: 'Write an answer first.',
    noPicture: 'no picture',
  },
  de: {
    reason: 'Ich habe es mir anders überlegt',
    next: 'Weiter',
    add: 'Dateien hinzufügen',
    answer: 'Antwort senden',
    first: 'Schreiben Sie zuerst eine Antwort.',
    noPicture: 'kein Bild',
  },
  ar: {
    reason: 'غيّرت رأيي',
    next: 'متابعة',
    add: 'إضافة ملفات',
    answer: 'إرسال الإجابة',
    first: 'يرجى كتابة إجابة أولًا.',
    noPicture: 'ليس صورة',
  },
} as const

const looks = (['en', 'de', 'ar'] as const).flatMap((language) => [
  { language, width: 390, dark: language === 'de' },
  { language, width: 1280, dark: language !== 'de' },
])

async function open(path: string, { language, width, dark }: (typeof looks)[number]): Promise<Page> {
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
    (said) => said.type() === 'error' && !/ERR_FAILED|422/.test(said.text()) && complaints.push(said.text()),
  )
  onTestFinished(async () => {
    await context.close()
    expect(complaints).toEqual([])
  })
  await page.goto(path.startsWith('http') ? path : origin + path)
  return page
}

/** Nothing that keeps somebody out, and nothing that has to be scrolled sideways. */
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

const file = (name: string, buffer: Buffer, mimeType = 'image/jpeg') => ({ name, mimeType, buffer })

describe.skipIf(!browser).each(looks)('in Chromium at $width px in $language', (look) => {
  const said = words[look.language]

  test('files go with a request: over a line that breaks, without what is refused, and still there after a reload', async () => {
    const { customer, payment } = await world.pays({ name: 'Ada', used: 0.4 })
    const { token } = await world.link({ customer })
    const page = await open(`/portal/enter#t=${token}`, look)
    await page.locator('.payment').click()
    await page.getByText(said.reason).click()
    // The first try gets no answer.
    await page.route('**/portal/api/attachments', (route) => route.abort(), { times: 1 })
    await page
      .locator('input[type=file]')
      .setInputFiles([
        file('my photo.jpg', photo(6)),
        file('../bill.pdf', pdf, 'application/pdf'),
        file('logo.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml'),
      ])
    await page.getByText(said.noPicture).waitFor()
    await page.locator('.files li a').nth(1).waitFor({ timeout: 15_000 })
    await sound(page, 'why-files')
    await page.reload()
    await page.locator('.files li a').nth(1).waitFor()
    await page.getByRole('button', { name: said.next }).click()
    await page.waitForSelector('.deeds')
    expect(await page.locator('.told .file a').count()).toBe(2)
    await page.locator('.deeds .button').first().click()
    await page.waitForSelector('[data-status=in_review]')
    expect((await page.locator('.facts .file a').allTextContents()).sort()).toEqual(['bill.pdf', 'my photo.jpg'])
    await sound(page, 'status-files')
    expect(payment).toMatch(/^pay_/)
  })

  test('a question appears by itself, and is answered with a file; nothing typed is lost by a reload', async () => {
    const { customer, payment } = await world.pays({ name: 'Ben', used: 0.4 })
    const made = await submitRequest(world.app, {
      payment,
      reason: 'other',
      customer,
      channel: 'portal',
      by: `customer:${customer}`,
      locale: look.language,
    })
    const id = made.ok ? made.value.id : ''
    // By the link of a letter, which shows this request alone.
    const link = await statusLink(world.app, { id: `msg_${id}`, request_id: id, created_at: world.app.now() })
    const page = await open(link!, look)
    await page.waitForSelector('[data-status=in_review]')
    const question = 'Could you send us a picture of what you see?\nAnd which version do you use?'
    await askCustomer(world.app, { id, by: 'staff:s', role: 'support', question })
    await page.waitForSelector('.asked')
    await sound(page, 'question')
    await page.getByRole('button', { name: said.answer }).click()
    await page.getByText(said.first).waitFor()
    await page.locator('.asked textarea').fill('Version 4.\n<b>I see nothing.</b>')
    await page.locator('input[type=file]').setInputFiles([file('screen.jpg', jpeg)])
    await page.locator('.files li a').waitFor()
    await page.reload()
    await page.waitForSelector('.asked .files li a')
    expect(await page.locator('.asked textarea').inputValue()).toBe('Version 4.\n<b>I see nothing.</b>')
    await sound(page, 'question-typed')
    await page.getByRole('button', { name: said.answer }).click()
    await page.waitForSelector('.answered')
    expect(await page.locator('.asked').count()).toBe(0)
    expect(await page.locator('.answered .comment').last().textContent()).toBe('Version 4.\n<b>I see nothing.</b>')
    await sound(page, 'answered')
  })
})

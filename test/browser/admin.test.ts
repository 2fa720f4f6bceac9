import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildWebWhenStale } from '../../scripts/build-web.ts'
import { seePresence } from '../../src/db/presence.ts'
import { addNote } from '../../src/flows/add-note.ts'
import { denyRequest } from '../../src/flows/deny-request.ts'
import { createStaff } from '../../src/http/admin/auth.ts'
import { openWorld, type World } from '../world.ts'
import { startChromium } from './chromium.ts'

const browser: Browser | undefined = await startChromium()
const staff = { email: 'finn@example.com', name: 'Finn', role: 'finance', password: 'correct horse battery' } as const

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
  page.on('console', (line) => {
    if (/Content Security Policy/.test(line.text())) wrong.push(line.text())
  })
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
  const { id, status } = await world.ask(payment, { comment: 'It does <b>not</b> export.' })
  expect(status).toBe('in_review')
  return id
}

const status = async (id: string) => (await world.request(id)).status
const row = (page: Page, id: string) => page.locator(`#row-${id}`)

describe.skipIf(!browser)(
  'the console in Chromium (skipped where neither the system’s nor npm’s Chromium starts)',
  () => {
    test('a request is approved from the keyboard with three keys, and leaves the queue', async () => {
      const id = await waiting()
      const page = await open(`/queue`)
      await row(page, id).waitFor()
      await page.keyboard.press('j')
      await page.getByText('Refund $29.00 to Visa •4242').waitFor()
      await page.keyboard.press('a')
      await page.getByText('What will happen:').waitFor()
      await page.keyboard.press('Enter')
      await row(page, id).waitFor({ state: 'detached' })
      await page.getByText(/leaves in/).waitFor()
      world.later(11)
      await world.settle()
      expect(await status(id)).toBe('refunded')
    })

    test('a part is typed as people type it, and the sentence says what will happen', async () => {
      const id = await waiting()
      const page = await open(`/requests/${id}`)
      await page.getByRole('button', { name: /^Approve \$/ }).waitFor()
      await page.keyboard.press('p')
      await page.getByLabel('Amount (USD)').fill('10,50')
      await page.getByText('Refund $10.50 to Visa •4242').waitFor()
      await page.getByLabel('Amount (USD)').fill('1,050')
      await page.getByText('can mean two amounts').waitFor()
      await page.getByLabel('Amount (USD)').fill('10,50')
      await page.keyboard.press('Enter')
      await page.getByText('Approved $10.50').waitFor()
      world.later(11)
      await world.settle()
      expect((await world.request(id)).refund).toMatchObject({ amount_minor: 1050, status: 'succeeded' })
    })

    test('ten seconds to undo, also after a reload: the countdown is the server’s, and u takes it back', async () => {
      const id = await waiting()
      const page = await open(`/queue?open=${id}`)
      await page.getByText('Refund $29.00 to Visa •4242').waitFor()
      await page.keyboard.press('a')
      await page.getByText('What will happen:').waitFor()
      await page.keyboard.press('Enter')
      await page.getByText(/leaves in/).waitFor()
      await page.reload()
      await page.getByText(/leaves in/).waitFor()
      await page.keyboard.press('u')
      await row(page, id).waitFor()
      expect(await status(id)).toBe('in_review')
      await page.getByText(/leaves in/).waitFor({ state: 'detached' })
    })

    test('a question goes out from the keyboard, the request waits for the customer, and the answer is read in it', async () => {
      const id = await waiting()
      const page = await open(`/queue?open=${id}`)
      await page.getByText('Refund $29.00 to Visa •4242').waitFor()
      await page.keyboard.press('q')
      await page.getByLabel('Your question').fill('Which file was lost?')
      await page.keyboard.press('Control+Enter')
      await row(page, id).waitFor({ state: 'detached' })
      expect((await world.request(id)).waiting_for).toBe('customer')
      await world.api('POST', `/v1/refund_requests/${id}/answer`, { answer: 'All of <i>them</i> 🙏' })
      await row(page, id).waitFor()
      await page.goto(`${world.url}/admin/requests/${id}`)
      await page.getByText('All of <i>them</i> 🙏').waitFor()
    })

    test('⌘K finds a request by e-mail and goes there', async () => {
      const id = await waiting()
      const [row] = await world.rows<{ email: string }>(
        `select c.email from refund_request r join customer c on c.id = r.customer_id where r.id = '${id}'`,
      )
      const page = await open('/reports')
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox').fill(row!.email)
      await page.getByRole('option', { name: /request · in review/ }).waitFor()
      await page.keyboard.press('Enter')
      await page.getByText('Why it is here').waitFor()
      expect(page.url()).toContain(id)
    })

    test('two colleagues see each other at the same request, and a stale click does nothing and says what changed', async () => {
      const id = await waiting()
      const page = await open(`/queue?open=${id}`)
      await page.getByText('Refund $29.00 to Visa •4242').waitFor()
      await world.rows(`insert into staff (id, name, email, role) values ('lea', 'ليلى Lea', 'lea@example.com', 'support')
        on conflict do nothing`)
      await seePresence(world.app.db, world.app.account, { me: 'lea', open: id, now: world.app.now() })
      await page.getByText('has this open').waitFor({ timeout: 10_000 })
      await page.route('**/admin/api/live', (route) => route.abort())
      await page.route(`**/admin/api/requests/${id}`, (route) => route.abort())
      await page.keyboard.press('a')
      await addNote(world.app, { id, by: 'staff:lea', note: 'Please wait.' })
      await page.keyboard.press('Enter')
      await page.getByText(/This changed since you opened it/).waitFor()
      expect(await status(id)).toBe('in_review')
    })

    test('a denial needs its reason, and the customer reads exactly what was shown', async () => {
      const id = await waiting()
      const page = await open(`/queue?open=${id}`)
      await page.getByRole('button', { name: /^Deny/ }).waitFor()
      await page.keyboard.press('d')
      const deny = page.getByRole('button', { name: 'Deny the request' })
      expect(await deny.isDisabled()).toBe(true)
      await page.getByLabel('Why, for colleagues').fill('Used a lot.')
      await page.getByLabel('Reply to the customer').fill('You exported forty files.')
      await page.keyboard.press('Control+Enter')
      await row(page, id).waitFor({ state: 'detached' })
      expect(await status(id)).toBe('denied')
      const [message] = await world.rows<{ body: string }>(
        `select body from message where request_id = '${id}' and kind = 'denied'`,
      )
      expect(message?.body).toContain('You exported forty files.')
    })

    test('what a colleague decides leaves my queue without a reload', async () => {
      const id = await waiting()
      const page = await open('/queue')
      await row(page, id).waitFor()
      await denyRequest(world.app, { id, by: 'staff:somebody', role: 'support', note: 'Meanwhile.' })
      await row(page, id).waitFor({ state: 'detached', timeout: 5_000 })
    })

    test('staff open a refund from a payment and see the answer of the policy before they ask', async () => {
      const { payment } = await world.subscribes()
      await world.settle()
      const page = await open(`/payments?q=${payment}`)
      await page.locator('tbody a').first().click()
      await page.getByText('The policy hands this to a person').waitFor()
      await page.getByRole('button', { name: 'Send to review' }).click()
      await page.getByText('You made this request, so somebody else has to approve it.').waitFor()
    })
  },
)

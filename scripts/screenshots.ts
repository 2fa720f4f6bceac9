// Pictures of every view for the README and the docs, from a running demo: npm run screenshots -- FILE
// A second argument, portal-more, takes those of portalMore alone.
// FILE holds what `npm start` printed (its last line tells the ways in). Needs Chromium; CHROMIUM names another one.
import { mkdir, readFile } from 'node:fs/promises'
import { languageCodes } from '../src/domain/languages.ts'
import { chromium, type Browser, type Page } from 'playwright-core'

type Ready = {
  admin: string
  api: string
  api_key: string
  staff: { email: string; password: string; role: string }[]
  portal_links: { name: string; customer: string; url: string }[]
  stripe_simulator: { url: string }
}

const folder = new URL('../docs/screenshots/', import.meta.url)
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const output = await readFile(process.argv[2] ?? 'ready.log', 'utf8')
const ready = JSON.parse(
  output
    .split('\n')
    .findLast((line) => line.startsWith('ready '))!
    .slice(6),
) as Ready

async function shoot(page: Page, name: string, full = false): Promise<void> {
  await page.waitForLoadState('networkidle').catch(() => undefined)
  await page.waitForTimeout(700)
  await page.screenshot({ path: new URL(`${name}.png`, folder).pathname, fullPage: full })
  console.log(name)
}

async function portal(
  browser: Browser,
  who: string,
  scheme: 'light' | 'dark',
  walk: (page: Page) => Promise<void>,
  width = 390,
  locale = 'en',
): Promise<void> {
  const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme: scheme, locale })
  const page = await context.newPage()
  await page.goto(ready.portal_links.find(({ name }) => name.startsWith(who))!.url)
  await page.waitForURL(/\/portal$/)
  await walk(page)
  await context.close()
}

async function admin(
  browser: Browser,
  scheme: 'light' | 'dark',
  width: number,
  walk: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, locale: 'en' })
  const page = await context.newPage()
  const owner = ready.staff.find(({ role }) => role === 'owner')!
  await page.goto(ready.admin)
  await page.getByLabel(/e-?mail/i).fill(owner.email)
  await page.getByLabel(/password/i).fill(owner.password)
  if (scheme === 'light' && width === 1440) await shoot(page, 'admin-sign-in')
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => !/sign-in/.test(url.pathname))
  await walk(page)
  await context.close()
}

/** A draft as form and text, and a backtest of it: what a policy goes through before it acts. */
async function policyViews(page: Page, suffix: string): Promise<void> {
  await page.goto(`${ready.admin}/policy`)
  await page.getByRole('button', { name: 'New draft' }).click()
  await page.getByLabel('What is it about?').fill('Three weeks instead of two')
  await page.getByRole('button', { name: 'Begin', exact: true }).click()
  await page.getByRole('button', { name: /^one-off-within-14-days/ }).click()
  await page.getByLabel('Condition 2: value: number').fill('90')
  await page.getByRole('button', { name: 'Take out condition 3' }).click()
  await page.getByText('All saved').waitFor()
  await shoot(page, `admin-policy-draft${suffix}`)
  await page.getByRole('link', { name: 'Backtest' }).click()
  await page.getByRole('button', { name: 'Start the backtest' }).click()
  await page.getByText('Done', { exact: true }).waitFor()
  await shoot(page, `admin-policy-backtest${suffix}`)
}

async function adminViews(page: Page, suffix: string): Promise<void> {
  for (const view of ['queue', 'requests', 'payments', 'reports', 'policy', 'audit', 'settings']) {
    await page.goto(`${ready.admin}/${view}`)
    await shoot(page, `admin-${view}${suffix}`)
  }
  const list = await fetch(`${ready.api}/v1/refund_requests?status=in_review`, {
    headers: { authorization: `Bearer ${ready.api_key}` },
  })
  const { data } = (await list.json()) as { data: { id: string }[] }
  if (data[0]) {
    await page.goto(`${ready.admin}/requests/${data[0].id}`)
    await shoot(page, `admin-request${suffix}`)
  }
  await policyViews(page, suffix)
}

/** What customers come upon beside the steps: a question, the rules, the withdrawal; and where the merchant sets all that. */
async function portalMore(): Promise<void> {
  const key = { authorization: `Bearer ${ready.api_key}`, 'content-type': 'application/json' }
  const list = await fetch(`${ready.api}/v1/refund_requests?status=in_review&limit=1`, { headers: key })
  const [asked] = ((await list.json()) as { data: { id: string; payment: string }[] }).data
  if (asked) {
    await fetch(`${ready.api}/v1/refund_requests/${asked.id}/ask`, {
      method: 'POST',
      headers: key,
      body: JSON.stringify({ question: 'Which version do you use, and what happens when you open the file?' }),
    })
    const made = await fetch(`${ready.api}/v1/portal_sessions`, {
      method: 'POST',
      headers: key,
      body: JSON.stringify({ payment: asked.payment }),
    })
    const { url } = (await made.json()) as { url: string }
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
    await page.goto(url)
    await page.waitForURL(/requests/)
    await shoot(page, 'portal-question', true)
    await page.context().close()
  }
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
  await page.goto(`${ready.api}/policy/en`)
  await shoot(page, 'portal-policy')
  await page.goto(`${ready.api}/portal/withdrawal?lang=en`)
  await page.getByLabel('Your name').fill('Ada Brandt')
  await page.getByLabel('Which contract').fill('Studio monthly, INV-0042')
  await page.getByLabel('Your e-mail address').fill('ada@example.com')
  await shoot(page, 'portal-withdrawal')
  await page.getByRole('button', { name: 'Continue' }).click()
  await shoot(page, 'portal-withdrawal-statement')
  await page.context().close()
  // Without Japanese, whose letters need a font that many machines lack.
  for (const code of languageCodes.filter((each) => each !== 'ja')) {
    await portal(browser, 'Ben', 'light', (each) => shoot(each, `portal-payments-${code}`), 390, code)
  }
  await admin(browser, 'light', 1440, async (each) => {
    await each.goto(`${ready.admin}/settings/portal`)
    await shoot(each, 'admin-settings-portal')
    await each.goto(`${ready.admin}/settings/mail`)
    await shoot(each, 'admin-settings-mail')
  })
}

await mkdir(folder, { recursive: true })
const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: flags })
await portalMore()
if (process.argv.includes('portal-more')) process.exit()
await admin(browser, 'light', 1440, (page) => adminViews(page, ''))
await admin(browser, 'dark', 1440, (page) => adminViews(page, '-dark'))
await admin(browser, 'light', 390, (page) => adminViews(page, '-phone'))
await portal(browser, 'Ben', 'light', (page) => shoot(page, 'portal-payments'))
await portal(browser, 'Cleo', 'light', async (page) => {
  await page
    .getByRole('link', { name: /Jun|Not refundable/ })
    .last()
    .click()
  await shoot(page, 'portal-denied', true)
})
await portal(browser, 'Ada', 'light', async (page) => {
  await page.getByRole('link', { name: /Studio monthly/ }).click()
  await shoot(page, 'portal-why', true)
  await page.getByText('I changed my mind').click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await shoot(page, 'portal-what-will-happen', true)
  await page.getByRole('button', { name: /Refund/ }).click()
  await page.waitForURL(/requests/)
  await shoot(page, 'portal-answer', true)
})
await portal(browser, 'Dan', 'dark', (page) => shoot(page, 'portal-payments-dark'))
await portal(browser, 'Dan', 'dark', async (page) => {
  await page.getByRole('link', { name: /Field guide/ }).click()
  await shoot(page, 'portal-bounced-dark', true)
})
{
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(ready.stripe_simulator.url)
  await shoot(page, 'simulator')
  await page.goto(`${ready.api}/docs`)
  await page.waitForTimeout(1500)
  await shoot(page, 'api-docs')
}
await browser.close()

// Lighthouse over the main views of console and portal, from a demo that it starts itself:
//   npm run lighthouse -- [--runs 3] [--only portal|console|keys] [--at FILE]
// The console as on a desktop; the portal as on a phone over slow 4G, by Lighthouse's own throttling. The median of the runs
// counts. Then how long the console takes from a key to its paint. Ends with 1 when something is short of its aim.
// --at FILE measures a running demo; FILE holds what npm start printed. CHROME_PATH names another Chromium.
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import lighthouse, { desktopConfig } from 'lighthouse'
import { chromium, type BrowserContext } from 'playwright-core'
import { measureKeys } from './measure-keys.ts'
import { runningDemo, type Ready } from './running-demo.ts'

const text = { type: 'string' } as const
const { values } = parseArgs({ options: { runs: text, only: text, at: text, view: text } })
const runs = Number(values.runs ?? 3)
const wanted = (part: string): boolean => values.only === undefined || values.only === part
const keyAllowedMs = 100

type View = { readonly name: string; readonly url: string }
type Scores = { performance: number; accessibility: number; practices: number; lcp: number; cls: number; tbt: number }
type Aim = Pick<Scores, 'performance' | 'accessibility' | 'practices'> & { lcp: number }

const aims: { readonly console: Aim; readonly portal: Aim } = {
  console: { performance: 95, accessibility: 95, practices: 95, lcp: Number.POSITIVE_INFINITY },
  portal: { performance: 98, accessibility: 100, practices: 100, lcp: 1200 },
}

const demo = await runningDemo(values.at)
let short = 0
try {
  console.log(head())
  if (wanted('console')) await consoleViews(demo.ready)
  if (wanted('portal')) await portalViews(demo.ready)
  if (wanted('keys')) await keys(demo.ready)
} finally {
  await demo.end()
}
console.log(short === 0 ? '\nAll aims are met.' : `\n${short} short of the aim, marked with !`)
process.exitCode = short === 0 ? 0 : 1

async function consoleViews(ready: Ready): Promise<void> {
  await withBrowser(async (browser, port) => {
    await measure(port, browser, [{ name: 'console: sign in', url: `${ready.admin}/sign-in` }], 'console')
    await signIn(browser, ready)
    const list = await fetch(`${ready.api}/v1/refund_requests?status=in_review`, {
      headers: { authorization: `Bearer ${ready.api_key}` },
    })
    const { data } = (await list.json()) as { data: { id: string }[] }
    const paths = [
      'queue',
      ...(data[0] ? [`queue?open=${data[0].id}`, `requests/${data[0].id}`] : []),
      'requests',
      'payments',
      'reports',
      'policy',
      'audit',
      'settings/stripe',
      'settings/team',
    ]
    const views = paths.map((path) => ({
      name: `console: ${path.replaceAll(/rr_\w+/g, '…')}`,
      url: `${ready.admin}/${path}`,
    }))
    await measure(port, browser, views, 'console')
  })
}

async function portalViews(ready: Ready): Promise<void> {
  await withBrowser(async (browser, port) => {
    const open: View[] = [
      { name: 'portal: sign in', url: `${ready.portal}/sign-in?lang=en` },
      { name: 'portal: rules', url: `${ready.api}/policy/en` },
    ]
    await measure(port, browser, open, 'portal')
  })
  await withBrowser(async (browser, port) => {
    const page = await browser.newPage()
    await page.goto(ready.portal_links.find(({ name }) => name.startsWith('Ben'))!.url)
    await page.waitForURL(/\/portal$/)
    const { payments } = await page.evaluate<{ payments: { id: string; request: { id: string } | null }[] }>(
      `fetch('/portal/api/payments').then((answer) => answer.json())`,
    )
    const request = payments.find((payment) => payment.request)?.request
    const other = payments.find((payment) => !payment.request)
    await page.close()
    const views: View[] = [
      { name: 'portal: payments', url: ready.portal },
      ...(other ? [{ name: 'portal: why', url: `${ready.portal}/payments/${other.id}` }] : []),
      ...(other
        ? [{ name: 'portal: what will happen', url: `${ready.portal}/payments/${other.id}/refund?reason=changed_mind` }]
        : []),
      ...(request ? [{ name: 'portal: status', url: `${ready.portal}/requests/${request.id}` }] : []),
    ]
    await measure(port, browser, views, 'portal')
  })
}

async function keys(ready: Ready): Promise<void> {
  await withBrowser(async (browser) => {
    await signIn(browser, ready)
    const page = await browser.newPage()
    await page.setViewportSize({ width: 1440, height: 900 })
    console.log('\nFrom a key to what is painted, ms (p90 of ten)')
    for (const { deed, ms } of await measureKeys(page, ready.admin)) {
      if (ms > keyAllowedMs) short += 1
      console.log(`${ms > keyAllowedMs ? '! ' : ''}${deed}`.padEnd(44) + ms.toFixed(0).padStart(8))
    }
  })
}

async function signIn(browser: BrowserContext, ready: Ready): Promise<void> {
  const owner = ready.staff.find(({ role }) => role === 'owner')!
  const page = await browser.newPage()
  await page.goto(`${ready.admin}/queue`)
  await page.getByLabel('E-mail').fill(owner.email)
  await page.getByLabel('Password').fill(owner.password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Queue', level: 1 }).waitFor()
  await page.close()
}

/** A Chromium of its own, with a port on which Lighthouse finds it. */
async function withBrowser(use: (browser: BrowserContext, port: number) => Promise<void>): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), 'moneyback-lighthouse-'))
  const port = await freePort()
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['CHROME_PATH'] ?? '/usr/bin/chromium',
    args: [`--remote-debugging-port=${port}`, '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  })
  try {
    await use(browser, port)
  } finally {
    await browser.close()
    await rm(profile, { recursive: true, force: true })
  }
}

async function measure(
  port: number,
  browser: BrowserContext,
  views: View[],
  kind: 'console' | 'portal',
): Promise<void> {
  for (const { name, url } of views) {
    if (values.view !== undefined && !name.includes(values.view)) continue
    const all: Scores[] = []
    for (let run = 0; run < runs; run++) all.push(await once(port, browser, url, kind))
    const scores = Object.fromEntries(
      (Object.keys(all[0]!) as (keyof Scores)[]).map((key) => [
        key,
        all.map((each) => each[key]).sort((a, b) => a - b)[all.length >> 1]!,
      ]),
    ) as Scores
    const aim = aims[kind]
    const missed = [
      ...(['performance', 'accessibility', 'practices'] as const).filter((key) => scores[key] < aim[key]),
      ...(scores.lcp > aim.lcp ? ['lcp'] : []),
    ]
    short += missed.length
    console.log(line(`${missed.length > 0 ? '! ' : ''}${name}`, scores))
  }
}

async function once(port: number, browser: BrowserContext, url: string, kind: 'console' | 'portal'): Promise<Scores> {
  // As somebody who comes for the first time, but signed in: storage stays, what was fetched before does not.
  const page = await browser.newPage()
  const line = await browser.newCDPSession(page)
  await line.send('Network.clearBrowserCache')
  const result = await lighthouse(
    url,
    {
      port,
      disableStorageReset: true,
      logLevel: 'error',
      output: 'json',
      onlyCategories: ['performance', 'accessibility', 'best-practices'],
    },
    kind === 'console' ? desktopConfig : undefined,
  )
  await page.close()
  const { categories, audits, runtimeError } = result!.lhr
  if (runtimeError) throw new Error(`${url}: ${runtimeError.message}`)
  if (values.view !== undefined)
    for (const audit of Object.values(audits))
      if (audit.score !== null && audit.score < 0.9)
        console.log(`    ${audit.id}: ${audit.displayValue ?? audit.title} ${audit.score}`)
  const score = (name: string): number => Math.round((categories[name]!.score ?? 0) * 100)
  const value = (name: string): number => audits[name]!.numericValue ?? Number.NaN
  return {
    performance: score('performance'),
    accessibility: score('accessibility'),
    practices: score('best-practices'),
    lcp: value('largest-contentful-paint'),
    cls: value('cumulative-layout-shift'),
    tbt: value('total-blocking-time'),
  }
}

function head(): string {
  return (
    'Median of '.concat(String(runs)).padEnd(44) +
    ['perf', 'a11y', 'best', 'LCP ms', 'CLS', 'TBT ms'].map((each) => each.padStart(8)).join('')
  )
}

function line(name: string, { performance, accessibility, practices, lcp, cls, tbt }: Scores): string {
  const figures = [performance, accessibility, practices, lcp.toFixed(0), cls.toFixed(3), tbt.toFixed(0)]
  return name.padEnd(44) + figures.map((each) => String(each).padStart(8)).join('')
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => done(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const systemPaths = [
  process.env['CHROME_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
]

const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * The system's Chromium, else the one that comes from npm; undefined where neither starts, so that the tests are skipped by
 * name. With MONEYBACK_BROWSER_TESTS=required they may not be skipped: then it throws.
 */
export async function startChromium(): Promise<Browser | undefined> {
  const system = systemPaths.find((path) => path !== undefined && existsSync(path))
  if (system !== undefined) {
    const browser = await chromium.launch({ executablePath: system, args }).catch(() => undefined)
    if (browser) return browser
  }
  try {
    const { default: shipped } = await import('@sparticuz/chromium')
    return await chromium.launch({ executablePath: await shipped.executablePath(), args: [...shipped.args, ...args] })
  } catch (error) {
    if (process.env['MONEYBACK_BROWSER_TESTS'] === 'required') throw error
    return undefined
  }
}

import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildWebWhenStale } from '../../scripts/build-web.ts'
import { createStaff } from '../../src/http/admin/auth.ts'
import { openWorld, type World } from '../world.ts'
import { startChromium } from './chromium.ts'

const browser: Browser | undefined = await startChromium()
const staff = { email: 'finn@example.com', name: 'Finn', role: 'finance', password: 'correct horse battery' } as const

let world: World
let page: Page

beforeAll(async () => {
  if (!browser) return
  await buildWebWhenStale()
  world = await openWorld()
  await createStaff(world.app, staff)
  page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await page.goto(`${world.url}/admin/queue`)
  await page.getByLabel('E-mail').fill(staff.email)
  await page.getByLabel('Password').fill(staff.password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Queue', level: 1 }).waitFor()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await world?.[Symbol.asyncDispose]()
})

type Deed = 'approve' | 'a part' | 'deny' | 'ask' | 'snooze'
/** Thirty requests as a morning brings them, and how each stands afterwards. */
const morning: readonly Deed[] = Array.from(
  { length: 6 },
  () => ['approve', 'deny', 'approve', 'ask', 'a part'] as const,
).flat()
const after = {
  approve: 'approved',
  'a part': 'approved',
  deny: 'denied',
  ask: 'in_review',
  snooze: 'in_review',
} as const

describe.skipIf(!browser)('the console by its keys alone', () => {
  test('thirty mixed requests are cleared without the mouse, a plain decision with at most four keys', async () => {
    for (const [number] of morning.entries()) {
      const { payment } = await world.subscribes()
      await world.settle()
      await world.ask(payment, { comment: `Number ${number}` })
    }
    await page.reload()
    await page
      .locator('[id^=row-]')
      .nth(morning.length - 1)
      .waitFor()
    const counted = new Map<Deed, { keys: number; letters: number }[]>()
    for (const [turn, deed] of morning.entries()) {
      const { id, keys, letters } = await clear(deed)
      counted.set(deed, [...(counted.get(deed) ?? []), { keys, letters }])
      expect([turn, deed, (await world.request(id)).status]).toEqual([turn, deed, after[deed]])
    }
    await page
      .getByText('Nothing waits')
      .or(page.getByRole('heading', { name: /clear|empty|nothing/i }))
      .first()
      .waitFor()
    const most = (deed: Deed): number => Math.max(...counted.get(deed)!.map(({ keys }) => keys))
    const sum = (of: 'keys' | 'letters'): number =>
      [...counted.values()].flat().reduce((all, each) => all + each[of], 0)
    console.info(
      `30 requests: ${sum('keys')} keys and ${sum('letters')} letters of text; at most ${[...counted.keys()].map((deed) => `${most(deed)} to ${deed}`).join(', ')}`,
    )
    for (const deed of ['approve', 'deny', 'ask'] as const) expect(most(deed)).toBeLessThanOrEqual(4)
  }, 240_000)
})

let done: string | undefined

/** Goes to the next request and deals with it. A chord is one key; what is typed as a text is counted apart. */
async function clear(deed: Deed): Promise<{ id: string; keys: number; letters: number }> {
  let keys = 0
  let letters = 0
  const press = async (key: string): Promise<void> => {
    keys += 1
    await page.keyboard.press(key)
  }
  const type = async (text: string): Promise<void> => {
    letters += text.length
    await page.keyboard.type(text)
  }
  const open = (): string | undefined => new URL(page.url()).searchParams.get('open') ?? undefined
  if (open() === undefined || open() === done) await press('j')
  await page.waitForURL((url) => (url.searchParams.get('open') ?? done) !== done)
  const id = open()!
  await page
    .locator(`[data-request="${id}"]`)
    .or(page.getByRole('button', { name: /^Approve \$/ }))
    .first()
    .waitFor()
  switch (deed) {
    case 'approve':
      await press('a')
      await page.getByText('What will happen:').waitFor()
      await press('Enter')
      break
    case 'a part':
      await press('p')
      await page.getByLabel('Amount (USD)').waitFor()
      await page.keyboard.press('Control+a')
      await type('5')
      await page.getByText('Refund $5.00 to').waitFor()
      await press('Enter')
      break
    case 'deny':
      await press('d')
      await page.getByLabel('Why, for colleagues').waitFor()
      await type('Used a lot.')
      await press('Control+Enter')
      break
    case 'ask':
      await press('q')
      await page.getByLabel('Your question').waitFor()
      await type('Which file?')
      await press('Control+Enter')
      break
    case 'snooze':
      await press('z')
      await press('Control+Enter')
      break
  }
  await page.locator(`#row-${id}`).waitFor({ state: 'detached' })
  done = id
  return { id, keys, letters }
}

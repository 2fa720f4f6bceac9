import type { Page } from 'playwright-core'

/** How long the console takes from a key to what it has painted, on the demo's data. */
export type KeyTime = { readonly deed: string; readonly ms: number }

// In the page: from the key until the frame after the one in which what was asked for stands.
const fromKeyToPaint = `(key, shown) => new Promise((done) => {
  const find = new Function('return ' + shown)
  const began = performance.now()
  const look = () => find() ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - began))) : requestAnimationFrame(look)
  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...key }))
  look()
})`

const press = (page: Page, key: object, shown: string): Promise<number> =>
  page.evaluate(`(${fromKeyToPaint})(${JSON.stringify(key)}, ${JSON.stringify(shown)})`)

const rowAt = `document.querySelector('[id^=row-][aria-selected=true], [id^=row-][data-open=true], [id^=row-][aria-current=true]')?.id`

/** Moves in the queue, opens requests, opens the palette and filters, each ten times; the slowest but one counts (p90). */
export async function measureKeys(page: Page, admin: string): Promise<KeyTime[]> {
  await page.goto(`${admin}/queue`)
  await page.locator('[id^=row-]').first().waitFor()
  const times = new Map<string, number[]>()
  const note = async (deed: string, ms: Promise<number>): Promise<void> => {
    times.set(deed, [...(times.get(deed) ?? []), await ms])
  }
  for (let turn = 0; turn < 10; turn++) {
    const before = await page.evaluate<string | undefined>(rowAt)
    await note('move in the queue: j', press(page, { key: 'j' }, `(${rowAt}) !== ${JSON.stringify(before)}`))
    await page.waitForTimeout(250)
    await note(
      'open the palette: Ctrl K',
      press(page, { key: 'k', ctrlKey: true }, `document.querySelector('[role=combobox]')`),
    )
    await page.keyboard.press('Escape')
    await page.locator('[role=combobox]').waitFor({ state: 'detached' })
  }
  return [...times].map(([deed, all]) => ({ deed, ms: all.sort((a, b) => a - b)[Math.max(0, all.length - 2)]! }))
}

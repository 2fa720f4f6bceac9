import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { buildWebWhenStale } from '../../scripts/build-web.ts'
import { policyVersions } from '../../src/db/policies.ts'
import { findDraft } from '../../src/db/policy-drafts.ts'
import type { Role } from '../../src/domain/actor.ts'
import { openDraft } from '../../src/flows/open-draft.ts'
import { saveDraft } from '../../src/flows/save-draft.ts'
import { endShadow, startShadow } from '../../src/flows/shadow-policy.ts'
import { startBacktest } from '../../src/flows/start-backtest.ts'
import { createStaff } from '../../src/http/admin/auth.ts'
import { startWorker } from '../../src/jobs/work.ts'
import { until } from '../holding.ts'
import { openWorld, type World } from '../world.ts'
import { startChromium } from './chromium.ts'

const browser: Browser | undefined = await startChromium()
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const password = 'correct horse battery'
type State = Awaited<ReturnType<BrowserContext['storageState']>>

let world: World
let policy: string
const signedIn = new Map<Role, State>()

beforeAll(async () => {
  if (!browser) return
  await buildWebWhenStale()
  world = await openWorld({ daysAgo: 20 })
  policy = await readFile(new URL('../../policies/default.yaml', import.meta.url), 'utf8')
  for (const role of ['viewer', 'finance', 'owner'] as const) {
    await createStaff(world.app, { email: `${role}@example.com`, name: `The ${role}`, role, password })
    const page = await (await browser.newContext()).newPage()
    await page.goto(`${world.url}/admin/queue`)
    await page.getByLabel('E-mail').fill(`${role}@example.com`)
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Queue', level: 1 }).waitFor()
    signedIn.set(role, await page.context().storageState())
    await page.context().close()
  }
  const late = await world.buys()
  const plan = await world.subscribes()
  await world.settle()
  await world.used(plan.customer, 0.05)
  for (const { payment } of [late, plan]) await world.ask(payment)
  await startBacktest(world.app, { over: 'requests', source: policy, by: 'staff:finn', role: 'finance' })
  const shadowed = await startShadow(world.app, { draft: await draft(), by: 'staff:finn', role: 'finance' })
  if (shadowed.ok) await endShadow(world.app, { id: shadowed.value.id, by: 'staff:finn', role: 'finance' })
  await world.settle()
}, 90_000)

afterAll(async () => {
  await browser?.close()
  await world?.[Symbol.asyncDispose]()
})

type Look = { readonly width?: number; readonly dark?: boolean; readonly role?: Role }

async function open(path: string, { width = 1440, dark = false, role = 'owner' }: Look = {}): Promise<Page> {
  const context = await browser!.newContext({
    storageState: signedIn.get(role)!,
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

async function draft(source = policy): Promise<string> {
  const opened = await openDraft(world.app, { name: 'Three weeks', source, by: 'staff:finn', role: 'finance' })
  if (!opened.ok) throw new Error(opened.no.code)
  return opened.value.id
}

const kept = async (id: string) => (await findDraft(world.app.db, world.app.account, id))!
const saved = (page: Page) => page.getByText('All saved').waitFor()
const editor = (page: Page) => page.getByLabel('Text of the draft')

async function work(): Promise<void> {
  const worker = startWorker(world.app, { idleMs: 50, reconcile: false })
  onTestFinished(() => worker.stop())
}

// As text, because it runs in the page, where this file's types do not hold.
const findFaults = `(async () => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth
  const inner = [...document.querySelectorAll('main, main .overflow-y-auto')].filter((one) => one.scrollWidth > one.clientWidth + 1)
  const { violations } = await axe.run()
  return [...violations.map((one) => one.id + ': ' + one.nodes[0].html), ...(wide > 0 ? [wide + ' px too wide'] : []), ...inner.map((one) => 'wider than its place: ' + one.className)]
})()`

describe.skipIf(!browser)(
  'the policy in Chromium (skipped where neither the system’s nor npm’s Chromium starts)',
  () => {
    test('an error stands at its line while typing, with what was meant, and nothing can be published with it', async () => {
      const id = await draft()
      const page = await open(`/policy/drafts/${id}`)
      await editor(page).fill(policy.replace('payment.age', 'payment.agee'))
      await page
        .getByText(/Line \d+, column \d+/)
        .first()
        .waitFor()
      await page.getByText('payment.age', { exact: true }).first().waitFor()
      await saved(page)
      await page.getByRole('link', { name: 'Publish' }).click()
      expect(await page.getByRole('button', { name: /Publish version/ }).isDisabled()).toBe(true)
      await page.getByText('Correct the errors first.').waitFor()
    })

    test('the form changes one line of the text and no other, its tests run, and one step back gives the text back', async () => {
      const id = await draft()
      const page = await open(`/policy/drafts/${id}`)
      await page.getByRole('button', { name: /^money-back/ }).click()
      await page.getByLabel('Condition 2: value: number').fill('21')
      await page.getByText('1 of 14 fail').waitFor()
      await page.getByText('expects approve, rule money-back').first().waitFor()
      const changed = policy.replace(
        '- payment.age <= days(30)\n      - usage.share < percent(20)\n    then: approve',
        '- payment.age <= days(21)\n      - usage.share < percent(20)\n    then: approve',
      )
      expect(await editor(page).inputValue()).toBe(changed)
      await saved(page)
      expect((await kept(id)).source).toBe(changed)
      await page.getByRole('button', { name: 'Undo' }).click()
      expect(await editor(page).inputValue()).toBe(policy)
      await page.getByText('14 pass').waitFor()
      await page.keyboard.press('Control+Shift+Z')
      expect(await editor(page).inputValue()).toBe(changed)
    })

    test('a rule is moved by keys and by dragging, with all that belongs to it', async () => {
      const id = await draft()
      const page = await open(`/policy/drafts/${id}`)
      const names = async () =>
        (
          await page.locator('[data-handle]').evaluateAll((all) => all.map((each) => each.getAttribute('data-handle')))
        ).slice(0, 3)
      await page.locator('[data-handle="charged-twice"]').focus()
      await page.keyboard.press('ArrowDown')
      await page.getByText('charged-twice is now number 2 of 8.').waitFor({ state: 'attached' })
      expect(await names()).toEqual(['large-amount', 'charged-twice', 'refunded-before'])
      await page
        .locator('[data-handle="refunded-before"]')
        .dragTo(page.getByRole('article', { name: 'Rule 1: large-amount' }))
      await until('the rule stands first', async () => (await names())[0] === 'refunded-before')
      await saved(page)
      const { source } = await kept(id)
      expect(source.indexOf('refunded-before')).toBeLessThan(source.indexOf('large-amount'))
      expect(source.length).toBe(policy.length)
    })

    test('a rule is added and filled in from the form alone: fact, sign, value, amount, sentence, and a test of it', async () => {
      const id = await draft()
      const page = await open(`/policy/drafts/${id}`)
      await page.getByRole('button', { name: 'Add a rule' }).click()
      await page.getByRole('button', { name: /^new-rule/ }).click()
      const rule = page.getByRole('article', { name: /new-rule/ })
      await rule.getByLabel('Another condition, about').selectOption('customer.country')
      await rule.getByRole('button', { name: 'Add', exact: true }).first().click()
      await rule.getByLabel('Condition 2: text').fill('FR')
      await rule.getByLabel('Then', { exact: true }).selectOption('approve')
      await rule.getByLabel('Amount', { exact: true }).selectOption('prorate(payment.refundable, percent(50))')
      await rule.getByLabel('Sentence in en').fill('Half of it: "as promised" #1.')
      await rule.getByLabel('Sentence in en').blur()
      await page.getByRole('button', { name: 'Add a test' }).click()
      await page.getByText('15 pass').or(page.getByText('1 of 15 fail')).first().waitFor()
      await saved(page)
      const { source } = await kept(id)
      expect(source).toContain(`  - id: new-rule
    when:
      - payment.age <= days(14)
      - customer.country == "FR"
    then: approve
    amount: prorate(payment.refundable, percent(50))
    say:
      en: 'Half of it: "as promised" #1.'
`)
      expect(source.startsWith(policy.slice(0, policy.indexOf('# What the law gives') - 1))).toBe(true)
      expect(source).toContain(policy.slice(policy.indexOf('# What the law gives'), policy.indexOf('tests:')))
    })

    test('a colleague who saves meanwhile is named, and neither text is lost', async () => {
      const id = await draft()
      const page = await open(`/policy/drafts/${id}`)
      await saved(page)
      await page.route('**/save', (route) => route.abort())
      await editor(page).fill(policy.replace('policy: Standard', 'policy: Mine'))
      await page.getByText('Not saved: no connection.').waitFor()
      const { revision } = await kept(id)
      const theirs = policy.replace('policy: Standard', 'policy: Theirs')
      await saveDraft(world.app, { id, revision, source: theirs, by: 'staff:finn', role: 'finance' })
      await page.unroute('**/save')
      await page.getByRole('button', { name: 'Try now' }).click()
      await page.getByText('saved this draft').waitFor()
      await page.getByRole('button', { name: 'Compare' }).click()
      await page.getByText('policy: Theirs').first().waitFor()
      await page.getByRole('button', { name: 'Save mine as a draft of its own' }).click()
      await page.getByRole('heading', { name: 'Three weeks, mine' }).waitFor()
      expect((await kept(id)).source).toBe(theirs)
      const own = page.url().split('/').at(-1)!
      expect((await kept(own)).source).toContain('policy: Mine')
    })

    test('without a connection nothing typed is lost, not even by a reload, and it is saved when the line is back', async () => {
      const id = await draft()
      const page = await open(`/policy/drafts/${id}`)
      await saved(page)
      await page.route('**/save', (route) => route.abort())
      await editor(page).fill(policy.replace('policy: Standard', 'policy: Offline'))
      await page.getByText('Not saved: no connection.').waitFor()
      await page.reload()
      expect(await editor(page).inputValue()).toContain('policy: Offline')
      await page.unroute('**/save')
      await until('it is saved', async () => (await kept(id)).source.includes('policy: Offline'))
      await saved(page)
    })

    test('a draft is tried on facts set by hand and on a past request, explained line by line', async () => {
      const id = await draft(policy.replace('payment.age <= days(14)', 'payment.age <= days(21)'))
      const page = await open(`/policy/drafts/${id}?tab=try`)
      await page.getByRole('textbox', { name: /the time since the payment/ }).fill('40d')
      await page.getByText('Deny', { exact: true }).first().waitFor()
      await page
        .getByText(/Required: more than 30 days/)
        .first()
        .waitFor()
      await page
        .getByRole('button', { name: /Customer 1/ })
        .first()
        .click()
      await page.getByText('Then it was').waitFor()
      await page.getByText(/rule otherwise, version 1/).waitFor()
      expect(page.url()).toMatch(/try=rr_/)
    })

    test('a backtest shows its progress, survives a reload, is read in one look, and leads to the requests behind it', async () => {
      const source = policy
        .replace('payment.age <= days(14)\n      - usage.share < percent(20)', 'payment.age <= days(21)')
        .replace(
          'a one-off purchase after three weeks\n    given: { payment.interval: once, payment.age: 21d',
          'later\n    given: { payment.interval: once, payment.age: 22d',
        )
      const id = await draft(source)
      const page = await open(`/policy/drafts/${id}?tab=backtest`)
      await page.getByRole('button', { name: 'Start the backtest' }).click()
      await page.getByText('Waiting for the worker').waitFor()
      await page.reload()
      await page.getByText('Waiting for the worker').waitFor()
      await work()
      await page.getByText('Done', { exact: true }).waitFor()
      await page.getByText('+$49.00').waitFor()
      await page.getByRole('link', { name: '1 from review to approve: show them' }).click()
      await page.getByRole('link', { name: 'Customer 1' }).waitFor()
      expect(await page.getByRole('link', { name: /^Customer/ }).count()).toBe(1)
      await page.getByRole('link', { name: 'Explain' }).click()
      await page.getByText('Another answer with this draft:').waitFor()
      await page.goBack()
      await page.getByRole('link', { name: 'Customer 1' }).click()
      await page.waitForURL(/requests\/rr_/)
    })

    test('a backtest that waits is canceled, and says so', async () => {
      const id = await draft()
      const page = await open(`/policy/drafts/${id}?tab=backtest`, { role: 'finance' })
      await page.getByText('All past payments, on one day').click()
      await page.getByRole('textbox', { name: 'Days after paying' }).fill('3')
      await page.getByRole('button', { name: 'Start the backtest' }).click()
      await page.getByRole('button', { name: 'Cancel' }).click()
      await page.getByText('There was nothing to go through').or(page.getByText('It was canceled.')).first().waitFor()
      await page.getByText(/3 days after paying, against version/).waitFor()
    })

    test('a draft in shadow answers beside the live policy, and its answers lead to their requests', async () => {
      const id = await draft(
        policy
          .replace('payment.age <= days(14)', 'payment.age <= days(21)')
          .replace('payment.age: 21d', 'payment.age: 22d'),
      )
      const page = await open(`/policy/drafts/${id}?tab=shadow`, { role: 'finance' })
      await page.getByRole('button', { name: 'Put in shadow' }).click()
      await page.getByText('0 of 0 differ').click()
      await page.getByText('No request since then').waitFor()
      await work()
      const { payment } = await world.buys()
      await until(
        'the payment is known',
        async () => (await world.rows(`select id from payment where stripe_payment_intent = '${payment}'`)).length > 0,
      )
      await world.ask(payment)
      await page.getByRole('button', { name: 'Explain' }).click({ timeout: 15_000 })
      await page.getByText(/Rule .* of this text/).waitFor()
      await page.getByRole('button', { name: 'End the shadow' }).click()
      await page.getByText('Ended', { exact: true }).waitFor()
    })

    test('finance proposes, an owner publishes with a reason, and rolls back; a viewer reads', async () => {
      const id = await draft(policy.replace('policy: Standard', 'policy: Next'))
      const finance = await open(`/policy/drafts/${id}?tab=publish`, { role: 'finance' })
      await finance.getByText(/Finance proposes and an owner publishes/).waitFor()
      expect(await finance.getByRole('button', { name: /Publish version/ }).isDisabled()).toBe(true)
      const page = await open(`/policy/drafts/${id}?tab=publish`)
      await page.getByLabel('What changes, and why').fill('A new name.')
      await page.getByRole('button', { name: /Publish version/ }).click()
      await page.getByText(/proposed by/).waitFor()
      const [newest] = await policyVersions(world.app.db, world.app.account)
      expect(newest).toMatchObject({ comment: 'A new name.', proposed_by: 'staff:finn' })
      await page.getByRole('link', { name: /^Version 1/ }).click()
      await page.getByRole('button', { name: 'Bring it back' }).click()
      await page.getByLabel('What changes, and why').fill('It was better.')
      await page.getByRole('button', { name: 'Publish version 1 again' }).click()
      await page.getByText(/brings back version 1/).waitFor()
      const viewer = await open(`/policy/drafts/${await draft()}`, { role: 'viewer' })
      await viewer.getByText('You can read and try it.').waitFor()
      expect(await editor(viewer).getAttribute('readonly')).not.toBeNull()
      expect(await viewer.getByRole('button', { name: 'Add a rule' }).count()).toBe(0)
    })

    test('a ready-made policy is a starting point, and its differences are said in words and line by line', async () => {
      const page = await open('/policy', { role: 'finance' })
      await page.getByRole('button', { name: 'New draft' }).click()
      await page.getByLabel('What is it about?').fill('Like Steam')
      await page.getByLabel('Begin with').selectOption('steam')
      await page.getByRole('button', { name: 'Begin', exact: true }).click()
      await page.getByRole('heading', { name: 'Like Steam' }).waitFor()
      await page.getByText('8 pass').waitFor()
      await page.getByRole('link', { name: 'Changes' }).click()
      await page.getByText(/Rule two-weeks-two-hours is new/).waitFor()
      await page.getByRole('cell', { name: /policy: Steam, games/ }).waitFor()
      await page.getByRole('link', { name: 'In words' }).click()
      await page.getByRole('button', { name: 'Deutsch' }).click()
      await page
        .getByText(/Spielzeit/)
        .first()
        .waitFor()
    })

    test('who is answered otherwise is found by proof, and a guarantee that a case breaks is shown before publishing', async () => {
      const small = `policy: Small
rules: [{ id: early, when: [payment.age <= days(14)], then: approve }]
otherwise: { then: deny }
`
      const id = await draft(
        `${small}guarantees: [{ name: small sums, always: ['decision.amount <= money(500, "usd")'] }]\n`,
      )
      const page = await open(`/policy/drafts/${id}?tab=publish`)
      await page.getByText(/Guarantee “small sums” does not hold: .*approve/).waitFor({ timeout: 60_000 })
      const other = await draft(small.replace('14', '21'))
      await saveDraft(world.app, { id: other, revision: 1, source: small, by: 'staff:olga', role: 'owner' })
      await page.goto(`${world.url}/admin/policy/drafts/${other}?tab=changes&against=state-1`)
      await page.getByRole('button', { name: 'Find cases' }).click()
      await page.getByText(/less$/).waitFor({ timeout: 60_000 })
      await page.getByText('Every other kind of case is answered as before: proven.').waitFor()
    }, 120_000)

    test('a text that is no YAML keeps the form waiting, and a server that fails says so with a way on', async () => {
      const page = await open(`/policy/drafts/${await draft('rules: [')}`)
      await page.getByText('The text can’t be shown as a form').waitFor()
      const away = await open('/policy/drafts/drf_none')
      await away.getByText('There is no such draft of a policy.').waitFor()
    })

    const looks = [
      { width: 1440, dark: false },
      { width: 1024, dark: true },
      { width: 390, dark: false },
      { width: 390, dark: true },
    ]
    test.each(looks)(
      'axe finds nothing in any view, and none is wider than the screen: $width px, dark: $dark',
      async (look) => {
        const id = await draft()
        const wrong = await draft(policy.replace('payment.age', 'payment.agee'))
        const [{ id: backtest }] = (await world.rows<{ id: string }>(
          `select id from backtest where status = 'done' limit 1`,
        )) as [{ id: string }]
        const [{ id: shadow }] = (await world.rows<{ id: string }>('select id from policy_shadow limit 1')) as [
          { id: string },
        ]
        const views = [
          '/policy',
          '/policy?version=1&view=words',
          '/policy?version=2&view=changes',
          ...['write', 'try', 'backtest', 'changes', 'words', 'shadow', 'publish'].map(
            (tab) => `/policy/drafts/${id}?tab=${tab}`,
          ),
          `/policy/drafts/${id}?pane=text`,
          `/policy/drafts/${wrong}`,
          `/policy/drafts/${wrong}?tab=words`,
          '/policy/drafts/drf_none',
          `/policy/backtests/${backtest}`,
          '/policy/backtests/bt_none',
          `/policy/shadows/${shadow}`,
        ]
        const page = await open('/policy', look)
        for (const view of views) {
          await page.goto(`${world.url}/admin${view}`)
          await page.locator('h1:not([role=status] *)').first().waitFor({ state: 'attached' })
          if (view.endsWith('tab=write')) {
            await page.getByRole('button', { name: /^large-amount/ }).click()
            await page.getByRole('article', { name: 'Test: one second late' }).getByRole('button').first().click()
          }
          await page.locator('.skeleton').first().waitFor({ state: 'detached' })
          await page.evaluate(axe)
          const found = await page.evaluate<string[]>(findFaults)
          expect([view, found]).toEqual([view, []])
        }
      },
      180_000,
    )
  },
)

import { readdir, readFile } from 'node:fs/promises'
import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../../app.ts'
import { inTransaction } from '../../../db/connect.ts'
import { installationSettings, saveInstallationSetting } from '../../../db/installation-settings.ts'
import { firstRunSteps, someCustomer, type FirstRunSteps } from '../../../db/settings/first-run.ts'
import { describePolicy } from '../../../domain/policy/describe.ts'
import { parsePolicy } from '../../../domain/policy/parse.ts'
import { openDraft } from '../../../flows/open-draft.ts'
import { createPortalLink } from '../../../flows/open-portal.ts'
import { answer, who } from '../answer.ts'
import { readBody, refuse, roleAtLeast, type AdminEnv } from '../guard.ts'

export type ReadyPolicy = { file: string; name: string; rules: { when: string; then: string }[]; facts: number }
export type FirstRunPage = {
  steps: FirstRunSteps
  dismissed: boolean
  customer: { id: string; name: string | null } | null
}
export type ReadyPolicies = { policies: ReadyPolicy[] }

const dismissBody = z.strictObject({ dismissed: z.boolean() })
const draftBody = z.strictObject({ file: z.string().max(100) })
const emptyBody = z.strictObject({})
const folder = new URL('../../../../policies/', import.meta.url)

/** The page "First steps": each is ticked by what is so, and leads to where it is done. */
export function firstRunRoutes(app: App): Hono<AdminEnv> {
  const routes = new Hono<AdminEnv>()
  routes.get('/', async (c) => {
    const [steps, settings, customer] = await Promise.all([
      firstRunSteps(app.db, app.account),
      installationSettings(app.db, app.account),
      someCustomer(app.db, app.account),
    ])
    return c.json({ steps, dismissed: settings.first_run_dismissed, customer: customer ?? null } satisfies FirstRunPage)
  })
  routes.get('/policies', async (c) => c.json({ policies: await readyPolicies() } satisfies ReadyPolicies))
  routes.post('/dismiss', roleAtLeast('owner'), async (c) => {
    const body = await readBody(c, dismissBody)
    if (!body.ok) return body.response
    await inTransaction(app.db, (tx) =>
      saveInstallationSetting(tx, app.account, 'first_run_dismissed', body.value.dismissed, {
        by: who(c).by,
        at: app.now(),
      }),
    )
    return c.json(body.value)
  })
  routes.post('/draft', roleAtLeast('finance'), async (c) => {
    const body = await readBody(c, draftBody)
    if (!body.ok) return body.response
    const ready = (await readyPolicies()).find(({ file }) => file === body.value.file)
    if (!ready)
      return refuse(c, 404, {
        code: 'setting_not_found',
        title: 'Not found',
        detail: 'There is no such ready-made policy.',
      })
    const source = await readFile(new URL(ready.file, folder), 'utf8')
    return answer(c, await openDraft(app, { name: ready.name, source, ...who(c) }))
  })
  routes.post('/try', roleAtLeast('support'), async (c) => {
    const body = await readBody(c, emptyBody)
    if (!body.ok) return body.response
    const customer = await someCustomer(app.db, app.account)
    if (!customer)
      return refuse(c, 409, {
        code: 'setting_refused',
        title: 'Nobody has paid yet',
        detail: 'No customer with a payment is known yet. Import the history first, or buy something in test mode.',
      })
    const link = await createPortalLink(app, { customer: customer.id, by: who(c).by })
    return answer(c, link)
  })
  return routes
}

let ready: Promise<ReadyPolicy[]> | undefined

/** What comes with Moneyback, in words: its own policy first, then what companies and laws publish. */
function readyPolicies(): Promise<ReadyPolicy[]> {
  ready ??= (async () => {
    const published = (await readdir(new URL('published/', folder))).filter((file) => file.endsWith('.yaml')).sort()
    const files = ['default.yaml', ...published.map((file) => `published/${file}`)]
    const read = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')))
    return read.flatMap((source, at) => {
      const parsed = parsePolicy(source)
      if (!parsed.ok) return []
      const { name, rules, otherwise } = describePolicy(parsed.policy, 'en')
      return [
        {
          file: files[at]!,
          name,
          rules: [...rules, otherwise].map((rule) => ({ when: rule.when.join('; '), then: rule.then.join('. ') })),
          facts: (source.match(/^ {2}[a-z_]+\.[a-z_.]+: \{/gm) ?? []).length,
        },
      ]
    })
  })()
  return ready
}

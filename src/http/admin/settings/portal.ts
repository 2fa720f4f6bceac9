import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../../app.ts'
import { alternativeCounts, ownTexts, type AlternativeCount } from '../../../db/portal-look.ts'
import { listPortalKeys } from '../../../db/portal-keys.ts'
import { isColour } from '../../../domain/colour.ts'
import { languageFor, type Language } from '../../../domain/languages.ts'
import { plainLook, styleOf, type PortalLook } from '../../../domain/portal-look.ts'
import { changeLook, changeText, lookNow } from '../../../flows/portal-look.ts'
import { addPortalKey, endPortalKey } from '../../../flows/portal-keys.ts'
import { shopName } from '../../../flows/shop-brand.ts'
import {
  blanksOf,
  partOfKey,
  sentences,
  wholeKey,
  withOwn,
  wordParts,
  type WordPart,
} from '../../../domain/own-words.ts'
import { mailWords } from '../../../mail/words.ts'
import { pageWords } from '../../portal/page-words.ts'
import { confirmPage, formPage, statementOf } from '../../portal/withdrawal/pages.ts'
import { withdrawalFrame } from '../../portal/withdrawal/routes.ts'
import { withdrawalWords } from '../../portal/withdrawal/words/all.ts'
import { pageHeaders } from '../../headers.ts'
import { samplePage } from '../../portal/preview-page.ts'
import { wordsIn } from '../../portal/words.ts'
import { answer, who } from '../answer.ts'
import { freshlyProven, readBody, readQuery, refuse, roleAtLeast, type AdminEnv } from '../guard.ts'

export type PortalSettings = {
  readonly look: PortalLook
  readonly logo: string | null
  readonly shop: string
  readonly portal_url: string
  readonly counts: readonly AlternativeCount[]
  readonly keys: readonly {
    readonly id: string
    readonly name: string
    readonly alg: string
    readonly issuer: string
    readonly revoked_at: string | null
  }[]
}

/** Each sentence in a language, ours and the merchant's own. */
export type PortalTexts = {
  readonly texts: readonly { readonly key: string; readonly ours: string; readonly own: string | null }[]
}

const said = z.record(z.string().max(10), z.string().max(1000))
const lookBody = z.strictObject({
  look: z.strictObject({
    name: z.string().max(200).nullable(),
    accent: z.string().max(20).nullable(),
    radius: z.number(),
    theme: z.enum(['auto', 'light', 'dark']),
    origins: z.array(z.string().max(200)).max(50),
    alternatives: z
      .array(
        z.strictObject({ name: z.string().max(100), title: said, text: said, url: z.string().max(500).nullable() }),
      )
      .max(10),
  }),
  /** A picture in base64; null takes the logo away, nothing leaves it. */
  logo: z.base64().max(800_000).nullish(),
})
const textBody = z.strictObject({
  language: z.string().max(10),
  key: z.string().max(100),
  text: z.string().max(2000).nullable(),
})
const keyBody = z.strictObject({
  name: z.string().max(200),
  issuer: z.string().max(400),
  public_key: z.string().max(4000).optional(),
})
const triedQuery = z.object({
  language: z.string().max(10).optional(),
  name: z.string().max(60).optional(),
  accent: z.string().max(7).optional(),
  radius: z.coerce.number().int().min(0).max(24).catch(plainLook.radius),
  theme: z.enum(['auto', 'light', 'dark']).catch('auto'),
  of: z.enum(['portal', 'withdrawal', 'statement']).catch('portal'),
})

/** The page "Portal": look, words, sites, alternatives, keys; and the preview of a look that is tried. */
export function portalSettingsRoutes(app: App): Hono<AdminEnv> {
  const routes = new Hono<AdminEnv>()
  routes.get('/', async (c) => {
    const [{ look, logo_type, changed_at }, shop, counts, keys] = await Promise.all([
      lookNow(app),
      shopName(app),
      alternativeCounts(app.db, app.account),
      listPortalKeys(app.db, app.account),
    ])
    const logo = logo_type === null ? null : `/portal/logo?v=${changed_at.getTime().toString(36)}`
    return c.json({ look, logo, shop, counts, keys, portal_url: app.config.portalUrl })
  })
  routes.post('/look', roleAtLeast('owner'), async (c) => {
    const body = await readBody(c, lookBody)
    if (!body.ok) return body.response
    const { look, logo } = body.value
    const picture = typeof logo === 'string' ? new Uint8Array(Buffer.from(logo, 'base64')) : logo
    return answer(c, await changeLook(app, { look: look as PortalLook, logo: picture, by: who(c).by }))
  })
  wordRoutes(app, routes)
  keyRoutes(app, routes)
  tryRoutes(app, routes)
  return routes
}

/** All words of a part, as they are ours. */
async function wordsOf(part: WordPart, language: Language): Promise<object> {
  if (part === 'portal') return wordsIn(language)
  return { page: pageWords, mail: mailWords, withdrawal: withdrawalWords }[part][language]
}

function wordRoutes(app: App, routes: Hono<AdminEnv>): void {
  routes.get('/texts/:language', async (c) => {
    const language = languageFor(c.req.param('language')) ?? 'en'
    const part = wordParts.find((each) => each === c.req.query('part')) ?? 'portal'
    const [words, own] = await Promise.all([wordsOf(part, language), ownTexts(app.db, app.account, language, part)])
    const texts = [...sentences(words)].map(([key, ours]) => ({
      key: wholeKey(part, key),
      ours,
      own: own[key] ?? null,
    }))
    return c.json({ texts } satisfies PortalTexts)
  })
  routes.post('/texts', roleAtLeast('finance'), async (c) => {
    const body = await readBody(c, textBody)
    if (!body.ok) return body.response
    const language = languageFor(body.value.language)
    const { part, key } = partOfKey(body.value.key)
    const ours = language && sentences(await wordsOf(part, language)).get(key)
    if (ours === undefined)
      return refuse(c, 422, {
        code: 'setting_invalid',
        title: 'Not saved',
        detail: 'There is no such sentence.',
        field: 'key',
      })
    return answer(c, await changeText(app, { ...body.value, blanks: blanksOf(ours), by: who(c).by }))
  })
}

function keyRoutes(app: App, routes: Hono<AdminEnv>): void {
  routes.post('/keys', roleAtLeast('owner'), freshlyProven, async (c) => {
    const body = await readBody(c, keyBody)
    return body.ok ? answer(c, await addPortalKey(app, { ...body.value, by: who(c).by })) : body.response
  })
  routes.post('/keys/:id/revoke', roleAtLeast('owner'), async (c) =>
    answer(c, await endPortalKey(app, { id: c.req.param('id'), by: who(c).by })),
  )
}

/** A look that nobody has saved yet, seen by staff alone, in a frame of the console. */
function tryRoutes(app: App, routes: Hono<AdminEnv>): void {
  routes.get('/preview.css', (c) => {
    const query = readQuery(c, triedQuery)
    if (!query.ok) return query.response
    const { accent, radius, theme } = query.value
    const style = styleOf({
      ...plainLook,
      radius,
      theme,
      accent: accent !== undefined && isColour(accent) ? accent : null,
    })
    return c.body(style, 200, { 'content-type': 'text/css; charset=utf-8' })
  })
  routes.get('/preview', async (c) => {
    const query = readQuery(c, triedQuery)
    if (!query.ok) return query.response
    const language: Language = languageFor(query.value.language) ?? 'en'
    const framed = async (page: ReturnType<typeof formPage>) => {
      await pageHeaders({ ancestor: "'self'" })(c, async () => {
        c.res = await Promise.resolve(c.html(page))
      })
      return c.res
    }
    if (query.value.of !== 'portal') return framed(await sampleWithdrawal(app, language, query.value.of))
    const [{ logo_type, changed_at }, shop, own] = await Promise.all([
      lookNow(app),
      shopName(app),
      ownTexts(app.db, app.account, language, 'portal'),
    ])
    const page = await samplePage({
      language,
      words: withOwn(await wordsIn(language), own),
      shop: query.value.name || shop,
      logo: logo_type === null ? null : `/portal/logo?v=${changed_at.getTime().toString(36)}`,
      style: `preview.css${new URL(c.req.url).search}`,
      now: app.now(),
    })
    return framed(page)
  })
}

/** The pages to withdraw from a contract, in the words that are saved, with made-up content. */
async function sampleWithdrawal(app: App, language: Language, of: 'withdrawal' | 'statement') {
  const frame = await withdrawalFrame(app, language)
  const form = { name: 'Ada', contract: 'Studio, INV-0042', email: 'ada@example.com' }
  const until = new Date(app.now().getTime() + 10 * 86_400_000)
  return of === 'withdrawal'
    ? formPage(frame, { form, faults: {}, payment: undefined, until })
    : confirmPage(frame, { form, payment: undefined, statement: statementOf(form, frame, app.now()), once: '' })
}

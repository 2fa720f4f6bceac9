import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../../app.ts'
import { ownTexts } from '../../../db/portal-look.ts'
import { languageCodes, type Language } from '../../../domain/languages.ts'
import { shopBrand } from '../../../flows/shop-brand.ts'
import { htmlOf, textOf } from '../../../mail/draw-letter.ts'
import { exampleLetter } from '../../../mail/example-letter.ts'
import { occasions, type Occasion } from '../../../mail/words/words.ts'
import { ownPolicy } from '../../attachments.ts'
import { readQuery, type AdminEnv } from '../guard.ts'

export type MailPage = {
  /** Whether letters are sent, or kept and shown. */
  sent: boolean
  from: string
  bounces: string | null
  occasion: Occasion
  language: Language
  subject: string
  text: string
}

const query = z.object({
  occasion: z.enum(occasions).default('approved'),
  language: z.enum(languageCodes as [Language, ...Language[]]).default('en'),
})

// A letter brings its styles with it, and fetches, runs and leads to nothing.
const inItsFrame = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"

/** The page "Mail": each letter in each language, as it would be sent, with made-up content. */
export function mailSettingsRoutes(app: App): Hono<AdminEnv> {
  const drawn = async ({ occasion, language }: z.infer<typeof query>) => {
    const [brand, own] = await Promise.all([shopBrand(app), ownTexts(app.db, app.account, language, 'mail')])
    const letter = exampleLetter(occasion, language, { shop: brand.name, now: app.now(), own })
    const url = letter.action === null ? null : `${app.config.portalUrl}/portal/enter#t=…`
    return { brand, letter, url }
  }
  return new Hono<AdminEnv>()
    .get('/', async (c) => {
      const given = readQuery(c, query)
      if (!given.ok) return given.response
      const { brand, letter, url } = await drawn(given.value)
      return c.json({
        sent: app.config.smtpUrl !== undefined,
        from: app.config.mailFrom,
        bounces: app.config.mailBounces ?? null,
        ...given.value,
        subject: letter.subject,
        text: textOf(letter, brand, url),
      } satisfies MailPage)
    })
    .get('/letter', async (c) => {
      const given = readQuery(c, query)
      if (!given.ok) return given.response
      const { brand, letter, url } = await drawn(given.value)
      const logo = brand.logo && `data:${brand.logo.type};base64,${Buffer.from(brand.logo.bytes).toString('base64')}`
      c.header(ownPolicy, inItsFrame)
      return c.html(await htmlOf(letter, brand, url, logo))
    })
}

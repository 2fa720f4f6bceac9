import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../app.ts'
import { portalPayments } from '../../db/portal-payments.ts'
import { portalRequest } from '../../db/portal-requests.ts'
import { appealRequest } from '../../flows/appeal-request.ts'
import { sessionLastsMs } from '../../domain/portal-link.ts'
import { takeAlternative } from '../../flows/portal-look.ts'
import { shopName } from '../../flows/shop-brand.ts'
import { paymentBadges } from '../../flows/payment-badges.ts'
import { previewDecision } from '../../flows/preview-decision.ts'
import { withdrawRequest } from '../../flows/withdraw-request.ts'
import { liveEvents } from '../live.ts'
import { tooOften } from '../limits.ts'
import { ownHostsOnly } from '../own-hosts.ts'
import { answering } from './answering.ts'
import { enterWithoutScript } from './enter-without-script.ts'
import { fileIds } from './file-ids.ts'
import { files, limitBody } from './files.ts'
import { customerOnly, notFound, ownPagesOnly, readBody, refuse, refused, tooMany, type PortalEnv } from './guard.ts'
import type { Language } from '../../domain/languages.ts'
import { languageOf } from './language.ts'
import { lookRoutes } from './look.ts'
import { portalPages } from './page.ts'
import { mayAskSeveral, severalRoutes } from './several.ts'
import { submitOnce } from './submit.ts'
import { paymentEntry, previewView, requestView } from './views.ts'
import { alternativesBeside } from './alternatives.ts'
import { waysIn } from './ways-in.ts'
import { withdrawalRoutes } from './withdrawal/routes.ts'
import { wordsIn } from './words.ts'
import type { NewRequestAnswer, PaymentEntry, PaymentsAnswer, Preview } from './wire.ts'

const comment = z.string().max(2000).optional()
const bodies = {
  preview: z.object({ reason: z.string().max(100), comment }),
  submit: z.object({
    payment: z.string().regex(/^pay_\w{1,64}$/),
    reason: z.string().max(100),
    comment,
    shown: z.string().max(100),
    after: z
      .string()
      .regex(/^rr_\w{1,64}$/)
      .nullable(),
    ask_person: z.boolean().optional(),
    files: fileIds,
  }),
  appeal: z.object({ comment }),
  alternative: z.strictObject({ name: z.string().max(40) }),
} as const

const bodyAtMost = 64 * 1024
const unusable = { code: 'invalid', detail: 'This can’t be used as it is. Nothing was changed.' }

/** The customer's own pages and what they ask the server, under /portal. */
export function portalRoutes(app: App): Hono {
  const portal = new Hono()
  portal.use(ownHostsOnly(app))
  portal.route('/api', portalApi(app))
  portal.route('/withdrawal', withdrawalRoutes(app))
  portal.route('/enter', enterWithoutScript(app))
  portal.route('/', lookRoutes(app))
  portal.get('/*', portalPages(app))
  return portal
}

function portalApi(app: App): Hono<PortalEnv> {
  const api = new Hono<PortalEnv>()
  api.use(ownPagesOnly(app))
  api.use(limitBody(bodyAtMost))
  waysIn(app, api)
  api.use(customerOnly(app))
  asking(app, api)
  severalRoutes(app, api, previewFor)
  standing(app, api)
  answering(app, api)
  files(app, api)
  api.all('*', notFound)
  return api
}

/** The customer's payments with their badges; with `payment` that one only. */
async function entries(app: App, owners: readonly string[], locale: string, payment?: string): Promise<PaymentEntry[]> {
  const rows = await portalPayments(app.db, app.account, owners, payment)
  const badges = await paymentBadges(app, rows, locale)
  return rows.map((row) => paymentEntry(row, badges.get(row.id)!, app.now()))
}

type Asked = { readonly payment: string; readonly reason: string; readonly comment?: string | undefined }

async function previewFor(
  app: App,
  owners: readonly string[],
  locale: Language,
  { payment: id, reason, comment: told }: Asked,
): Promise<Preview | Parameters<typeof refused>[1]> {
  const [own] = await portalPayments(app.db, app.account, owners, id)
  if (own === undefined) return { code: 'payment_not_found' }
  const asked = await previewDecision(app, { payment: id, reason, comment: told, channel: 'portal' })
  if (!asked.ok) return asked.no
  const { payment, decision } = asked.value
  const [entry] = await entries(app, owners, locale, payment.id)
  return entry === undefined
    ? { code: 'payment_not_found' }
    : previewView(entry, payment, decision, { locale, words: await wordsIn(locale), now: app.now() })
}

function asking(app: App, api: Hono<PortalEnv>): void {
  api.get('/payments', async (c) => {
    const payments = await entries(app, c.get('owners'), languageOf(c))
    return c.json({ shop: await shopName(app), payments, several: await mayAskSeveral(app) } satisfies PaymentsAnswer)
  })

  api.get('/payments/:id', async (c) => {
    const [entry] = await entries(app, c.get('owners'), languageOf(c), c.req.param('id'))
    return entry === undefined ? notFound(c) : c.json(entry)
  })

  // What would happen. Nothing is written.
  api.post('/payments/:id/preview', async (c) => {
    const body = await readBody(c, bodies.preview)
    if (body === undefined) return refuse(c, 422, unusable)
    const wait = await tooOften(app, 'preview', c.get('customer'))
    if (wait !== undefined) return tooMany(c, wait)
    const preview = await previewFor(app, c.get('owners'), languageOf(c), { payment: c.req.param('id'), ...body })
    if ('code' in preview) return refused(c, preview)
    return c.json({ ...preview, alternatives: await alternativesBeside(app, preview, languageOf(c)) } satisfies Preview)
  })

  // Something else instead of the refund, if the customer likes it better. Nothing is refunded and no way is closed.
  api.post('/payments/:id/alternatives', async (c) => {
    const body = await readBody(c, bodies.alternative)
    if (body === undefined) return refuse(c, 422, unusable)
    const customer = c.get('customer')
    const asked = { payment: c.req.param('id'), name: body.name, customer, by: `customer:${customer}` } as const
    const taken = await takeAlternative(app, asked)
    return taken.ok ? c.json({}) : refused(c, taken.no)
  })

  // The deed, as it was shown; where it would be another one by now, that is shown first.
  api.post('/requests', async (c) => {
    const body = await readBody(c, bodies.submit)
    if (body === undefined) return refuse(c, 422, unusable)
    const locale = languageOf(c)
    const [own] = await portalPayments(app.db, app.account, c.get('owners'), body.payment)
    if (own === undefined) return notFound(c)
    const customer = own.owner_id!
    const submitted = await submitOnce(app, { ...body, customer, owners: c.get('owners'), locale })
    switch (submitted.end) {
      case 'made':
        return c.json(
          { id: submitted.id, existing: submitted.existing } satisfies NewRequestAnswer,
          submitted.existing ? 200 : 201,
        )
      case 'in_flight':
        return refuse(c, 409, {
          code: 'request_in_flight',
          detail: 'This request is being taken in right now. Ask again in a moment.',
        })
      case 'too_often':
        return tooMany(c, submitted.seconds)
      case 'refused':
        return refused(c, submitted.no)
      case 'changed': {
        const preview = await previewFor(app, c.get('owners'), locale, body)
        if ('code' in preview) return refused(c, preview)
        return refuse(c, 409, {
          code: 'decision_changed',
          detail: 'This has changed since it was shown. Nothing was done.',
          preview,
        })
      }
    }
  })
}

function standing(app: App, api: Hono<PortalEnv>): void {
  api.get('/requests/:id', async (c) => {
    const row = await portalRequest(app.db, app.account, c.get('owners'), c.req.param('id'), app.now())
    if (row === undefined) return notFound(c)
    const locale = languageOf(c)
    return c.json(requestView(row, { locale, words: await wordsIn(locale), now: app.now() }))
  })

  api.post('/requests/:id/withdraw', async (c) => {
    const customer = c.get('customer')
    const done = await withdrawRequest(app, { id: c.req.param('id'), by: `customer:${customer}`, customer })
    return done.ok ? c.json({}) : refused(c, done.no)
  })

  // A "no" of the policy goes to a person.
  api.post('/requests/:id/appeal', async (c) => {
    const body = await readBody(c, bodies.appeal)
    if (body === undefined) return refuse(c, 422, unusable)
    const customer = c.get('customer')
    const done = await appealRequest(app, {
      id: c.req.param('id'),
      by: `customer:${customer}`,
      customer,
      comment: body.comment,
    })
    return done.ok ? c.json({}) : refused(c, done.no)
  })

  // Says that something moved, never what: the page asks for what it shows, with the rights that it has then.
  api.get('/live', (c) => {
    const owners = c.get('owners')
    const until = app.now().getTime() + sessionLastsMs
    return liveEvents(
      app,
      c,
      (hint) => hint.customer !== null && owners.includes(hint.customer) && app.now().getTime() < until,
    )
  })
}

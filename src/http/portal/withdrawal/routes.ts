import { createHmac, timingSafeEqual } from 'node:crypto'
import { Hono, type Context } from 'hono'
import type { App } from '../../../app.ts'
import { findCustomer } from '../../../db/customers.ts'
import { findPayment, type PaymentRow } from '../../../db/payments.ts'
import { newSecret, usePortalSession } from '../../../db/portal-sessions.ts'
import { findWithdrawal } from '../../../db/withdrawals.ts'
import { withdrawalEnds, withdrawalFaults, withdrawalLawOf, type WithdrawalForm } from '../../../domain/withdrawal.ts'
import { languageFor, type Language } from '../../../domain/languages.ts'
import { declareWithdrawal } from '../../../flows/declare-withdrawal.ts'
import { policyFor } from '../../../flows/judge.ts'
import { withdrawalOffered } from '../../../flows/withdrawal-offered.ts'
import { addressOf, tooOften } from '../../limits.ts'
import { stylesOf } from '../../web.ts'
import { isForeign, notFound, sessionSecret } from '../guard.ts'
import { languageOf } from '../language.ts'
import { lookNow } from '../../../flows/portal-look.ts'
import { ownWithdrawalWords } from '../own-page-words.ts'
import { shopName } from '../../../flows/shop-brand.ts'
import { acknowledgementText, confirmPage, donePage, formPage, saidPage, statementOf, type Frame } from './pages.ts'

/**
 * The withdrawal function (directive 2011/83/EU, article 11a): open to everybody, in two steps, without a script and without
 * signing in. Whoever is signed in finds their name, contract and address filled in.
 */
export function withdrawalRoutes(app: App): Hono {
  const routes = new Hono()
  routes.use(async (c, next) => {
    c.header('cache-control', 'no-store')
    // A statement that is on its way counts also after the switch was turned.
    return c.req.method === 'POST' || c.req.path.includes('/wd_') || (await withdrawalOffered(app))
      ? next()
      : notFound(c)
  })

  routes.get('/', async (c) => {
    const payment = await ownPayment(app, c, c.req.query('payment'))
    const customer = payment?.customer_id ? await findCustomer(app.db, app.account, payment.customer_id) : undefined
    const form = {
      name: customer?.name ?? '',
      contract: payment ? contractOf(payment) : '',
      email: customer?.email ?? payment?.receipt_email ?? '',
    }
    const until = payment ? await endFor(app, payment, customer?.country) : null
    return c.html(formPage(await frameOf(app, c), { form, faults: {}, payment: payment?.id, until }))
  })

  // The first step tells nobody anything; "change" comes back to it.
  for (const path of ['/', '/change'] as const)
    routes.post(path, async (c) => {
      const frame = await frameOf(app, c)
      if (isForeign(c)) return c.html(saidPage(frame, 'foreign'), 403)
      const { form, payment } = await read(c)
      const faults = path === '/' ? withdrawalFaults(form) : {}
      if (path === '/change' || Object.keys(faults).length > 0)
        return c.html(formPage(frame, { form, faults, payment, until: null }), path === '/' ? 422 : 200)
      return c.html(
        confirmPage(frame, { form, payment, statement: statementOf(form, frame, app.now()), once: newSecret() }),
      )
    })

  routes.post('/confirm', async (c) => {
    const frame = await frameOf(app, c)
    if (isForeign(c)) return c.html(saidPage(frame, 'foreign'), 403)
    if (await tooOften(app, 'withdrawal', addressOf(app, c))) return c.html(saidPage(frame, 'too_often'), 429)
    const { form, payment, once } = await read(c)
    const faults = withdrawalFaults(form)
    if (Object.keys(faults).length > 0 || !/^[\w-]{43}$/.test(once))
      return c.html(formPage(frame, { form, faults, payment, until: null }), 422)
    const kept = await declareWithdrawal(app, {
      ...form,
      language: frame.language,
      statement: statementOf(form, frame, app.now()),
      once,
      owners: await ownersOf(app, c),
      payment,
    })
    return c.redirect(`/portal/withdrawal/${kept.id}?k=${keyOf(app, kept.id)}&lang=${frame.language}`, 303)
  })

  routes.get('/:id{wd_[0-9a-f]{32}}', async (c) => {
    const kept = await keptFor(app, c)
    if (kept === undefined) return notFound(c)
    const file = `/portal/withdrawal/${kept.id}/acknowledgement.txt?k=${keyOf(app, kept.id)}`
    const request = kept.signed_in_as === null ? null : kept.request_id
    const mail = app.config.smtpUrl !== undefined
    return c.html(donePage(await frameOf(app, c), { kept, mail, file, request }))
  })

  routes.get('/:id{wd_[0-9a-f]{32}}/acknowledgement.txt', async (c) => {
    const kept = await keptFor(app, c)
    if (kept === undefined) return notFound(c)
    const language = languageFor(kept.language) ?? 'en'
    const said = { language, shop: await shopName(app), words: await ownWithdrawalWords(app, language) }
    return c.body(`${acknowledgementText(kept, said)}\n`, 200, {
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': `attachment; filename="withdrawal-${kept.received_at.toISOString().slice(0, 10)}.txt"`,
    })
  })
  return routes
}

const frameOf = (app: App, c: Context): Promise<Frame> => withdrawalFrame(app, languageOf(c))

/** The pages' words and look as the merchant has set them. */
export async function withdrawalFrame(app: App, language: Language): Promise<Frame> {
  const [shop, styles, words, { look, logo_type, changed_at }] = await Promise.all([
    shopName(app),
    stylesOf('portal').catch(() => ''),
    ownWithdrawalWords(app, language),
    lookNow(app),
  ])
  const version = changed_at.getTime().toString(36)
  return {
    language,
    words,
    shop,
    styles: `${styles}\n<link rel="stylesheet" href="/portal/look.css?v=${version}">`,
    logo: logo_type === null ? null : `/portal/logo?v=${version}`,
    theme: look.theme,
  }
}

async function read(c: Context): Promise<{ form: WithdrawalForm; payment: string | undefined; once: string }> {
  const body = await c.req.parseBody()
  const text = (name: string): string => {
    const value = body[name]
    return typeof value === 'string' ? value.replaceAll('\0', '') : ''
  }
  const payment = text('payment')
  return {
    form: { name: text('name'), contract: text('contract'), email: text('email') },
    payment: /^pay_\w{1,64}$/.test(payment) ? payment : undefined,
    once: text('once'),
  }
}

/** Whose pages these are: of nobody where nobody is signed in, and of nobody where a letter's link shows one request. */
async function ownersOf(app: App, c: Context): Promise<readonly string[]> {
  const secret = sessionSecret(app, c)
  const session = secret === undefined ? undefined : await usePortalSession(app.db, app.account, secret, app.now())
  return session === undefined || session.request !== null ? [] : session.owners
}

async function ownPayment(app: App, c: Context, id: string | undefined): Promise<PaymentRow | undefined> {
  if (id === undefined) return undefined
  const [payment, owners] = await Promise.all([findPayment(app.db, app.account, id), ownersOf(app, c)])
  return payment?.owner_id != null && owners.includes(payment.owner_id) ? payment : undefined
}

const contractOf = ({ description, product_name, invoice_number, paid_at }: PaymentRow): string =>
  [product_name ?? description, invoice_number, paid_at.toISOString().slice(0, 10)]
    .filter((part) => part !== null)
    .join(', ')

async function endFor(app: App, payment: PaymentRow, country: string | null | undefined): Promise<Date | null> {
  const law = withdrawalLawOf(country)
  if (law === undefined || !payment.first) return null
  const { policy } = await policyFor(app, payment, app.now())
  const ends = withdrawalEnds(payment.paid_at, { law, timezone: policy.timezone })
  return ends > app.now() ? ends : null
}

/** Opens the acknowledgement again, and is in no table. */
const keyOf = (app: App, id: string): string =>
  createHmac('sha256', app.secret).update(`acknowledgement of ${id}`).digest('base64url')

async function keptFor(app: App, c: Context) {
  const id = c.req.param('id') ?? ''
  const [given, right] = [Buffer.from(c.req.query('k') ?? ''), Buffer.from(keyOf(app, id))]
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined
  return findWithdrawal(app.db, app.account, id)
}

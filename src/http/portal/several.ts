import { fileIds } from './file-ids.ts'
import type { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../app.ts'
import { policyAt } from '../../db/policies.ts'
import { portalPayments, requestAfter } from '../../db/portal-payments.ts'
import type { Refusal } from '../../domain/refusal.ts'
import { readVersion } from '../../flows/judge.ts'
import { previewDecision } from '../../flows/preview-decision.ts'
import { submitBundle } from '../../flows/submit-bundle.ts'
import { notFound, readBody, refuse, refused, type PortalEnv } from './guard.ts'
import { languageOf } from './language.ts'
import { lookAgain } from './submit.ts'
import { markOf } from './views.ts'
import type { NewRequestAnswer, NewSeveralBody, Preview, SeveralPreview } from './wire.ts'

const id = z.string().regex(/^pay_\w{1,64}$/)
const reason = z.string().max(100)
const comment = z.string().max(2000).optional()
const after = z
  .string()
  .regex(/^rr_\w{1,64}$/)
  .nullable()
const bodies = {
  preview: z.object({ payments: z.array(id).min(1).max(50), reason, comment }),
  submit: z.object({
    payments: z
      .array(z.object({ payment: id, shown: z.string().max(100), after }))
      .min(2)
      .max(50),
    reason,
    comment,
    files: fileIds,
  }),
} as const

/** Whether the policy in force lets customers ask for several payments at once. */
export async function mayAskSeveral(app: App): Promise<boolean> {
  const version = await policyAt(app.db, app.account, app.now())
  return version !== undefined && readVersion(app, version).several_payments
}

type PreviewFor = (
  app: App,
  owners: readonly string[],
  locale: ReturnType<typeof languageOf>,
  asked: { payment: string; reason: string; comment?: string | undefined },
) => Promise<Preview | Refusal>

const unusable = { code: 'invalid', detail: 'This can’t be used as it is. Nothing was changed.' }

/** Several payments at once, where the policy has it: what would happen with each, and the deed. */
export function severalRoutes(app: App, api: Hono<PortalEnv>, previewFor: PreviewFor): void {
  const previews = async (
    c: Parameters<typeof languageOf>[0],
    owners: readonly string[],
    asked: Asked,
  ): Promise<Preview[] | Refusal> => {
    const all: Preview[] = []
    for (const payment of asked.payments) {
      const preview = await previewFor(app, owners, languageOf(c), { ...asked, payment })
      if ('code' in preview) return preview
      all.push(preview)
    }
    return all
  }

  api.post('/several/preview', async (c) => {
    const body = await readBody(c, bodies.preview)
    if (body === undefined) return refuse(c, 422, unusable)
    const shown = await previews(c, c.get('owners'), body)
    return 'code' in shown ? refused(c, shown) : c.json({ previews: shown } satisfies SeveralPreview)
  })

  api.post('/several', async (c) => {
    const body = await readBody(c, bodies.submit)
    if (body === undefined) return refuse(c, 422, unusable)
    const owners = c.get('owners')
    if (!(await mayAskSeveral(app)))
      return refuse(c, 409, {
        code: 'several_not_allowed',
        detail: 'Ask for one payment after the other. Nothing was changed.',
      })
    const done = await submitSeveral(app, {
      ...body,
      owners,
      locale: languageOf(c),
    })
    if (done.end === 'made')
      return c.json({ id: done.id, existing: done.existing } satisfies NewRequestAnswer, done.existing ? 200 : 201)
    if (done.end === 'not_found') return notFound(c)
    if (done.end === 'refused') return refused(c, done.no)
    const now = await previews(c, owners, { ...body, payments: body.payments.map(({ payment }) => payment) })
    if ('code' in now) return refused(c, now)
    return refuse(c, 409, {
      code: 'decision_changed',
      detail: 'This has changed since it was shown. Nothing was done.',
      previews: now,
    })
  })
}

type Asked = { readonly payments: readonly string[]; readonly reason: string; readonly comment?: string | undefined }

type Done =
  | { readonly end: 'made'; readonly id: string; readonly existing: boolean }
  | { readonly end: 'changed' | 'not_found' }
  | { readonly end: 'refused'; readonly no: Refusal }

/**
 * Asks for what the customer agreed to, once: where the first payment has its next request already, an earlier tap made it.
 * Each payment must still have the answer that was shown.
 */
async function submitSeveral(app: App, asking: Asking): Promise<Done> {
  const [first] = asking.payments
  const made = () => requestAfter(app.db, app.account, first!.payment, first!.after)
  for (const { payment } of asking.payments) {
    const [own] = await portalPayments(app.db, app.account, asking.owners, payment)
    if (own === undefined) return { end: 'not_found' }
  }
  const before = await made()
  if (before !== undefined) return { end: 'made', id: before, existing: true }
  const done = await ask(app, asking)
  if (done.end === 'made') return done
  // A tap at the same moment was faster: what it made is what stood in this one's way.
  const meanwhile = await made()
  return meanwhile === undefined ? done : { end: 'made', id: meanwhile, existing: true }
}

type Asking = NewSeveralBody & {
  /** Everybody who is this person: the payments may be of several of them. */
  readonly owners: readonly string[]
  readonly locale: string
}

async function ask(app: App, { payments, reason, comment, locale, files, owners }: Asking): Promise<Done> {
  for (const { payment, shown } of payments) {
    await lookAgain(app, payment)
    const preview = await previewDecision(app, { payment, reason, comment, channel: 'portal' })
    if (!preview.ok) return { end: 'refused', no: preview.no }
    if (markOf(preview.value.decision) !== shown) return { end: 'changed' }
  }
  const bundle = await submitBundle(app, {
    payments: payments.map(({ payment }) => ({ payment })),
    reason,
    owners,
    comment,
    locale,
    files: { ids: files ?? [], senders: owners },
    channel: 'portal',
    by: `customer:${owners[0]!}`,
  })
  return bundle.ok ? { end: 'made', id: bundle.value.requests[0]!, existing: false } : { end: 'refused', no: bundle.no }
}

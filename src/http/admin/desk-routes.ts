import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../app.ts'
import { seePresence } from '../../db/presence.ts'
import { forgetView, saveView } from '../../db/saved-views.ts'
import { roles } from '../../domain/actor.ts'
import { ok } from '../../domain/refusal.ts'
import { addNote } from '../../flows/add-note.ts'
import { askCustomer } from '../../flows/ask-customer.ts'
import { assignRequest } from '../../flows/assign-request.ts'
import { escalateRequest } from '../../flows/escalate-request.ts'
import { handleElsewhere } from '../../flows/handle-elsewhere.ts'
import { mergeRequests } from '../../flows/merge-requests.ts'
import { reopenRequest } from '../../flows/reopen-request.ts'
import { snoozeRequest } from '../../flows/snooze-request.ts'
import { undoDecision } from '../../flows/undo-decision.ts'
import { doOnce } from '../idempotent.ts'
import { answer, who } from './answer.ts'
import { readBody, roleAtLeast, type AdminEnv } from './guard.ts'

const text = (max: number) => z.string().max(max, `is longer than ${max.toLocaleString('en')} characters`)
const bodies = {
  ask: z.strictObject({ question: z.string() }),
  assign: z.strictObject({ to: z.string().max(100) }),
  note: z.strictObject({ note: text(10_000) }),
  escalate: z.strictObject({ to: z.enum(roles), note: text(2_000) }),
  snooze: z.strictObject({ until: z.iso.datetime({ offset: true }).nullable() }),
  handle: z.strictObject({ note: text(2_000), proof: text(1_000), reply: text(10_000).optional() }),
  merge: z.strictObject({ into: text(100) }),
  presence: z.strictObject({ open: text(100).nullable() }),
  view: z.strictObject({
    name: z.string().trim().min(1, 'is missing').max(60),
    search: z.record(z.string().max(40), z.string().max(200)),
    shared: z.boolean(),
  }),
} as const

/** What staff do with a request beside approving and denying it. Each route parses, calls one flow, and answers. */
export function deskRoutes(app: App): Hono<AdminEnv> {
  const routes = new Hono<AdminEnv>()
  const support = roleAtLeast('support')
  routes.post('/requests/:id/ask', support, async (c) => {
    const body = await readBody(c, bodies.ask)
    if (!body.ok) return body.response
    return answer(
      c,
      await doOnce(app, c.get('makes'), (here) =>
        askCustomer(here, { id: c.req.param('id'), ...who(c), ...body.value }),
      ),
    )
  })
  routes.post('/requests/:id/assign', support, async (c) => {
    const body = await readBody(c, bodies.assign)
    if (!body.ok) return body.response
    const { by } = who(c)
    const { to } = body.value
    const aim = to === 'me' ? by : to === 'nobody' ? null : (`staff:${to.replace(/^staff:/, '')}` as const)
    return answer(
      c,
      await doOnce(app, c.get('makes'), (here) => assignRequest(here, { id: c.req.param('id'), by, to: aim })),
    )
  })
  routes.post('/requests/:id/notes', support, async (c) => {
    const body = await readBody(c, bodies.note)
    if (!body.ok) return body.response
    return answer(
      c,
      await doOnce(app, c.get('makes'), (here) =>
        addNote(here, { id: c.req.param('id'), by: who(c).by, note: body.value.note }),
      ),
    )
  })
  routes.post('/requests/:id/escalate', support, async (c) => {
    const body = await readBody(c, bodies.escalate)
    if (!body.ok) return body.response
    return answer(
      c,
      await doOnce(app, c.get('makes'), (here) =>
        escalateRequest(here, { id: c.req.param('id'), ...who(c), ...body.value }),
      ),
    )
  })
  routes.post('/requests/:id/snooze', support, async (c) => {
    const body = await readBody(c, bodies.snooze)
    if (!body.ok) return body.response
    const until = body.value.until === null ? null : new Date(body.value.until)
    return answer(
      c,
      await doOnce(app, c.get('makes'), (here) => snoozeRequest(here, { id: c.req.param('id'), ...who(c), until })),
    )
  })
  routes.post('/requests/:id/handle', support, async (c) => {
    const body = await readBody(c, bodies.handle)
    if (!body.ok) return body.response
    return answer(
      c,
      await doOnce(app, c.get('makes'), (here) =>
        handleElsewhere(here, { id: c.req.param('id'), ...who(c), ...body.value }),
      ),
    )
  })
  routes.post('/requests/:id/merge', support, async (c) => {
    const body = await readBody(c, bodies.merge)
    if (!body.ok) return body.response
    return answer(
      c,
      await doOnce(app, c.get('makes'), (here) =>
        mergeRequests(here, { id: c.req.param('id'), ...who(c), ...body.value }),
      ),
    )
  })
  routes.post('/requests/:id/reopen', support, async (c) => {
    const body = await readBody(c, bodies.note)
    if (!body.ok) return body.response
    return answer(
      c,
      await doOnce(app, c.get('makes'), (here) =>
        reopenRequest(here, { id: c.req.param('id'), ...who(c), ...body.value }),
      ),
    )
  })
  routes.post('/requests/:id/undo', support, async (c) =>
    answer(c, await doOnce(app, c.get('makes'), (here) => undoDecision(here, { id: c.req.param('id'), ...who(c) }))),
  )
  routes.post('/presence', async (c) => {
    const body = await readBody(c, bodies.presence)
    if (!body.ok) return body.response
    const seen = { me: c.get('staff').id, open: body.value.open, now: app.now() }
    return c.json({ viewers: await seePresence(app.db, app.account, seen) })
  })
  routes.post('/views', async (c) => {
    const body = await readBody(c, bodies.view)
    if (!body.ok) return body.response
    const view = { ...body.value, me: c.get('staff').id, at: app.now() }
    return answer(c, await doOnce(app, c.get('makes'), async (here) => ok(await saveView(here.db, here.account, view))))
  })
  routes.post('/views/:id/forget', async (c) => {
    const gone = await forgetView(app.db, app.account, { me: c.get('staff').id, id: c.req.param('id') })
    return c.json({ gone })
  })
  return routes
}

import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../app.ts'
import { roles } from '../../domain/actor.ts'
import { addNote } from '../../flows/add-note.ts'
import { askCustomer } from '../../flows/ask-customer.ts'
import { assignRequest } from '../../flows/assign-request.ts'
import { escalateRequest } from '../../flows/escalate-request.ts'
import { handleElsewhere } from '../../flows/handle-elsewhere.ts'
import { mergeRequests } from '../../flows/merge-requests.ts'
import { reopenRequest } from '../../flows/reopen-request.ts'
import { snoozeRequest } from '../../flows/snooze-request.ts'
import { undoDecision } from '../../flows/undo-decision.ts'
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
} as const

/** What staff do with a request beside approving and denying it. Each route parses, calls one flow, and answers. */
export function deskRoutes(app: App): Hono<AdminEnv> {
  const routes = new Hono<AdminEnv>()
  const support = roleAtLeast('support')
  routes.post('/requests/:id/ask', support, async (c) => {
    const body = await readBody(c, bodies.ask)
    if (!body.ok) return body.response
    return answer(c, await askCustomer(app, { id: c.req.param('id'), ...who(c), ...body.value }))
  })
  routes.post('/requests/:id/assign', support, async (c) => {
    const body = await readBody(c, bodies.assign)
    if (!body.ok) return body.response
    const { by } = who(c)
    const { to } = body.value
    const aim = to === 'me' ? by : to === 'nobody' ? null : (`staff:${to.replace(/^staff:/, '')}` as const)
    return answer(c, await assignRequest(app, { id: c.req.param('id'), by, to: aim }))
  })
  routes.post('/requests/:id/notes', support, async (c) => {
    const body = await readBody(c, bodies.note)
    if (!body.ok) return body.response
    return answer(c, await addNote(app, { id: c.req.param('id'), by: who(c).by, note: body.value.note }))
  })
  routes.post('/requests/:id/escalate', support, async (c) => {
    const body = await readBody(c, bodies.escalate)
    if (!body.ok) return body.response
    return answer(c, await escalateRequest(app, { id: c.req.param('id'), ...who(c), ...body.value }))
  })
  routes.post('/requests/:id/snooze', support, async (c) => {
    const body = await readBody(c, bodies.snooze)
    if (!body.ok) return body.response
    const until = body.value.until === null ? null : new Date(body.value.until)
    return answer(c, await snoozeRequest(app, { id: c.req.param('id'), ...who(c), until }))
  })
  routes.post('/requests/:id/handle', support, async (c) => {
    const body = await readBody(c, bodies.handle)
    if (!body.ok) return body.response
    return answer(c, await handleElsewhere(app, { id: c.req.param('id'), ...who(c), ...body.value }))
  })
  routes.post('/requests/:id/merge', support, async (c) => {
    const body = await readBody(c, bodies.merge)
    if (!body.ok) return body.response
    return answer(c, await mergeRequests(app, { id: c.req.param('id'), ...who(c), ...body.value }))
  })
  routes.post('/requests/:id/reopen', support, async (c) => {
    const body = await readBody(c, bodies.note)
    if (!body.ok) return body.response
    return answer(c, await reopenRequest(app, { id: c.req.param('id'), ...who(c), ...body.value }))
  })
  routes.post('/requests/:id/undo', support, async (c) =>
    answer(c, await undoDecision(app, { id: c.req.param('id'), ...who(c) })),
  )
  return routes
}

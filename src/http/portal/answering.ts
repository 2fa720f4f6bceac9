import type { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../app.ts'
import { answerQuestion } from '../../flows/answer-question.ts'
import { readBody, refuse, refused, type PortalEnv } from './guard.ts'
import { fileIds } from './file-ids.ts'

const answerBody = z.object({ answer: z.string().max(10_000), files: fileIds })

/** The customer's answer to what staff asked. */
export function answering(app: App, api: Hono<PortalEnv>): void {
  api.post('/requests/:id/answer', async (c) => {
    const body = await readBody(c, answerBody)
    if (body === undefined)
      return refuse(c, 422, { code: 'invalid', detail: 'This can’t be used as it is. Nothing was changed.' })
    const customer = c.get('customer')
    const done = await answerQuestion(app, {
      id: c.req.param('id'),
      by: `customer:${customer}`,
      customer,
      answer: body.answer,
      files: { ids: body.files ?? [], senders: c.get('owners') },
    })
    return done.ok ? c.json({}) : refused(c, done.no)
  })
}

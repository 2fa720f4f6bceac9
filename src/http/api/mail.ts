import { createRoute, z } from '@hono/zod-openapi'
import type { App } from '../../app.ts'
import { noteBounce } from '../../flows/note-bounce.ts'
import { problem } from '../problem.ts'
import { scoped } from './keys.ts'
import { errors, json, type Api } from './parts.ts'

const BounceNoted = z
  .object({
    message: z.string().openapi({ example: 'msg_019a…' }),
    outcome: z.enum(['ended', 'known', 'ignored']).openapi({
      description: 'ended: staff are told. known: it was written down before. ignored: the report says of no failure.',
    }),
  })
  .openapi('BounceNoted')

/** What comes back by mail. */
export function mailRoutes(app: App, api: Api): void {
  api.openapi(
    createRoute({
      method: 'post',
      path: '/mail/bounces',
      summary: 'Hand on a mail that came back',
      ...scoped('mail:bounces'),
      description:
        'The delivery report (RFC 3464) as your mail server got it, whole. Point the mailbox of MAIL_BOUNCES here, with an API key.',
      request: { body: { required: true, content: { 'message/rfc822': { schema: z.string() } } } },
      responses: { 200: json(BounceNoted, 'Noted.'), ...errors },
    }),
    async (c) => {
      const result = await noteBounce(app, await c.req.text())
      return (result.ok ? c.json(result.value, 200) : problem(c, result.no)) as never
    },
  )
}

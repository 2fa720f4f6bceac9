import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../../app.ts'
import { exampleRequests, type ExampleRequest } from '../../../db/settings/examples.ts'
import { listTemplates } from '../../../db/templates.ts'
import { fillReply, inLanguage, wrongInReply, type ReplyUse } from '../../../domain/reply-template.ts'
import { caseOf, repliesFor, type Reply } from '../../../flows/replies-for.ts'
import { addTemplate, arrangeTemplates, changeTemplate } from '../../../flows/settings/save-template.ts'
import { readBody, readQuery, roleAtLeast, type AdminEnv } from '../guard.ts'
import { doOnce } from '../../idempotent.ts'
import { answer, who } from '../answer.ts'

export type TemplatesPage = {
  templates: {
    id: string
    name: string
    use: ReplyUse
    words: Record<string, string>
    archived_at: string | null
  }[]
  examples: ExampleRequest[]
}
export type Replies = { language: string; replies: Reply[] }

const words = z.record(z.string().max(10), z.string().max(20_000))
const use = z.enum(['deny', 'approve', 'ask'])
const newBody = z.strictObject({ name: z.string().max(200), use, words })
const changeBody = z.strictObject({
  name: z.string().max(200).optional(),
  words: words.optional(),
  archived: z.boolean().optional(),
})
const orderBody = z.strictObject({ ids: z.array(z.string().max(100)).max(500) })
const previewBody = z.strictObject({ words, request: z.string().max(100) })
const repliesQuery = z.object({
  request: z.string().max(100),
  use,
  amount_minor: z.coerce.number().int().nonnegative().optional(),
})

/** The page "Replies". */
export function templateRoutes(app: App): Hono<AdminEnv> {
  const routes = new Hono<AdminEnv>()
  routes.get('/', async (c) => {
    const [templates, examples] = await Promise.all([
      listTemplates(app.db, app.account, { archived: true }),
      exampleRequests(app.db, app.account),
    ])
    return c.json({ templates, examples })
  })
  routes.post('/', roleAtLeast('finance'), async (c) => {
    const body = await readBody(c, newBody)
    return body.ok
      ? answer(c, await doOnce(app, c.get('makes'), (here) => addTemplate(here, body.value, who(c).by)))
      : body.response
  })
  routes.post('/order', roleAtLeast('finance'), async (c) => {
    const body = await readBody(c, orderBody)
    return body.ok ? answer(c, await arrangeTemplates(app, body.value.ids, who(c).by)) : body.response
  })
  routes.post('/preview', async (c) => {
    const body = await readBody(c, previewBody)
    if (!body.ok) return body.response
    const case_ = await caseOf(app, body.value.request)
    const found = inLanguage(body.value.words, case_?.locale)
    return c.json({
      language: found?.language ?? null,
      reply: found && case_ ? fillReply(found.text, case_.values) : null,
      wrong: Object.values(body.value.words).map(wrongInReply).find(Boolean) ?? null,
    })
  })
  routes.post('/:id', roleAtLeast('finance'), async (c) => {
    const body = await readBody(c, changeBody)
    if (!body.ok) return body.response
    const { name, words: changed, archived } = body.value
    return answer(
      c,
      await changeTemplate(
        app,
        c.req.param('id'),
        { ...(name !== undefined && { name }), ...(changed && { words: changed }), archived },
        who(c).by,
      ),
    )
  })
  return routes
}

/** The replies for one request, filled in: what the forms for approving, denying and asking offer. */
export function repliesRoute(app: App): Hono<AdminEnv> {
  return new Hono<AdminEnv>().get('/', async (c) => {
    const query = readQuery(c, repliesQuery)
    return query.ok ? answer(c, await repliesFor(app, query.value)) : query.response
  })
}

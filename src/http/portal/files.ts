import { createMiddleware } from 'hono/factory'
import type { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { attachmentLimits, fileFaults } from '../../domain/attachment.ts'
import type { App } from '../../app.ts'
import { keepAttachment } from '../../flows/keep-attachment.ts'
import { readAttachment } from '../../flows/read-attachment.ts'
import { asDownload, asPicture } from '../attachments.ts'
import { tooOften } from '../limits.ts'
import { refuse, refused, tooMany, type PortalEnv } from './guard.ts'
import type { FileView } from './wire.ts'

/** Where files come in: the one address that takes bytes instead of JSON, and more of them. */
export const filesPath = '/portal/api/attachments'

/** The limit of a body: a file's where files come in, `small` everywhere else. */
export const limitBody = (small: number) => {
  const tooLarge = bodyLimit({
    maxSize: small,
    onError: (c) => refuse(c, 413, { code: 'too_large', detail: 'This is too much at once.' }),
  })
  const tooLargeFile = bodyLimit({
    maxSize: attachmentLimits.bytes,
    onError: (c) => refuse(c, 413, { code: 'file_refused', fault: 'too_large', detail: fileFaults.too_large }),
  })
  return createMiddleware((c, next) => (c.req.path === filesPath ? tooLargeFile(c, next) : tooLarge(c, next)))
}

/** Files of the customer's own, in and out. */
export function files(app: App, api: Hono<PortalEnv>): void {
  api.post('/attachments', async (c) => {
    const wait = await tooOften(app, 'file', c.get('customer'))
    if (wait !== undefined) return tooMany(c, wait)
    const kept = await keepAttachment(app, {
      customer: c.get('customer'),
      name: nameOf(c.req.header('x-file-name')),
      bytes: new Uint8Array(await c.req.arrayBuffer()),
    })
    return kept.ok ? c.json(kept.value satisfies FileView, 201) : refused(c, kept.no)
  })

  const read = (id: string, c: { get(key: 'owners'): readonly string[]; get(key: 'only'): string | null }) =>
    readAttachment(app, id, { customers: c.get('owners'), request: c.get('only') })

  api.get('/attachments/:id', async (c) => {
    const found = await read(c.req.param('id'), c)
    return found.ok ? asDownload(c, found.value) : refused(c, found.no)
  })
  api.get('/attachments/:id/picture', async (c) => {
    const found = await read(c.req.param('id'), c)
    return found.ok ? asPicture(c, found.value) : refused(c, found.no)
  })
}

// A name is percent-encoded UTF-8: a header holds no other letters than those of Latin.
function nameOf(header: string | undefined): string {
  try {
    return decodeURIComponent(header ?? '').slice(0, 300)
  } catch {
    return ''
  }
}

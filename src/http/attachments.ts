import type { Context } from 'hono'
import type { ReadFile } from '../flows/read-attachment.ts'

// A file of somebody's runs nothing, embeds nothing and is told apart from our own pages, whatever is in it.
const locked = "default-src 'none'; sandbox; frame-ancestors 'none'"

/** Where an answer says its own policy, which then stands instead of the one for all pages (server.ts). */
export const ownPolicy = 'x-own-policy'

/** Answers with a file to be saved. */
export const asDownload = (c: Context, { file, bytes }: ReadFile): Response =>
  answer(c, { file, bytes }, 'attachment', 'application/octet-stream')

/** Answers with a picture to be looked at; with anything else to be saved. */
export const asPicture = (c: Context, read: ReadFile): Response =>
  read.file.type.startsWith('image/') ? answer(c, read, 'inline', read.file.type) : asDownload(c, read)

function answer(c: Context, { file, bytes }: ReadFile, disposition: string, type: string): Response {
  const plain = file.name.replaceAll(/[^\w.-]/g, '_')
  return c.body(new Uint8Array(bytes), 200, {
    'content-type': type,
    'content-disposition': `${disposition}; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    'content-security-policy': locked,
    [ownPolicy]: locked,
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'private, no-store',
  })
}

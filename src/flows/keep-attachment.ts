import { createHash } from 'node:crypto'
import type { App } from '../app.ts'
import { attachmentStored, attachmentsSentBy, insertAttachment } from '../db/attachments.ts'
import { attachmentLimits, shownName, type AttachmentType } from '../domain/attachment.ts'
import { newId } from '../domain/ids.ts'
import { no, ok, type Result } from '../domain/refusal.ts'
import { cleanFile } from '../attachments/clean-file.ts'
import { attachmentStore } from '../attachments/store.ts'

export type SentFile = { readonly customer: string; readonly name: string; readonly bytes: Uint8Array }
export type KeptFile = {
  readonly id: string
  readonly name: string
  readonly type: AttachmentType
  /** How many bytes are kept. */
  readonly bytes: number
}

const hourMs = 60 * 60 * 1000

/**
 * Takes a file that a customer sends, before the request or the answer is made that it belongs to. It is judged by its content
 * and kept as what it was found to be; the same file sent twice is kept once. Refuses: file_refused, too_many_files.
 */
export async function keepAttachment(app: App, { customer, name, bytes }: SentFile): Promise<Result<KeptFile>> {
  const { account, db } = app
  const at = app.now()
  const sha256 = createHash('sha256').update(bytes).digest('base64url')
  const since = new Date(at.getTime() - hourMs)
  const { same, recent, loose } = await attachmentsSentBy(db, account, customer, { sha256, since })
  if (same) return ok({ id: same.id, name: same.name, type: same.type, bytes: same.bytes })
  if (recent >= attachmentLimits.perHour || loose >= attachmentLimits.loose)
    return no({ code: 'too_many_files', most: attachmentLimits.loose })

  const clean = await cleanFile(bytes)
  if ('fault' in clean) return no({ code: 'file_refused', fault: clean.fault })
  const kept = { id: newId('att'), name: shownName(name, clean.type), type: clean.type, bytes: clean.bytes.length }
  // The row first: bytes that no row knows of would never be deleted.
  await insertAttachment(db, {
    account_id: account,
    customer_id: customer,
    created_at: at,
    sent_sha256: sha256,
    ...kept,
  })
  await attachmentStore(app.config).put(kept.id, clean.bytes)
  await attachmentStored(db, account, kept.id, at)
  return ok(kept)
}

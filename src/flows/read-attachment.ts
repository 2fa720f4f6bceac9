import type { App } from '../app.ts'
import { attachmentStore } from '../attachments/store.ts'
import { findAttachment, type AttachmentRow } from '../db/attachments.ts'
import { no, ok, type Result } from '../domain/refusal.ts'

export type ReadFile = { readonly file: AttachmentRow; readonly bytes: Buffer }

/** Who may see it: these customers; with `request`, files of this request alone, and loose ones. Nothing: staff. */
export type Seeing = { readonly customers: readonly string[]; readonly request: string | null }

/**
 * A file with its bytes. Refuses: attachment_not_found, also for one that may not be seen and for one whose time is over.
 */
export async function readAttachment(app: App, id: string, seeing?: Seeing): Promise<Result<ReadFile>> {
  const file = await findAttachment(app.db, app.account, id)
  if (file === undefined || (seeing && !maySee(file, seeing))) return no({ code: 'attachment_not_found' })
  const bytes = await attachmentStore(app.config).get(id)
  return bytes === undefined ? no({ code: 'attachment_not_found' }) : ok({ file, bytes })
}

const maySee = ({ customer_id, request_id }: AttachmentRow, { customers, request }: Seeing): boolean =>
  customers.includes(customer_id) && (request === null || request_id === null || request_id === request)

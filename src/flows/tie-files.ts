import type { App } from '../app.ts'
import { looseAttachments, tieAttachments } from '../db/attachments.ts'
import type { Tx } from '../db/connect.ts'
import type { Actor } from '../domain/actor.ts'

type Sent = { readonly by: Actor; readonly files?: readonly string[] | undefined }

const customerOf = (by: Actor): string | undefined =>
  by.startsWith('customer:') ? by.slice('customer:'.length) : undefined

/** Whether all files that a customer names are theirs, are there still and belong to nothing yet. */
export async function filesAreThere(app: App, { by, files = [] }: Sent): Promise<boolean> {
  if (files.length === 0) return true
  const customer = customerOf(by)
  return (
    customer !== undefined && (await looseAttachments(app.db, app.account, customer, files)) === new Set(files).size
  )
}

/** Gives the files to the request, or to the answer to a question, in the transaction that writes it. */
export async function tieFiles(
  app: App,
  tx: Tx,
  { by, files = [] }: Sent,
  to: { request: string; question?: string },
): Promise<void> {
  const customer = customerOf(by)
  if (files.length > 0 && customer !== undefined) await tieAttachments(tx, app.account, { ids: files, customer, ...to })
}

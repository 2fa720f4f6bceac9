import type { App } from '../app.ts'
import { looseAttachments, tieAttachments } from '../db/attachments.ts'
import type { Tx } from '../db/connect.ts'

/** Files that were sent before, `att_…`, and who may have sent them: a customer, or several who are one person. */
export type SentFiles = { readonly ids: readonly string[]; readonly senders: readonly string[] }

/** Whether all files that a customer names are theirs, are there still and belong to nothing yet. */
export async function filesAreThere(app: App, files: SentFiles | undefined): Promise<boolean> {
  if (files === undefined || files.ids.length === 0) return true
  return (await looseAttachments(app.db, app.account, files)) === new Set(files.ids).size
}

/** Gives the files to the request, or to the answer to a question, in the transaction that writes it. */
export async function tieFiles(
  app: App,
  tx: Tx,
  files: SentFiles | undefined,
  to: { request: string; question?: string },
): Promise<void> {
  if (files !== undefined && files.ids.length > 0) await tieAttachments(tx, app.account, { ...files, ...to })
}

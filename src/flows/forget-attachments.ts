import type { App } from '../app.ts'
import { attachmentStore } from '../attachments/store.ts'
import { attachmentDeleted, attachmentsOver } from '../db/attachments.ts'

const dayMs = 24 * 60 * 60 * 1000

/** Deletes files whose time is over: those sent for nothing after a day, others some days after their request was closed. */
export async function forgetAttachments(app: App): Promise<void> {
  const before = (days: number): Date => new Date(app.now().getTime() - days * dayMs)
  const store = attachmentStore(app.config)
  for (;;) {
    const over = { loose: before(1), closed: before(app.config.attachmentsKeepDays) }
    const ids = await attachmentsOver(app.db, app.account, over)
    for (const id of ids) {
      // The bytes first: a row that says "deleted" must be true.
      await store.remove(id)
      await attachmentDeleted(app.db, app.account, id, app.now())
    }
    if (ids.length === 0) return
  }
}

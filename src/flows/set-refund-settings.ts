import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { refundSettings, saveRefundSettings, type RefundSettings } from '../db/refund-settings.ts'
import type { Actor } from '../domain/actor.ts'

/** Changes how refunds are made at Stripe from now on. What is reserved already goes out as it was frozen. */
export async function setRefundSettings(
  app: App,
  { settings, by }: { settings: RefundSettings; by: Actor },
): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const before = await refundSettings(tx, app.account)
    await saveRefundSettings(tx, app.account, settings)
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: by,
      action: 'settings.refunds_changed',
      subject: app.account,
      detail: { before, after: settings },
    })
  })
}

import type { App } from '../../app.ts'
import { inTransaction } from '../../db/connect.ts'
import { audit } from '../../db/journal.ts'
import { saveWithdrawalOffer, withdrawalOffer } from '../../db/withdrawals.ts'
import type { Actor } from '../../domain/actor.ts'
import type { WithdrawalOffer } from '../../domain/withdrawal.ts'
import { forgetWhatIsOffered } from '../withdrawal-offered.ts'

/** Turns the switch: whether customers are offered to withdraw from a contract. Statements that were made stay what they are. */
export async function setWithdrawalOffer(
  app: App,
  { offer, by }: { offer: WithdrawalOffer; by: Actor },
): Promise<void> {
  const at = app.now()
  await inTransaction(app.db, async (tx) => {
    const before = await withdrawalOffer(tx, app.account)
    await saveWithdrawalOffer(tx, app.account, offer, { by, at })
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'settings.withdrawal_changed',
      subject: app.account,
      detail: { before, after: offer },
    })
  })
  forgetWhatIsOffered(app)
}

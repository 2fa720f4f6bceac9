import type { App } from '../app.ts'
import { hasCustomersIn, withdrawalOffer } from '../db/withdrawals.ts'
import { withdrawalCountries } from '../domain/withdrawal.ts'

const yearMs = 365 * 24 * 60 * 60 * 1000
const known = new WeakMap<App, { until: number; offered: boolean }>()

/** Whether customers are offered to withdraw from a contract. What is found is believed for a minute. */
export async function withdrawalOffered(app: App): Promise<boolean> {
  const now = app.now()
  const before = known.get(app)
  if (before !== undefined && before.until > now.getTime()) return before.offered
  const offer = await withdrawalOffer(app.db, app.account)
  const since = new Date(now.getTime() - yearMs)
  const offered =
    offer === 'on' || (offer === 'auto' && (await hasCustomersIn(app.db, app.account, withdrawalCountries, since)))
  known.set(app, { until: now.getTime() + 60_000, offered })
  return offered
}

/** After the switch was turned. */
export const forgetWhatIsOffered = (app: App): void => void known.delete(app)

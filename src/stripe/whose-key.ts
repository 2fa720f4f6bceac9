import type Stripe from 'stripe'
import { expectObject, isCredential, isMissing } from './answers.ts'

/** What Stripe says about a key. A restricted key may not say all of it: then it is undefined. */
export type WhoseKey = {
  readonly account: string | undefined
  readonly name: string | null
  readonly livemode: boolean | undefined
}

/** Asks Stripe whose key this is. Throws a credential error for one that it does not know, and when it can't be asked. */
export async function whoseKey(stripe: Stripe): Promise<WhoseKey> {
  const [account, livemode] = await Promise.all([accountOf(stripe), modeOf(stripe)])
  return { account: account?.id, name: account?.name ?? null, livemode }
}

const briefly = { timeout: 5_000 }

async function accountOf(stripe: Stripe): Promise<{ id: string; name: string | null } | undefined> {
  try {
    const account = expectObject(await stripe.accounts.retrieveCurrent({}, briefly), 'account')
    return { id: account.id, name: account.business_profile?.name ?? account.settings?.dashboard.display_name ?? null }
  } catch (error) {
    return unlessAllowed(error)
  }
}

async function modeOf(stripe: Stripe): Promise<boolean | undefined> {
  try {
    return expectObject(await stripe.balance.retrieve({}, briefly), 'balance').livemode
  } catch (error) {
    return unlessAllowed(error)
  }
}

/** Whether a charge is there for this key, and in which mode. */
export async function hasCharge(stripe: Stripe, id: string): Promise<'there' | 'missing' | 'unknown'> {
  try {
    expectObject(await stripe.charges.retrieve(id, {}, briefly), 'charge')
    return 'there'
  } catch (error) {
    if (isMissing(error)) return 'missing'
    if (isCredential(error) && error.statusCode === 403) return 'unknown'
    throw error
  }
}

/** A restricted key may lack the right to read this; everything else works without. */
function unlessAllowed(error: unknown): undefined {
  if ((isCredential(error) && error.statusCode === 403) || isMissing(error)) return undefined
  throw error
}

import { refused } from './errors.ts'
import type { Operations } from './rows.ts'
import { insert, tableIn } from './store.ts'
import type { Table } from './store.ts'
import { booksOf } from './world.ts'
import type { Books, World } from './world.ts'

/** An account and the platform that it is connected to, if any. */
export type Account = {
  readonly id: string
  readonly name: string
  readonly country: string
  readonly currency: string
  readonly platform: string | null
}

/** What keys belong to that were not made by the control API. */
export const defaultAccountId = 'acct_1SimulatedShop0'

export const accounts = (world: World): Table<Account> => tableIn<Account>(world.store, 'world/account')

export function addAccount(world: World, account: Account): Account {
  return insert(world.store, accounts(world), account)
}

/** Makes the account that unknown keys belong to, once. */
export function ensureDefaultAccount(world: World): void {
  if (accounts(world).rows.has(defaultAccountId)) return
  addAccount(world, {
    id: defaultAccountId,
    name: 'Simulated Shop',
    country: 'US',
    currency: 'usd',
    platform: null,
  })
}

/** Whose books these are. */
export const accountOf = (books: Books): Account =>
  accounts(books.world).rows.get(books.account) ?? {
    id: books.account,
    name: books.account,
    country: 'US',
    currency: 'usd',
    platform: null,
  }

/** The books of the platform that this account is connected to, in the same mode. */
export function platformOf(books: Books): Books | null {
  const { platform } = accountOf(books)
  return platform === null ? null : booksOf(books.world, platform, books.livemode)
}

function show(account: Account) {
  return {
    id: account.id,
    object: 'account',
    business_profile: { name: account.name },
    charges_enabled: true,
    country: account.country,
    default_currency: account.currency,
    details_submitted: true,
    email: null,
    payouts_enabled: true,
    settings: { dashboard: { display_name: account.name, timezone: 'Etc/UTC' } },
    type: 'standard',
  }
}

export const accountOperations: Operations = {
  'GET /v1/account': ({ books }) => show(accountOf(books)),
  'GET /v1/accounts/{id}': ({ books, path }) => {
    const account = accounts(books.world).rows.get(path['id'] ?? '')
    if (!account || (account.id !== books.account && account.platform !== books.account)) {
      throw refused(
        `The provided key does not have access to account '${path['id']}' (or that account does not exist). ` +
          'Application access may have been revoked.',
        { status: 403, code: 'account_invalid' },
      )
    }
    return show(account)
  },
}

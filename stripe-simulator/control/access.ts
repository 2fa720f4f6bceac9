import { z } from 'zod'
import { accounts, addAccount, defaultAccountId } from '../accounts.ts'
import { addKey, checkKey, keys } from '../keys.ts'
import { currencyOf } from '../money.ts'
import { assign } from '../store.ts'
import { booksOf, newId, rememberSelf } from '../world.ts'
import { ControlError, readInput } from './desk.ts'
import type { Desk } from './desk.ts'

const delay = z.strictObject({ simulated: z.number().min(0), real: z.number().min(0) })

const seconds = z.array(z.number().min(0)).max(50)

const settingsInput = z.strictObject({
  pace: z.number().min(0).max(1000).optional(),
  delays: z.record(z.string(), delay).optional(),
  balancePolicy: z.enum(['overdraw', 'pending', 'refuse']).optional(),
  refundsStayPending: z.boolean().optional(),
  idempotencyHours: z.number().min(0).max(10_000).optional(),
  webhookTimeoutMs: z.int().min(1).max(600_000).optional(),
  webhookRetrySeconds: z.strictObject({ test: seconds, live: seconds, real: seconds }).partial().optional(),
  visaPerCustomer: z.boolean().optional(),
  strictKeys: z.boolean().optional(),
})

/** Changes some settings. Refuses delays that it does not know. */
export function changeSettings(desk: Desk, input: Record<string, unknown>): object {
  const given = readInput(settingsInput, input)
  const { settings } = desk.world
  const unknown = Object.keys(given.delays ?? {}).find((name) => !(name in settings.delays))
  if (unknown !== undefined)
    throw new ControlError(
      400,
      `There is no delay named '${unknown}'. There are: ${Object.keys(settings.delays).join(', ')}.`,
      'delays',
    )
  const patch = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  desk.world.settings = {
    ...settings,
    ...patch,
    delays: { ...settings.delays, ...given.delays },
    webhookRetrySeconds: {
      ...settings.webhookRetrySeconds,
      ...given.webhookRetrySeconds,
    } as typeof settings.webhookRetrySeconds,
  }
  rememberSelf(desk.world)
  return desk.world.settings
}

const accountInput = z.strictObject({
  id: z
    .string()
    .regex(/^acct_[A-Za-z0-9_]{1,60}$/)
    .optional(),
  name: z.string().min(1).max(100),
  country: z.string().length(2).default('US'),
  currency: z.string().length(3).default('usd'),
  platform: z.string().nullable().default(null),
})

/** Makes an account, connected to a platform or not. */
export function newAccount(desk: Desk, input: Record<string, unknown>): object {
  const { id, ...rest } = readInput(accountInput, input)
  if (rest.platform !== null && !accounts(desk.world).rows.has(rest.platform))
    throw new ControlError(404, `There is no account '${rest.platform}'.`, 'platform')
  if (id !== undefined && accounts(desk.world).rows.has(id))
    throw new ControlError(409, `The account '${id}' is there already.`, 'id')
  return addAccount(desk.world, {
    id: id ?? newId(booksOf(desk.world, defaultAccountId, false), 'acct').slice(0, 21),
    ...rest,
    currency: currencyOf(rest.currency),
  })
}

const keyInput = z.strictObject({
  key: z.string(),
  account: z.string().default(defaultAccountId),
  permissions: z.array(z.string()).nullable().default(null),
})

const keyChange = z.strictObject({
  state: z.enum(['active', 'expired', 'revoked']).optional(),
  permissions: z.array(z.string()).nullable().optional(),
})

/** Makes a key of an account, with some permissions or all. */
export function newKey(desk: Desk, input: Record<string, unknown>): object {
  const { key, account, permissions } = readInput(keyInput, input)
  const made = { id: key, account, permissions, state: 'active' as const }
  checkKey(desk.world, made)
  if (keys(desk.world).rows.has(key)) throw new ControlError(409, 'This key is there already.', 'key')
  return addKey(desk.world, made)
}

/** Expires, revokes or restores a key, or changes what it may do. A key that nobody made becomes one of the default account. */
export function changeKey(desk: Desk, input: Record<string, unknown>, id: string): object {
  const given = readInput(keyChange, input)
  const known =
    keys(desk.world).rows.get(id) ??
    addKey(desk.world, { id, account: defaultAccountId, permissions: null, state: 'active' })
  const next = {
    ...known,
    state: given.state ?? known.state,
    permissions: given.permissions === undefined ? known.permissions : given.permissions,
  }
  checkKey(desk.world, next)
  assign(desk.world.store, keys(desk.world), known, next)
  return next
}

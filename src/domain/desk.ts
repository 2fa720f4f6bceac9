import { mayAs, roles, type Role } from './actor.ts'
import { decimals, type Money } from './money.ts'
import { roughRates } from './rough-rates.ts'

export const decidingRoles = ['support', 'approver', 'finance', 'owner'] as const
export type DecidingRole = (typeof decidingRoles)[number]

/** How much a role may approve alone, in minor units of the settlement currency; null: without limit. */
export type RoleLimit = { readonly per_request_minor: number | null; readonly per_day_minor: number | null }

/** When people work, so that a promise to a customer counts only hours in which somebody can keep it. */
export type Hours = {
  /** IANA name, e.g. `Europe/Berlin`. */
  readonly time_zone: string
  /** 1 Monday … 7 Sunday. */
  readonly days: readonly number[]
  /** Minutes after midnight, local; 0 and 1440 mean around the clock. */
  readonly opens: number
  readonly closes: number
}

/** What an owner sets for the desk. */
export type Desk = {
  /** In which the limits are meant; every other currency is converted into it by `rates`. */
  readonly currency: string
  /** Units of a currency for one unit of the settlement currency, where the owner has set one. */
  readonly rates: Readonly<Record<string, number>>
  readonly limits: Readonly<Record<DecidingRole, RoleLimit>>
  /** Off only for a team of one: an owner then approves alone, also their own requests. The console says so. */
  readonly four_eyes: boolean
  readonly hours: Hours
  /** Working minutes within which a person should have decided. */
  readonly answer_within: number
  /** Working minutes before the due time at which the assignee is reminded. */
  readonly remind_before: number
  /** Who gets what is overdue; null: nobody, it only turns red. */
  readonly escalate_to: Role | null
  /** What a dispute costs, in minor units of the settlement currency, whoever wins (Stripe's fee list). */
  readonly dispute_fee_minor: number
  /** The same for a currency, in its minor units, where the owner knows it. */
  readonly dispute_fees: Readonly<Record<string, number>>
  /** Of a hundred disputes so many are taken to be won: an assumption of the owner's. */
  readonly win_percent: number
}

/** What is so until an owner sets something else. Amounts as in whole units of a currency like euros or dollars. */
export function defaultDesk(currency: string): Desk {
  const units = (n: number) => n * (decimals(currency) === 0 ? 100 : 10 ** decimals(currency))
  const limit = (request: number, day: number): RoleLimit => ({
    per_request_minor: units(request),
    per_day_minor: units(day),
  })
  return {
    currency,
    rates: {},
    limits: {
      support: limit(100, 500),
      approver: limit(1_000, 5_000),
      finance: limit(10_000, 50_000),
      owner: limit(10_000, 50_000),
    },
    four_eyes: true,
    hours: { time_zone: 'UTC', days: [1, 2, 3, 4, 5, 6, 7], opens: 0, closes: 1440 },
    answer_within: 24 * 60,
    remind_before: 2 * 60,
    escalate_to: 'approver',
    dispute_fee_minor: units(15),
    dispute_fees: {},
    win_percent: 30,
  }
}

/**
 * An amount in minor units of the settlement currency, rounded up; undefined when no rate is known, which no limit covers:
 * a limit in one currency can't be passed by in another.
 */
export function inSettlement(
  { minor, currency }: Money,
  { currency: settlement, rates }: Pick<Desk, 'currency' | 'rates'>,
): number | undefined {
  if (currency === settlement) return minor
  const rate = rates[currency] ?? crossRate(currency, settlement)
  if (rate === undefined || !(rate > 0)) return undefined
  return Math.ceil((minor / 10 ** decimals(currency) / rate) * 10 ** decimals(settlement))
}

/** An amount of the settlement currency in another one, in its minor units, rounded up; undefined when no rate is known. */
export function fromSettlement(
  minor: number,
  into: string,
  { currency: settlement, rates }: Pick<Desk, 'currency' | 'rates'>,
): number | undefined {
  if (into === settlement) return minor
  const rate = rates[into] ?? crossRate(into, settlement)
  if (rate === undefined || !(rate > 0)) return undefined
  return Math.ceil((minor / 10 ** decimals(settlement)) * rate * 10 ** decimals(into))
}

/** Units of a currency for one of another, by the rounded rates; undefined where one of them has none. */
export function crossRate(currency: string, settlement: string): number | undefined {
  const [one, other] = [roughRates[currency], roughRates[settlement]]
  return one === undefined || other === undefined ? undefined : one / other
}

/** What somebody may approve today. */
export type Rights = {
  readonly role: Role
  /** Made or promoted less than a day ago: not as the second of two. */
  readonly fresh: boolean
  /** What this person has approved today, in minor units of the settlement currency. */
  readonly spent_minor: number
  /** The colleague in whose place this person acts, where only that colleague's role allows it. */
  readonly instead_of: { readonly id: string; readonly name: string; readonly role: Role } | null
}

export type Takes =
  | { readonly ok: true; readonly people: number; readonly owner: boolean }
  | { readonly ok: false; readonly why: 'request' | 'day'; readonly limit_minor: number; readonly role: Role }
  | { readonly ok: false; readonly why: 'no_owner' }
  | { readonly ok: false; readonly why: 'fresh' }

/**
 * How many people an approval takes, or why this person's is not one of them. Alone up to the limits of the own role; above
 * those of finance two people, one of them an owner. `stake` is all that people gave back on this payment with this approval,
 * `amount` this approval alone, both in minor units of the settlement currency, undefined where no rate is known.
 */
export function whatApprovalTakes(
  desk: Pick<Desk, 'limits' | 'four_eyes'>,
  rights: Rights,
  {
    stake,
    amount,
    policy,
    standing,
  }: {
    stake: number | undefined
    amount: number | undefined
    /** How many the policy wants. */
    policy: number
    /** The roles of those whose approval of this amount stands. */
    standing: readonly Role[]
  },
): Takes {
  if (!desk.four_eyes && rights.role === 'owner') return { ok: true, people: 1, owner: false }
  const over = overLimit(desk, rights, stake, amount)
  if (over && !mayAs(rights.role, 'finance')) return over
  const people = over ? Math.max(2, policy) : policy
  const last = standing.length + 1 >= people
  if (standing.length > 0 && rights.fresh) return { ok: false, why: 'fresh' }
  if (over && last && !standing.includes('owner') && rights.role !== 'owner') return { ok: false, why: 'no_owner' }
  return { ok: true, people, owner: over !== undefined }
}

function overLimit(
  { limits }: Pick<Desk, 'limits'>,
  { role, spent_minor }: Rights,
  stake: number | undefined,
  amount: number | undefined,
): (Takes & { ok: false }) | undefined {
  const { per_request_minor, per_day_minor } = limits[role as DecidingRole] ?? {
    per_request_minor: 0,
    per_day_minor: 0,
  }
  const fits = (limit: number | null, minor: number | undefined) =>
    limit === null || (minor !== undefined && minor <= limit)
  const able = (which: keyof RoleLimit, minor: number | undefined): Role =>
    decidingRoles.find((other) => roles.indexOf(other) > roles.indexOf(role) && fits(limits[other][which], minor)) ??
    'finance'
  if (!fits(per_request_minor, stake))
    return { ok: false, why: 'request', limit_minor: per_request_minor!, role: able('per_request_minor', stake) }
  const today = amount === undefined ? undefined : spent_minor + amount
  if (!fits(per_day_minor, today))
    return { ok: false, why: 'day', limit_minor: per_day_minor!, role: able('per_day_minor', amount) }
  return undefined
}

import {
  CelScalar,
  celEnv,
  celFunc,
  celMethod,
  isCelError,
  listType,
  mapType,
  parse as parseCel,
  plan,
} from '@bufbuild/cel'
import { Environment } from '@marcbachmann/cel-js'
import type { Facts } from '../src/domain/facts.ts'
import { decimals } from '../src/domain/money.ts'
import { dayOf, endOfDay, plusMonths, startOfDay, workingDayFrom } from '../src/domain/policy/calendar.ts'
import type { Fact } from '../src/domain/policy/catalog.ts'
import type { Scope } from '../src/domain/policy/functions.ts'
import type { Fraction } from '../src/domain/policy/values.ts'

// Two CEL engines that know nothing of our closures judge them. Both are given the same text; lengths of time, points in time
// and amounts are whole numbers to them and shares are doubles, which is what the units are when they are taken away.

type Host = (...args: never[]) => bigint | number | boolean
type Signature = {
  readonly name: string
  readonly on?: 'map'
  readonly takes: readonly Kind[]
  readonly gives: 'int' | 'double'
  readonly run: Host
}
type Kind = 'int' | 'double' | 'string' | 'list'

const dayMs = 86_400_000n
const lower = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const upper = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** The facts that expressions are asked about now; the engines' functions read history and currency from them. */
type Asked = { facts: Facts | undefined; readonly amounts: Set<string> }

const hosts = ({ zone, holidays }: Scope, asked: Asked): readonly Signature[] => {
  const facts = (): Facts => {
    if (!asked.facts) throw new Error('no facts')
    return asked.facts
  }
  const within = (instants: readonly Date[], window: bigint): bigint =>
    BigInt(
      instants.filter((at) => {
        const age = BigInt(facts().now.getTime() - at.getTime())
        return age >= 0n && age <= window
      }).length,
    )
  const day = (instant: bigint, window = 0n): number => dayOf(zone, Number(instant)) + Number(window / dayMs)
  const money = (amount: bigint | number | string, currency: string): bigint => {
    const minor = BigInt(Math.round(Number(amount) * 10 ** decimals(currency)))
    asked.amounts.add(`${minor} ${currency}`)
    return minor
  }
  const percent = (points: bigint | number | string): number => Number(points) / 100
  const length = (unit: bigint) => (count: bigint) => {
    if (count < 0n || count * unit > 36_525n * dayMs) throw new Error('too long')
    return count * unit
  }
  const share = (part: bigint, whole: bigint): number => {
    if (whole <= 0n) throw new Error('a share of nothing')
    return Math.min(Math.max(Number(part) / Number(whole), 0), 1)
  }
  const ints = (count: number): readonly Kind[] => Array.from({ length: count }, () => 'int' as const)
  return [
    ...Object.entries({ minutes: 60_000n, hours: 3_600_000n, days: dayMs, weeks: 7n * dayMs }).map(
      ([name, unit]) => ({ name, takes: ints(1), gives: 'int', run: length(unit) }) as const,
    ),
    ...(['int', 'double', 'string'] as const).flatMap((kind): Signature[] => [
      { name: 'money', takes: [kind, 'string'], gives: 'int', run: money },
      { name: 'percent', takes: [kind], gives: 'double', run: percent },
    ]),
    {
      name: 'date',
      takes: ['string'],
      gives: 'int',
      run: (text: string) => BigInt(startOfDay(zone, Date.parse(`${text}T00:00:00Z`) / 86_400_000)),
    },
    { name: 'later', takes: ints(2), gives: 'int', run: upper },
    { name: 'earlier', takes: ints(2), gives: 'int', run: lower },
    { name: 'least', takes: ints(2), gives: 'int', run: lower },
    { name: 'most', takes: ints(2), gives: 'int', run: upper },
    { name: 'share', takes: ints(2), gives: 'double', run: share },
    { name: 'remainder', takes: ['double'], gives: 'double', run: (part: number) => Math.max(1 - part, 0) },
    {
      name: 'prorate',
      takes: ['int', 'double'],
      gives: 'int',
      // Rounded down; what a double lacks of a whole cent is far less than this.
      run: (amount: bigint, part: number) => BigInt(Math.floor(Number(amount) * Math.min(part, 1) + 1e-6)),
    },
    {
      name: 'whole_units',
      takes: ints(1),
      gives: 'int',
      run: (amount: bigint) => {
        const unit = 10n ** BigInt(decimals(facts().payment.amount.currency))
        return (amount / unit) * unit
      },
    },
    { name: 'start_of_day', takes: ints(1), gives: 'int', run: (from: bigint) => BigInt(startOfDay(zone, day(from))) },
    {
      name: 'end_of_day',
      takes: ints(2),
      gives: 'int',
      run: (from: bigint, window: bigint) => BigInt(endOfDay(zone, day(from, window))),
    },
    {
      name: 'end_of_day_counting_first',
      takes: ints(2),
      gives: 'int',
      run: (from: bigint, window: bigint) => BigInt(endOfDay(zone, day(from, window) - 1)),
    },
    {
      name: 'end_of_working_day',
      takes: ints(2),
      gives: 'int',
      run: (from: bigint, window: bigint) => BigInt(endOfDay(zone, workingDayFrom(day(from, window), holidays))),
    },
    {
      name: 'plus_months',
      takes: ints(2),
      gives: 'int',
      run: (from: bigint, months: bigint) => BigInt(plusMonths(zone, Number(from), Number(months))),
    },
    {
      name: 'refunds',
      on: 'map',
      takes: ints(1),
      gives: 'int',
      run: (window: bigint) => within(facts().customer.refunded_at, window),
    },
    {
      name: 'requests',
      on: 'map',
      takes: ints(1),
      gives: 'int',
      run: (window: bigint) => within(facts().customer.requested_at, window),
    },
    {
      name: 'paid',
      on: 'map',
      takes: ints(1),
      gives: 'int',
      run: (window: bigint) => {
        const { now, customer, payment } = facts()
        if (!customer.paid) throw new Error('nobody knows')
        return customer.paid
          .filter(
            ({ at, amount }) =>
              amount.currency === payment.amount.currency &&
              at <= now &&
              BigInt(now.getTime() - at.getTime()) <= window,
          )
          .reduce((sum, { amount }) => sum + BigInt(amount.minor), 0n)
      },
    },
    {
      name: 'limit',
      on: 'map',
      takes: ['list'],
      gives: 'int',
      run: (list: Iterable<bigint>) => {
        const own = [...list].find((minor) => asked.amounts.has(`${minor} ${facts().payment.amount.currency}`))
        if (own === undefined) throw new Error('no such currency')
        return own
      },
    },
  ]
}

export type Judges = {
  /** What each engine says of an expression about these facts; undefined where it says that something is missing. */
  readonly ask: (source: string, facts: Facts) => readonly [first: unknown, second: unknown]
}

/** Both engines, with the functions of the language over plain numbers. */
export function celJudges(known: ReadonlyMap<string, Fact>, scope: Scope): Judges {
  const asked: Asked = { facts: undefined, amounts: new Set() }
  const all = hosts(scope, asked)
  const roots = [...new Set([...known.keys()].map((name) => name.split('.')[0] ?? name))]

  const first = new Environment({ unlistedVariablesAreDyn: true })
  for (const { name, on, takes, gives, run } of all) {
    const host = run as (...args: unknown[]) => unknown
    if (on)
      first.registerFunction(`map.${name}(${takes.join(', ')}): ${gives}`, (_receiver: unknown, arg: unknown) =>
        host(arg),
      )
    else first.registerFunction(`${name}(${takes.join(', ')}): ${gives}`, host as never)
  }

  const { INT, DOUBLE, STRING, DYN } = CelScalar
  const kinds = { int: INT, double: DOUBLE, string: STRING, list: listType(INT) } as const
  const second = celEnv({
    variables: Object.fromEntries(roots.map((root) => [root, root === 'now' ? INT : mapType(STRING, DYN)])),
    funcs: all.map(({ name, on, takes, gives, run }) => {
      const types = takes.map((kind) => kinds[kind])
      const host = run as (...args: unknown[]) => unknown
      return (
        on
          ? celMethod(name, mapType(STRING, DYN), types as never, kinds[gives], host as never)
          : celFunc(name, types as never, kinds[gives], host as never)
      ) as never
    }),
  })

  const quietly = (evaluate: () => unknown): unknown => {
    asked.amounts.clear()
    try {
      const result = evaluate()
      return isCelError(result) ? undefined : result
    } catch {
      return undefined
    }
  }
  return {
    ask: (source, facts) => {
      asked.facts = facts
      const context = withoutUnits(known, scope, facts)
      return [
        quietly(() => first.evaluate(source, context)),
        quietly(() => plan(second, parseCel(source))(context as never)),
      ]
    },
  }
}

/** The facts without their units; what is unknown is not there, which is an error to CEL. */
function withoutUnits(known: ReadonlyMap<string, Fact>, { zone }: Scope, facts: Facts): Record<string, unknown> {
  const context: Record<string, unknown> = {}
  for (const fact of known.values()) {
    const words = fact.name.split('.')
    let branch = context
    for (const word of words.slice(0, -1)) branch = (branch[word] ??= {}) as Record<string, unknown>
    const value = fact.read(facts, zone)
    const name = words.at(-1) ?? fact.name
    if (value === undefined || value === null) continue
    if (fact.type === 'fraction') branch[name] = (value as Fraction).part / (value as Fraction).whole
    else if (fact.type === 'money') branch[name] = BigInt((value as { minor: number }).minor)
    else branch[name] = typeof value === 'number' ? BigInt(value) : value
  }
  return context
}

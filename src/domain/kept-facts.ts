import type { Facts, MerchantFact } from './facts.ts'

// An instant is named for it: now, paid_at, as_of, period_end, trial_end, refunded_at.
const instant = /^(?:now|at|as_of|.*_(?:at|of|start|end))$/
// The names are few and come again with every decision.
const known = new Map<string, boolean>()

function namesAnInstant(name: string): boolean {
  const before = known.get(name)
  if (before !== undefined) return before
  const is = instant.test(name)
  if (known.size < 500) known.set(name, is)
  return is
}

/**
 * The facts of a decision from the JSON in which they were kept: texts that are instants become dates again, and what was unknown
 * was left out and stays unknown. The merchant's values stay as they were pushed.
 */
export function factsFromKept(kept: unknown): Facts {
  const facts = revive(kept as Record<string, unknown>)
  const merchant: Record<string, MerchantFact> = {}
  for (const [name, fact] of Object.entries((kept as Facts).merchant ?? {}))
    merchant[name] = { value: fact.value, as_of: new Date(fact.as_of) }
  return { ...facts, subscription: facts['subscription'], merchant } as unknown as Facts
}

function revive(map: Record<string, unknown>): Record<string, unknown> {
  const revived: Record<string, unknown> = {}
  for (const name of Object.keys(map)) {
    const value = map[name]
    if (name === 'merchant') continue
    if (namesAnInstant(name)) revived[name] = instants(value)
    else if (Array.isArray(value)) revived[name] = value.map((each) => (isMap(each) ? revive(each) : each))
    else revived[name] = isMap(value) ? revive(value) : value
  }
  return revived
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function instants(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(instants)
  if (typeof value !== 'string') return value
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? value : date
}

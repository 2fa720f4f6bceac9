import { mayAs } from '../actor.ts'
import type { Money } from '../money.ts'
import type { Approvers, Rule } from './policy.ts'

/**
 * Who may approve an amount: the last entry that the amount reaches. An entry without an amount in this currency counts as
 * reached, because nothing converts and more people are the safer answer.
 */
export function approversFor({ approvers, approversFrom }: Rule, amount: Money): Approvers {
  const reached = approversFrom.findLast(({ from }) => {
    const least = from.find(({ currency }) => currency === amount.currency)
    return least === undefined || amount.minor >= least.minor
  })
  return reached ? { role: reached.role, count: reached.count } : approvers
}

/** The highest role and the largest number of people among several. */
export function strictest(all: readonly Approvers[]): Approvers {
  return all.reduce((most, each) => ({
    role: mayAs(each.role, most.role) ? each.role : most.role,
    count: Math.max(each.count, most.count),
  }))
}

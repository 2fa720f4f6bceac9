import type { Verdict } from '../decision.ts'
import type { Facts } from '../facts.ts'
import { at, lastBefore, pinned, timeBoundaries } from './boundaries.ts'
import { judge } from './judge.ts'
import type { Policy } from './policy.ts'

export type RefundableUntil = {
  /** What a request would get now. */
  readonly verdict: 'approve' | 'review'
  /** The last instant at which it still gets that; undefined when time never changes it. */
  readonly until: Date | undefined
  /** What comes after; undefined when nothing does. */
  readonly then: Verdict | undefined
}

/**
 * Until when a request would be answered as it would be now, as time passes and the other facts stay; undefined when it
 * would be denied. Found at the boundaries of the conditions, exact to the millisecond.
 */
export function refundableUntil(policy: Policy, facts: Facts): RefundableUntil | undefined {
  const { verdict } = judge(policy, facts)
  if (verdict === 'deny') return undefined
  const held = pinned(policy, facts)
  const ask = (instant: number): Verdict => judge(policy, at(held, instant)).verdict
  const now = facts.now.getTime()
  let before = now
  for (const instant of timeBoundaries(policy, held).flatMap((each) => [each, each + 1])) {
    if (instant <= now) continue
    const next = ask(instant)
    if (next !== verdict) {
      const until = lastBefore(before, instant, (each) => ask(each) === verdict)
      return { verdict, until: new Date(until), then: ask(until + 1) }
    }
    before = instant
  }
  return { verdict, until: undefined, then: undefined }
}

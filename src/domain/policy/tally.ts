import type { Verdict } from '../decision.ts'

/** One answer, as far as a backtest counts it. */
export type Counted = { readonly verdict: Verdict; readonly minor: number; readonly rule: string }

/** Counts of one rule: how often it gave the answer before and with the draft, and what was approved by it. */
type RuleCount = { before: number; after: number }

/** Sums of one currency in minor units, as decimal texts of any size: what would be paid at once, and what goes to a person. */
export type Sums = { approved_before: string; approved_after: string; review_before: string; review_after: string }

/** What a backtest has counted so far. Plain data: it is kept with every page, so that another process can go on. */
export type Tally = {
  /** How many answers went from one verdict to another: `matrix.deny.approve`. */
  readonly matrix: Record<Verdict, Record<Verdict, number>>
  readonly money: Record<string, Sums>
  readonly rules: Record<string, RuleCount>
  /** Answers that change in verdict, in the amount of an approval, or not at all but for the rule. */
  changed: number
  same: number
  /** What could not be asked: a payment that is younger than the day asked for, facts that can't be read. */
  skipped: Record<string, number>
}

export function emptyTally(): Tally {
  const row = (): Record<Verdict, number> => ({ approve: 0, review: 0, deny: 0 })
  return {
    matrix: { approve: row(), review: row(), deny: row() },
    money: {},
    rules: {},
    changed: 0,
    same: 0,
    skipped: {},
  }
}

/** Whether a customer would notice: another verdict, or another amount paid at once. */
export function isChange(before: Counted, after: Counted): boolean {
  return before.verdict !== after.verdict || (before.verdict === 'approve' && before.minor !== after.minor)
}

/** What is paid without a person; nothing for a review or a denial. */
const paid = ({ verdict, minor }: Counted): number => (verdict === 'approve' ? minor : 0)

/** How much more is paid at once with the draft; less is negative. In minor units. */
export const difference = (before: Counted, after: Counted): number => paid(after) - paid(before)

/** A tally that is being counted. Sums are kept as bigints here and become texts in `result`. */
export type Counting = {
  add(currency: string, before: Counted, after: Counted): void
  skip(why: string): void
  result(): Tally
}

/** Goes on counting from a tally. Its size grows with currencies and rules, never with the count. */
export function countOn(from: Tally): Counting {
  const tally = structuredClone(from)
  const sums = new Map(Object.entries(tally.money).map(([currency, kept]) => [currency, sumsOf(kept)]))
  const ruleOf = (id: string): RuleCount => {
    const known = Object.hasOwn(tally.rules, id) ? tally.rules[id] : undefined
    return known ?? (tally.rules[id] = { before: 0, after: 0 })
  }
  return {
    add(currency, before, after) {
      tally.matrix[before.verdict][after.verdict] += 1
      if (isChange(before, after)) tally.changed += 1
      else tally.same += 1
      ruleOf(before.rule).before += 1
      ruleOf(after.rule).after += 1
      let sum = sums.get(currency)
      if (sum === undefined) sums.set(currency, (sum = { before: none(), after: none() }))
      count(sum.before, before)
      count(sum.after, after)
    },
    skip(why) {
      tally.skipped[why] = (tally.skipped[why] ?? 0) + 1
    },
    result: () => ({
      ...tally,
      money: Object.fromEntries([...sums].map(([currency, sum]) => [currency, textsOf(sum)])),
    }),
  }
}

type Both = { approve: bigint; review: bigint }
type Sum = { before: Both; after: Both }
const none = (): Both => ({ approve: 0n, review: 0n })

function count(sum: Both, { verdict, minor }: Counted): void {
  if (verdict !== 'deny') sum[verdict] += BigInt(minor)
}

const sumsOf = (kept: Sums): Sum => ({
  before: { approve: BigInt(kept.approved_before), review: BigInt(kept.review_before) },
  after: { approve: BigInt(kept.approved_after), review: BigInt(kept.review_after) },
})

const textsOf = ({ before, after }: Sum): Sums => ({
  approved_before: String(before.approve),
  approved_after: String(after.approve),
  review_before: String(before.review),
  review_after: String(after.review),
})

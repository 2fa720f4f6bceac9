import { roles } from '../../actor.ts'
import type { Verdict } from '../../decision.ts'
import { step } from '../../money.ts'
import type { Approvers, Policy, Rule } from '../policy.ts'
import type { Encoder } from './encode.ts'
import { and, compare, equal, int, ite, least, most, no, not, or, quotient, times, yes } from './terms.ts'
import type { Term } from './terms.ts'
import type { World } from './world.ts'

/** What a policy answers, as terms. It follows `judge` line by line, for requests that no guard refuses. */
export type Answer = {
  readonly verdict: Term
  readonly amount: Term
  readonly access: Term
  readonly destination: Term
  readonly appeal: Term
  readonly role: Term
  readonly people: Term
  /** The place of the rule among `rulesOf(policy)`. */
  readonly rule: Term
  /** 0, or why an approval came to a person after all. */
  readonly turned: Term
}

export const verdicts = ['deny', 'review', 'approve'] as const satisfies readonly Verdict[]
export const accesses = ['now', 'period_end', 'keep'] as const
export const destinations = ['original', 'credit'] as const
const turns = { not: '0', nothing: '1', charge: '2', unknown_amount: '3' } as const

/** All rules of a policy, in the order in which answers number them. */
export const rulesOf = (policy: Policy): readonly Rule[] => [...policy.rules, policy.otherwise, ...policy.rights]

const place = (words: readonly string[], word: string): Term => int(words.indexOf(word))
const keys = ['verdict', 'amount', 'access', 'destination', 'appeal', 'role', 'people', 'rule', 'turned'] as const

export type EncodedPolicy = {
  readonly policy: Policy
  readonly answer: Answer
  /** Whether all conditions of a rule are met, by its place among `rulesOf`. */
  readonly met: readonly Term[]
  /** What each rule would answer by itself. */
  readonly alone: readonly Answer[]
}

export function encodePolicy(policy: Policy, encoder: Encoder, world: World): EncodedPolicy {
  const { script } = world
  const name = (sort: 'Int' | 'Bool', term: Term): Term => script.name(sort, term)
  const inSteps = (minor: Term): Term => {
    const unit = step(world.currency)
    return unit === 1 ? minor : (times(name('Int', quotient(minor, BigInt(unit))), int(unit)) ?? minor)
  }
  const asked = name('Int', inSteps(name('Int', least(world.requested, world.refundable))))
  const all = rulesOf(policy)

  const states = all.map((rule) => {
    const lines = rule.lines.map((line) => encoder.encode(line.expr))
    const met = name('Bool', and(...lines.map((line) => line.value)))
    const fails = or(...lines.map((line) => and(not(line.value), not(line.unknown))))
    return { met, unknown: name('Bool', and(not(met), not(fails))) }
  })

  const who = (rule: Rule, amount: Term, of: (approvers: Approvers) => Term): Term =>
    rule.approversFrom.reduce((before, entry) => {
      const from = entry.from.find(({ currency }) => currency === world.currency)
      return ite(from ? compare('>=', amount, int(from.minor)) : yes, of(entry), before)
    }, of(rule.approvers))
  const roleOf = ({ role }: Approvers): Term => place(roles, role)
  const countOf = ({ count }: Approvers): Term => int(count)

  const aloneOf = (rule: Rule, index: number): Answer => {
    const fixed = {
      access: place(accesses, rule.access),
      destination: place(destinations, rule.destination),
      appeal: rule.appeal ? yes : no,
      rule: int(index),
    }
    const withAmount = (verdict: Term, amount: Term, turned: Term): Answer => ({
      ...fixed,
      verdict: name('Int', verdict),
      amount: name('Int', amount),
      turned: name('Int', turned),
      role: name('Int', who(rule, name('Int', amount), roleOf)),
      people: name('Int', who(rule, name('Int', amount), countOf)),
    })
    const then = place(verdicts, rule.then)
    if (rule.then === 'deny') return withAmount(then, '0', turns.not)
    if (!rule.amount) return withAmount(then, asked, turns.not)
    const formula = encoder.encode(rule.amount.expr)
    const review = place(verdicts, 'review')
    const lost = or(formula.unknown, formula.none, formula.currency === world.currency ? no : yes)
    const charge = compare('<', formula.value, '0')
    const amount = name('Int', inSteps(name('Int', least(formula.value, asked))))
    const nothing = equal(amount, '0')
    return withAmount(
      ite(lost, review, ite(charge, review, ite(nothing, review, then))),
      ite(lost, asked, ite(charge, '0', amount)),
      ite(lost, turns.unknown_amount, ite(charge, turns.charge, ite(nothing, turns.nothing, turns.not))),
    )
  }
  const alone = all.map(aloneOf)

  const pick = (test: Term, a: Answer, b: Answer): Answer =>
    Object.fromEntries(
      keys.map((key) => [key, name(key === 'appeal' ? 'Bool' : 'Int', ite(test, a[key], b[key]))]),
    ) as unknown as Answer
  const differ = (a: Answer, b: Answer): Term =>
    name(
      'Bool',
      or(
        ...(['verdict', 'amount', 'access', 'destination', 'role', 'people', 'turned'] as const).map((key) =>
          not(equal(a[key], b[key])),
        ),
        a.appeal === b.appeal ? no : `(xor ${a.appeal} ${b.appeal})`,
      ),
    )

  /** `settle`: the first rule that is met, unless an earlier one that can't be decided would answer otherwise. */
  const settle = (from: number, to: number, last: Answer): { answer: Answer; undecided: Term } => {
    let answer = last
    for (let index = to - 1; index >= from; index -= 1)
      answer = pick(states[index]?.met ?? no, alone[index] as Answer, answer)
    let reached: Term = yes
    const undecided: { index: number; is: Term }[] = []
    for (let index = from; index < to; index += 1) {
      const state = states[index]
      if (!state) continue
      const is = name('Bool', and(reached, state.unknown))
      if (is !== no) undecided.push({ index, is })
      reached = name('Bool', and(reached, not(state.met)))
    }
    if (undecided.length === 0) return { answer, undecided: no }
    const matters = name(
      'Bool',
      or(...undecided.map(({ index, is }) => and(is, differ(alone[index] as Answer, answer)))),
    )
    // A rule that more people must approve stays so: the strictest of all that could have answered.
    let [role, people] = [askedOf(answer, roleOf), askedOf(answer, countOf)]
    for (const { index, is } of undecided) {
      const rule = all[index] as Rule
      role = name('Int', ite(is, most(role, name('Int', who(rule, asked, roleOf))), role))
      people = name('Int', ite(is, most(people, name('Int', who(rule, asked, countOf))), people))
    }
    let first = answer
    for (const { index, is } of undecided.toReversed()) first = pick(is, alone[index] as Answer, first)
    const open: Answer = {
      ...first,
      verdict: place(verdicts, 'review'),
      amount: asked,
      role,
      people,
      turned: turns.not,
    }
    return { answer: pick(matters, open, answer), undecided: matters }
  }

  /** Who would approve the amount asked for, by the rule of an answer. */
  const askedOf = (answer: Answer, of: (approvers: Approvers) => Term): Term =>
    name(
      'Int',
      all.reduce(
        (before, rule, index) => ite(equal(answer.rule, int(index)), name('Int', who(rule, asked, of)), before),
        of(policy.otherwise.approvers),
      ),
    )

  const count = policy.rules.length
  const met = states.map((state) => state.met)
  const ours = settle(0, count, alone[count] as Answer)
  if (policy.rights.length === 0) return { policy, answer: ours.answer, met, alone }
  // `withRights`: what the law gives stands where it is better, or may be.
  const nothing: Answer = {
    ...(alone[count] as Answer),
    verdict: '0',
    amount: '0',
    rule: int(-1),
    turned: turns.not,
    role: who(policy.otherwise, '0', roleOf),
    people: who(policy.otherwise, '0', countOf),
  }
  const right = settle(count + 1, all.length, nothing)
  const given = not(equal(right.answer.rule, int(-1)))
  const settledAnyway = or(
    and(equal(ours.answer.verdict, '2'), equal(ours.answer.amount, asked)),
    equal(ours.answer.verdict, '1'),
  )
  const better = or(
    compare('>', right.answer.verdict, ours.answer.verdict),
    and(equal(right.answer.verdict, ours.answer.verdict), compare('>', right.answer.amount, ours.answer.amount)),
  )
  const stands = and(given, ite(right.undecided, not(settledAnyway), better))
  return { policy, answer: pick(name('Bool', stands), right.answer, ours.answer), met, alone }
}

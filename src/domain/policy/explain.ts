import type { Beside, Finding } from '../decision.ts'
import type { Facts } from '../facts.ts'
import { compile } from './compile.ts'
import type { Expr } from './expression.ts'
import type { Guard } from './guards.ts'
import type { Judgement } from './judge.ts'
import { demandOf, demandWords, phrase, phraseCondition } from './phrase.ts'
import type { Line, Policy, Rule } from './policy.ts'
import type { Known } from './values.ts'
import { factWords } from './value-names.ts'
import { capital, moneyWords, valueWords, word } from './words.ts'

/** What was said of each subject already: many lines ask about the same few facts. */
type Said = (string | undefined)[]

type Explained = {
  readonly required: string
  readonly subject: string
  readonly ending: string
  readonly actual: (facts: Facts, said: Said) => string
}

// The fixed words of a line are worked out once per policy version, because only `actual` hangs on the facts.
const explained = new WeakMap<Line, Explained>()
const places = new WeakMap<Policy, Map<string, number>>()

const explainedLists = new WeakMap<readonly Rule[], readonly (readonly Explained[])[]>()

function explainedRules(rules: readonly Rule[], policy: Policy): readonly (readonly Explained[])[] {
  const known = explainedLists.get(rules) ?? rules.map(({ lines }) => lines.map((line) => explainedLine(line, policy)))
  explainedLists.set(rules, known)
  return known
}

/** The place of a subject among those of its policy. */
function placeOf(subject: string, policy: Policy): number {
  const known = places.get(policy) ?? new Map<string, number>()
  places.set(policy, known)
  const place = known.get(subject) ?? known.size
  known.set(subject, place)
  return place
}

function explainedLine(line: Line, policy: Policy): Explained {
  const known = explained.get(line)
  if (known) return known
  const made = explainLine(line.expr, policy)
  explained.set(line, made)
  return made
}

function explainLine(expr: Expr, policy: Policy): Explained {
  const { scope } = policy
  const demand = demandOf(expr)
  if (!demand) {
    const required = phraseCondition(expr, 'en', scope)
    const run = compile(expr, scope)
    const actual = (facts: Facts): string => {
      const value = run(facts)
      return value === undefined ? word('unknown', 'en') : word(value === true ? 'yes' : 'no', 'en')
    }
    return { required, subject: 'All of it', ending: `. Required: ${required}.`, actual }
  }
  const { subject, object } = demand
  const run = compile(subject, scope)
  const fixed = object === undefined || object.op === 'constant' ? undefined : compile(object, scope)
  const words = (value: Known): string =>
    subject.op === 'fact'
      ? factWords(subject.fact, value, 'en', scope.zone)
      : valueWords(subject.type, value, 'en', scope.zone)
  const place = placeOf(subject.source, policy)
  const actual = (facts: Facts, said: Said): string => {
    const found = (said[place] ??= words(run(facts)))
    return object && fixed ? `${found} against ${valueWords(object.type, fixed(facts), 'en', scope.zone)}` : found
  }
  const required = demandWords(demand, 'en', scope)
  return { required, subject: capital(phrase(subject, 'en', scope)), ending: `. Required: ${required}.`, actual }
}

/** One line of a rule against the facts: what it required and what was so. */
export function findingOf(rule: string, line: Line, policy: Policy, facts: Facts): Finding {
  return finding(rule, line, explainedLine(line, policy), facts, [])
}

function finding(rule: string, line: Line, explanation: Explained, facts: Facts, said: Said): Finding {
  const value = line.run(facts)
  const { required, subject, ending, actual: read } = explanation
  const actual = read(facts, said)
  const mark = value === true ? 'met' : value === undefined ? 'unknown' : 'unmet'
  const sentence = `${subject}: ${actual}${ending}`
  return { rule, condition: line.source, mark, required, actual, sentence }
}

/** Every line of every rule that was asked: up to the one that matched. */
export function findingsOf(policy: Policy, facts: Facts, judgement: Judgement): readonly Finding[] {
  if (judgement.guard) return [guardFinding(judgement.guard, facts)]
  return [...findingsIn(policy.rules, policy, facts), ...findingsIn(policy.rights, policy, facts)]
}

function findingsIn(rules: readonly Rule[], policy: Policy, facts: Facts): Finding[] {
  const findings: Finding[] = []
  const said: Said = []
  const explanations = explainedRules(rules, policy)
  for (let r = 0; r < rules.length; r += 1) {
    const { id, lines } = rules[r] as Rule
    let met = true
    for (let l = 0; l < lines.length; l += 1) {
      const found = finding(id, lines[l] as Line, explanations[r]?.[l] as Explained, facts, said)
      findings.push(found)
      met &&= found.mark === 'met'
    }
    if (met) break
  }
  return findings
}

function guardFinding(guard: Guard, facts: Facts): Finding {
  const { id, condition, required, because } = guard
  return { rule: id, condition, mark: 'unmet', required, actual: guard.actual(facts), sentence: because }
}

/** The facts that were needed and unknown, by name. */
export function missingFacts(policy: Policy, facts: Facts, { undecided, rule, turned }: Judgement): readonly string[] {
  const lines = undecided.flatMap((each) => [...each.lines])
  for (const each of [...undecided, rule])
    if (each.amount && (turned === 'unknown_amount' || undecided.length > 0)) lines.push(each.amount)
  const missing = new Set<string>()
  for (const line of lines) {
    if (line.run(facts) !== undefined) continue
    for (const fact of line.facts) if (fact.read(facts, policy.scope.zone) === undefined) missing.add(fact.name)
  }
  return [...missing]
}

/** What people call a fact, with its name in the policy beside it. */
function calledIn(policy: Policy, name: string): string {
  const label = policy.facts.get(name)?.label['en']
  return label === undefined || label === name ? name : `${label} (${name})`
}

/** Why it went to a person or was denied, for staff. */
export function becauseOf(policy: Policy, facts: Facts, judgement: Judgement, missing: readonly string[]): string {
  const { guard, rule, verdict, turned, undecided } = judgement
  if (guard) return guard.because
  if (turned === 'nothing') return `Rule ${rule.id} approves, but its amount comes to nothing.`
  if (turned === 'charge')
    return `Rule ${rule.id} approves, but its amount comes to a charge${judgement.charge ? ` of ${moneyWords(judgement.charge, 'en')}` : ''}, and nothing is ever collected.`
  if (missing.length > 0)
    return `${capital(missing.map((name) => calledIn(policy, name)).join(', '))} ${missing.length === 1 ? 'is' : 'are'} unknown, so rule ${rule.id} cannot be decided.`
  if (turned === 'unknown_amount')
    return `Rule ${rule.id} approves, but its amount cannot be worked out in ${facts.payment.amount.currency}.`
  if (undecided.length > 0)
    return `Rule ${rule.id} cannot be decided: its amounts are not in ${facts.payment.amount.currency}.`
  if (verdict === 'approve' || rule.lines.length > 0) return ruleReason(policy, facts, judgement)
  const near = nearestRule(policy, facts)
  const unmet = near?.lines.find((line) => line.run(facts) !== true)
  return near && unmet
    ? `No rule matched. Nearest was ${near.id}. ${findingOf(near.id, unmet, policy, facts).sentence}`
    : 'No rule matched.'
}

/** What the other list answered where policy and law were both asked: the answer that stood back. */
export function besideOf(policy: Policy, facts: Facts, { beside, byRight }: Judgement): Beside | undefined {
  if (!beside) return undefined
  const { rule, verdict, amount } = beside
  const because = becauseOf(policy, facts, { ...beside, byRight: !byRight }, missingFacts(policy, facts, beside))
  const answered = verdict === 'deny' ? 'deny' : `${verdict} ${moneyWords(amount, 'en')}`
  const sentence = byRight
    ? `Without the law, the policy would ${answered}. ${because}`
    : `The law alone would ${answered}, which is no better for the customer. ${because}`
  return { by: byRight ? 'policy' : 'right', rule: rule.id, verdict, amount, sentence }
}

function ruleReason(policy: Policy, facts: Facts, { rule, byRight }: Judgement): string {
  const reasons = rule.lines.map((line) => {
    const { subject, actual } = explainedLine(line, policy)
    return `${subject}: ${actual(facts, [])}.`
  })
  return `${byRight ? 'By law, rule' : 'Rule'} ${rule.id} matched. ${reasons.join(' ')}`
}

/** The approving rule with the fewest conditions that are not met; the first of equals. */
export function nearestRule(policy: Policy, facts: Facts): Rule | undefined {
  let nearest: Rule | undefined
  let fewest = Infinity
  for (const rule of policy.rules) {
    if (rule.then !== 'approve') continue
    const unmet = rule.lines.filter((line) => line.run(facts) !== true).length
    if (unmet < fewest) [nearest, fewest] = [rule, unmet]
  }
  return nearest
}

/** How the amount was worked out, in one sentence. */
export function amountBecause(
  policy: Policy,
  facts: Facts,
  { verdict, amount, rule, turned, undecided }: Judgement,
): string {
  const said = (minor: number): string =>
    valueWords('money', { minor, currency: amount.currency }, 'en', policy.scope.zone)
  if (verdict === 'deny') return 'Nothing is refunded.'
  if (!rule.amount || undecided.length > 0) {
    return amount.minor === facts.payment.refundable.minor
      ? `All that can still be refunded, ${said(amount.minor)}.`
      : `What was asked for, ${said(amount.minor)} of ${said(facts.payment.refundable.minor)} refundable.`
  }
  const formula = rule.amount.run(facts)
  const words = capital(phrase(rule.amount.expr, 'en', policy.scope))
  const worked = valueWords('money', formula, 'en', policy.scope.zone)
  if (turned) return `${words}: ${worked}.`
  return worked === said(amount.minor)
    ? `${words}: ${worked}.`
    : `${words}: ${worked}, limited to ${said(amount.minor)}.`
}

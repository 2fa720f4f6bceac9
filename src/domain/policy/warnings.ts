import type { Policy, Rule } from './policy.ts'
import { demandOf } from './phrase.ts'

/** Something allowed that is probably not meant. */
export type PolicyWarning = { readonly rule: string; readonly message: string }

/**
 * Rules that can't be reached or can't match, as far as it shows from their own conditions, sentences that lack a language
 * which others have, and a missing test. It names only what is certain: silence is no proof that all is well.
 */
export function policyWarnings(policy: Policy): readonly PolicyWarning[] {
  return [
    ...[policy.rules, policy.rights].flatMap((rules) => [...unreachable(rules)]),
    ...[...policy.rules, ...policy.rights].flatMap((rule) => contradiction(rule)),
    ...missingLanguages([...policy.rules, ...policy.rights, policy.otherwise]),
    ...(policy.tests.length === 0 ? [{ rule: 'tests', message: 'There is no test in the file' }] : []),
  ]
}

/** A rule that asks for all that an earlier one asks for is never come to. */
function unreachable(rules: readonly Rule[]): PolicyWarning[] {
  return rules.flatMap((rule, index) => {
    const asked = new Set(rule.lines.map((line) => line.source))
    const earlier = rules.findIndex(
      (other, each) => each < index && other.lines.every((line) => asked.has(line.source)),
    )
    return earlier < 0
      ? []
      : [{ rule: rule.id, message: `is never reached, because ${rules[earlier]?.id} matches whenever it would` }]
  })
}

/** Two conditions that want one text to be two things, or one number below and above. */
function contradiction(rule: Rule): PolicyWarning[] {
  const wanted = new Map<string, string>()
  const bounds = new Map<string, { least: number; most: number }>()
  for (const { expr } of rule.lines) {
    const demand = demandOf(expr)
    const value = demand?.object?.op === 'constant' ? demand.object.value : undefined
    if (!demand || value === undefined) continue
    const name = demand.subject.source
    if (demand.sign === '==' && typeof value === 'string') {
      const before = wanted.get(name)
      if (before !== undefined && before !== value)
        return [{ rule: rule.id, message: `can't match: ${name} is not both ${before} and ${value}` }]
      wanted.set(name, value)
    }
    if (typeof value !== 'number') continue
    const bound = bounds.get(name) ?? { least: -Infinity, most: Infinity }
    if (demand.sign === '<' || demand.sign === '<=' || demand.sign === '==') bound.most = Math.min(bound.most, value)
    if (demand.sign === '>' || demand.sign === '>=' || demand.sign === '==') bound.least = Math.max(bound.least, value)
    bounds.set(name, bound)
    if (bound.least > bound.most)
      return [{ rule: rule.id, message: `can't match: ${name} can't be that large and that small` }]
  }
  return []
}

function missingLanguages(rules: readonly Rule[]): PolicyWarning[] {
  const spoken = new Set(rules.flatMap((rule) => Object.keys(rule.say)))
  return rules.flatMap((rule) => {
    const own = Object.keys(rule.say)
    const missing = own.length === 0 ? [] : [...spoken].filter((language) => !own.includes(language))
    return missing.map((language) => ({
      rule: rule.id,
      message: `lacks the language ${language}, which other rules speak`,
    }))
  })
}

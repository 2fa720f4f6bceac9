import { zoneOf } from './calendar.ts'
import { builtInFacts } from './catalog.ts'
import type { Fact } from './catalog.ts'
import { merchantFact } from './merchant-facts.ts'
import { outcomeFacts } from './outcome-facts.ts'
import { expressions } from './parse-expression.ts'
import { readDeclarations, readHolidays } from './parse-facts.ts'
import { readGuarantees } from './parse-guarantees.ts'
import { readOtherwise, readRules } from './parse-rules.ts'
import { readGiven, readTests } from './parse-tests.ts'
import type { Policy, PolicyProblem } from './policy.ts'
import { fieldsOf, itemsOf, readYaml, readYesNo, refuse, textOf, wordOf } from './yaml-reader.ts'
import type { Field } from './yaml-reader.ts'

export type { Policy, PolicyProblem } from './policy.ts'

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] }

const keys = [
  'policy',
  'timezone',
  'judge_by',
  'several_payments',
  'holidays',
  'reasons',
  'facts',
  'rules',
  'rights',
  'otherwise',
  'guarantees',
  'assume',
  'tests',
] as const

/**
 * Reads, checks and compiles a policy file. Every problem is named with its line and column; a file with a problem gives no
 * policy at all. What is accepted here can be asked about any facts without throwing.
 */
export function parsePolicy(source: string): ParsedPolicy {
  const { reader, root } = readYaml(source)
  const policy = root && readPolicy(root, source)
  return policy && reader.problems.length === 0
    ? { ok: true, policy }
    : { ok: false, problems: reader.problems.toSorted((a, b) => a.line - b.line || a.column - b.column) }
}

function readPolicy(root: Field, source: string): Policy | undefined {
  const fields = fieldsOf(root, keys)
  if (!fields) return undefined
  for (const key of ['policy', 'rules', 'otherwise']) {
    if (!fields.has(key)) refuse(root, `\`${key}\` is missing`)
  }
  const optional = <T>(key: (typeof keys)[number], read: (field: Field) => T, otherwise: T): T => {
    const field = fields.get(key)
    return field ? read(field) : otherwise
  }
  const zone = optional('timezone', readZone, zoneOf('UTC'))
  const holidays = optional('holidays', readHolidays, new Set<number>())
  const declarations = optional('facts', readDeclarations, [])
  const reasons = optional('reasons', readReasons, [])
  if (!zone) return undefined
  const scope = { zone, holidays }
  const facts = allFacts(declarations.map(merchantFact), reasons)
  const reading = expressions({ facts, scope })
  const ids = new Set<string>()
  const rules = optional('rules', (field) => readRules(field, reading, ids), [])
  const rights = optional('rights', (field) => readRules(field, reading, ids), [])
  const otherwise = optional('otherwise', (field) => readOtherwise(field, reading), undefined)
  const given = { facts, zone }
  return (
    otherwise && {
      name: optional('policy', (field) => textOf(field, 200), undefined) ?? '',
      timezone: zone.name,
      judge_by:
        optional('judge_by', (field) => wordOf(field, ['purchase', 'request'] as const), undefined) ?? 'request',
      several_payments: optional('several_payments', readYesNo, undefined) ?? false,
      declarations,
      facts,
      scope,
      rules,
      rights,
      otherwise,
      source,
      guarantees: optional('guarantees', (field) => readGuarantees(field, expressions(guaranteed(facts, scope))), []),
      assume: optional('assume', (field) => readGiven(field, given), {}),
      tests: optional('tests', (field) => readTests(field, given, [...rules, ...rights]), []),
    }
  )
}

/** A guarantee may ask about the decision beside the facts. */
const guaranteed = (facts: ReadonlyMap<string, Fact>, scope: Policy['scope']): Parameters<typeof expressions>[0] => ({
  facts: new Map([...facts, ...outcomeFacts]),
  scope,
})

function readZone(field: Field): ReturnType<typeof zoneOf> {
  const name = textOf(field, 60)
  if (name === undefined) return undefined
  return zoneOf(name) ?? refuse(field, `There is no time zone "${name}"`, 'Europe/Berlin')
}

function readReasons(field: Field): readonly string[] {
  const codes = itemsOf(field, 100)?.map((item) => {
    const code = textOf(item, 60)
    if (code === undefined || /^[a-z][a-z0-9_]*$/.test(code)) return code
    return refuse(item, `A reason code is lower-case letters, digits and _, not "${code}"`)
  })
  return codes?.filter((code) => code !== undefined) ?? []
}

function allFacts(own: readonly Fact[], reasons: readonly string[]): ReadonlyMap<string, Fact> {
  const facts = new Map(builtInFacts)
  const reason = facts.get('request.reason')
  if (reason) facts.set(reason.name, { ...reason, values: [...(reason.values ?? []), ...reasons] })
  for (const fact of own) facts.set(fact.name, fact)
  return facts
}

import { builtInFacts } from '../src/domain/policy/catalog.ts'
import { functionsByName } from '../src/domain/policy/functions.ts'
import { guards } from '../src/domain/policy/guards.ts'
import { howWritten } from '../src/domain/policy/merchant-facts.ts'
import { outcomeFacts } from '../src/domain/policy/outcome-facts.ts'
import { policySchema } from '../src/domain/policy/schema.ts'
import type { Fact } from '../src/domain/policy/catalog.ts'

// The reference is written from the tables that the language itself is made of, so that it can't say what is not so.

type Schema = {
  readonly description?: string
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`

function keysOf(schema: Schema, path: string): string[] {
  const required = new Set(schema.required)
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, each]) => [
    row(`\`${path}${name}\``, required.has(name) ? 'yes' : '', kindOf(each), each.description ?? ''),
    ...keysOf(each, `${path}${name}.`),
  ])
  const free =
    typeof schema.additionalProperties === 'object' ? keysOf(schema.additionalProperties, `${path}NAME.`) : []
  const items = schema.items ? keysOf(schema.items, `${path.slice(0, -1)}[].`) : []
  const either = (schema.anyOf ?? []).flatMap((each) => keysOf(each, path))
  return [...new Set([...own, ...free, ...items, ...either])]
}

function kindOf({ type, enum: words, anyOf, items }: Schema): string {
  if (words) return words.map((word) => `\`${String(word)}\``).join(' ')
  if (anyOf) return [...new Set(anyOf.map(kindOf))].join(' or ')
  if (type === 'array') return items?.enum ? `list of ${kindOf(items)}` : 'list'
  return (
    { object: 'map', string: 'text', boolean: '`true` or `false`', integer: 'whole number' }[type ?? ''] ?? type ?? ''
  )
}

const facts = (all: Iterable<Fact>): string[] => [
  row('Fact', 'Type', 'What it is', 'Values'),
  '|---|---|---|---|',
  ...[...all].map(({ name, type, label, values }) =>
    row(`\`${name}\``, type, label['en'] ?? '', (values ?? []).map((value) => `\`${value}\``).join(' ')),
  ),
]

/** docs/policy-reference.md: every key, fact, function, unit and guard. */
export function policyReference(): string {
  const lines = [
    '# The policy language: reference',
    '',
    'Written by `npm run gen` from the code. The guide is [policy-owner.md](policy-owner.md); to begin, [policy-in-ten-minutes.md](policy-in-ten-minutes.md).',
    '',
    '## Keys',
    '',
    'Anything else is refused where it stands.',
    '',
    row('Key', 'Required', 'Is', 'What it says'),
    '|---|---|---|---|',
    ...keysOf(policySchema as Schema, ''),
    '',
    '## Facts',
    '',
    'Unknown is not no: a fact that is missing neither approves nor denies. What is known not to be there, such as the trial of a subscription without one, fails every condition.',
    '',
    ...facts(builtInFacts.values()),
    '',
    '## Facts about the decision',
    '',
    'For `guarantees` only: no rule can ask about its own answer.',
    '',
    ...facts(outcomeFacts.values()),
    '',
    '## Facts of your own',
    '',
    row('`type`', 'A value is'),
    '|---|---|',
    ...Object.entries(howWritten).map(([type, how]) => row(`\`${type}\``, how)),
    '',
    '## Functions and units',
    '',
    row('Function', 'Takes', 'Gives', 'Example'),
    '|---|---|---|---|',
    ...functionsByName.map(({ name, on, params, result, example }) =>
      row(
        `\`${on && on !== 'text' ? `${on}.` : on ? 'text.' : ''}${name}\``,
        params.map((types) => types.join(' or ')).join(', '),
        result,
        `\`${example}\``,
      ),
    ),
    row('`money`', 'a fixed amount, a currency', 'money', '`money(49.90, "eur")`'),
    row('`percent`', 'a fixed number from 0 to 100', 'fraction', '`percent(20)`'),
    row('`date`', 'a fixed day in the time zone', 'instant', '`date("2026-12-31")`'),
    row('`timestamp`', 'a fixed point in time', 'instant', '`timestamp("2026-03-01T12:00:00Z")`'),
    row('`duration`', 'a fixed length', 'duration', '`duration("1h30m")`'),
    '',
    'Operators: `==` `!=` `<` `<=` `>` `>=` `in` `&&` `||` `!` `? :` `+` `-`, and `*` between whole numbers. There is no `/`: it would round silently; `share` and `prorate` say what they do.',
    '',
    '## Guards',
    '',
    'Asked before any rule. No policy can write them away.',
    '',
    row('Guard', 'What must be so'),
    '|---|---|',
    ...guards.map(({ id, required }) => row(`\`${id}\``, required)),
    '',
    '## Limits',
    '',
    'A file of 256 KiB, 5,000 lines and commas, 200 rules, 30 conditions in a rule, 1,000 tests, 200 facts, 100 guarantees. An expression of 1,000 letters, 300 parts and a depth of 20. No loops, no regular expressions, no recursion: an expression takes a time that its length bounds.',
    '',
  ]
  return lines.join('\n')
}

import { givenNames, wrongGiven } from './given.ts'
import type { Given, Vocabulary } from './given.ts'
import { toMoney } from './merchant-facts.ts'
import type { PolicyTest, Rule } from './policy.ts'
import { nearest } from './suggest.ts'
import { fieldsOf, itemsOf, plainOf, refuse, textOf, wordOf } from './yaml-reader.ts'
import type { Field } from './yaml-reader.ts'

const mostTests = 1000

/** Facts by name, each checked against its type. */
export function readGiven(field: Field, vocabulary: Vocabulary): Given {
  const given: Record<string, unknown> = {}
  const names = givenNames(vocabulary)
  for (const [name, each] of fieldsOf(field, /^[a-z]/) ?? []) {
    const value = plainOf(each)
    if (value === undefined) continue
    const wrong = wrongGiven(name, value, vocabulary)
    if (wrong) refuse(each, wrong, names.includes(name) ? undefined : nearest(name, names))
    else given[name] = value
  }
  return given
}

export function readTests(field: Field, vocabulary: Vocabulary, rules: readonly Rule[]): readonly PolicyTest[] {
  const ids = [...rules.map((rule) => rule.id), 'otherwise']
  const tests = itemsOf(field, mostTests)?.map((item) => readTest(item, vocabulary, ids))
  return tests?.filter((test) => test !== undefined) ?? []
}

function readTest(field: Field, vocabulary: Vocabulary, ids: readonly string[]): PolicyTest | undefined {
  const fields = fieldsOf(field, ['name', 'given', 'expect'])
  if (!fields) return undefined
  const [nameField, givenField, expectField] = [fields.get('name'), fields.get('given'), fields.get('expect')]
  if (!nameField || !expectField) return refuse(field, `\`${field.path}\` lacks ${nameField ? '`expect`' : '`name`'}`)
  const name = textOf(nameField, 300)
  const expect = readExpect(expectField, ids)
  if (name === undefined || !expect) return undefined
  const { line } = field.reader.lines.linePos(field.offset)
  return { name, given: givenField ? readGiven(givenField, vocabulary) : {}, expect, line }
}

function readExpect(field: Field, ids: readonly string[]): PolicyTest['expect'] | undefined {
  const fields = fieldsOf(field, ['then', 'rule', 'amount', 'access', 'destination', 'approver', 'charge', 'missing'])
  if (!fields) return undefined
  if (fields.size === 0) return refuse(field, 'A test expects something', 'expect: { then: approve }')
  const read = <K extends string, T>(key: K, from: (each: Field) => T | undefined): { [P in K]?: T } => {
    const each = fields.get(key)
    const value = each && from(each)
    return (value === undefined ? {} : { [key]: value }) as { [P in K]?: T }
  }
  return {
    ...read('then', (each) => wordOf(each, ['approve', 'review', 'deny'] as const)),
    ...read('rule', (each) => readRuleId(each, ids)),
    ...read('amount', readAmount),
    ...read('access', (each) => wordOf(each, ['now', 'period_end', 'keep'] as const)),
    ...read('destination', (each) => wordOf(each, ['original', 'credit'] as const)),
    ...read('approver', (each) => textOf(each, 60)),
    ...read('charge', readAmount),
    ...read('missing', (each) =>
      itemsOf(each, 50)
        ?.map((item) => textOf(item, 150))
        .filter((name) => name !== undefined),
    ),
  }
}

function readRuleId(field: Field, ids: readonly string[]): string | undefined {
  const id = textOf(field, 60)
  if (id === undefined || id.startsWith('guard:') || ids.includes(id)) return id
  return refuse(field, `There is no rule \`${id}\``, nearest(id, ids))
}

function readAmount(field: Field): string | undefined {
  const text = textOf(field, 40)
  if (text === undefined || toMoney(text) !== undefined) return text
  return refuse(field, `\`${field.path}\` is an amount with its currency`, '"49.00 usd"')
}

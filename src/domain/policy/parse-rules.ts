import { roles } from '../actor.ts'
import type { Money } from '../money.ts'
import { toMoney } from './merchant-facts.ts'
import type { Expressions } from './parse-expression.ts'
import { readSentences } from './parse-facts.ts'
import type { Approvers, Line, Rule } from './policy.ts'
import type { ValueType } from './values.ts'
import { fieldsOf, isList, itemsOf, lettersBefore, readYesNo, refuse, scalarOf, textOf, wordOf } from './yaml-reader.ts'
import type { Field } from './yaml-reader.ts'

const outcomeKeys = ['then', 'amount', 'access', 'destination', 'say', 'approvers', 'appeal'] as const
const approving = roles.filter((role) => role !== 'viewer')
const mostRules = 200
const mostLines = 30

/** An ordered list of rules with ids of their own. */
export function readRules(field: Field, reading: Expressions, ids: Set<string>): readonly Rule[] {
  const rules = itemsOf(field, mostRules)?.map((item) => readRule(item, reading, ids))
  return rules?.filter((rule) => rule !== undefined) ?? []
}

function readRule(field: Field, reading: Expressions, ids: Set<string>): Rule | undefined {
  const fields = fieldsOf(field, ['id', 'when', ...outcomeKeys])
  if (!fields) return undefined
  const idField = fields.get('id')
  const when = fields.get('when')
  if (!idField || !when) return refuse(field, `\`${field.path}\` lacks ${idField ? '`when`' : '`id`'}`)
  const id = readId(idField, ids)
  const lines = itemsOf(when, mostLines)?.map((item) => readLine(item, 'bool', reading))
  if (lines?.length === 0)
    refuse(when, 'A rule has at least one condition; what is left over belongs under `otherwise`')
  const outcome = readOutcome(field, fields, reading)
  if (id === undefined || !lines || !outcome) return undefined
  return { ...outcome, id, lines: lines.filter((line) => line !== undefined) }
}

function readId(field: Field, ids: Set<string>): string | undefined {
  const id = textOf(field, 60)
  if (id === undefined) return undefined
  if (!/^[a-z][a-z0-9-]*$/.test(id))
    return refuse(field, `An id is lower-case letters, digits and hyphens, not "${id}"`)
  if (id === 'otherwise' || ids.has(id)) return refuse(field, `There is already a rule \`${id}\``)
  ids.add(id)
  return id
}

/** What happens when no rule matched. */
export function readOtherwise(field: Field, reading: Expressions): Rule | undefined {
  const fields = fieldsOf(field, outcomeKeys)
  const outcome = fields && readOutcome(field, fields, reading)
  return outcome && { ...outcome, id: 'otherwise', lines: [] }
}

function readOutcome(
  field: Field,
  fields: ReadonlyMap<string, Field>,
  reading: Expressions,
): Omit<Rule, 'id' | 'lines'> | undefined {
  const read = <T>(key: (typeof outcomeKeys)[number], from: (each: Field) => T): T | undefined => {
    const each = fields.get(key)
    return each && from(each)
  }
  if (!fields.has('then')) return refuse(field, `\`${field.path}.then\` is missing`, 'then: approve, review or deny')
  const then = read('then', (each) => wordOf(each, ['approve', 'review', 'deny'] as const))
  if (!then) return undefined
  const amount = fields.get('amount')
  if (amount && then === 'deny') refuse(amount, 'A denial has no amount')
  const approvers = fields.get('approvers')
  if (approvers && then !== 'review') refuse(approvers, 'Only a review has approvers')
  const appeal = fields.get('appeal')
  if (appeal && then !== 'deny') refuse(appeal, 'Only a denial can be appealed')
  return {
    then,
    amount: amount && readLine(amount, 'money', reading),
    access:
      read('access', (each) => wordOf(each, ['now', 'period_end', 'keep'] as const)) ??
      (then === 'deny' ? 'keep' : 'now'),
    destination: read('destination', (each) => wordOf(each, ['original', 'credit'] as const)) ?? 'original',
    say: read('say', readSentences) ?? {},
    ...readAllApprovers(approvers),
    appeal: (appeal && readYesNo(appeal)) ?? false,
  }
}

export function readLine(field: Field, type: ValueType, reading: Expressions): Line | undefined {
  const value = scalarOf(field)
  if (typeof value === 'boolean')
    return refuse(field, 'A condition that is always so is none', 'payment.age <= days(30)')
  if (typeof value !== 'string')
    return refuse(field, `\`${field.path}\` is an expression in a text`, 'payment.age <= days(30)')
  const read = reading.read(value, type)
  if ('line' in read) return read.line
  const quoted = lettersBefore(field)
  for (const { offset, message, suggestion } of read.complaints) refuse(field, message, suggestion, quoted + offset)
  return undefined
}

const anybody: Approvers = { role: 'support', count: 1 }

/** One entry for every amount, or a list whose later entries stand from an amount on. */
function readAllApprovers(field: Field | undefined): Pick<Rule, 'approvers' | 'approversFrom'> {
  if (!field) return { approvers: anybody, approversFrom: [] }
  if (!isList(field)) return { approvers: readApprovers(field, ['role', 'count']) ?? anybody, approversFrom: [] }
  const [first, ...others] = itemsOf(field, 10) ?? []
  if (!first) refuse(field, `\`${field.path}\` is empty`, '- { role: support }')
  const approversFrom = others.flatMap((item) => {
    const from = readFrom(item)
    const who = readApprovers(item, ['role', 'count', 'from'])
    return who && from ? [{ ...who, from }] : []
  })
  for (const [index, { from }] of approversFrom.entries()) {
    const before = approversFrom[index - 1]?.from ?? []
    const lower = from.find((each) =>
      before.some((other) => other.currency === each.currency && other.minor >= each.minor),
    )
    if (lower) refuse(others[index] ?? field, 'Each entry begins at a larger amount than the one before it')
  }
  return { approvers: (first && readApprovers(first, ['role', 'count'])) ?? anybody, approversFrom }
}

/** The amounts from which an entry stands: one, or one for each currency. */
function readFrom(field: Field): readonly Money[] | undefined {
  const from = fieldsOf(field, ['role', 'count', 'from'])?.get('from')
  if (!from) return refuse(field, `\`${field.path}.from\` is missing`, 'from: 500.00 usd')
  const amounts = (isList(from) ? (itemsOf(from, 50) ?? []) : [from]).map((item) => {
    const text = textOf(item, 40)
    const amount = text === undefined ? undefined : (toMoney(text) as Money | undefined)
    if (text !== undefined && (!amount || amount.minor <= 0))
      refuse(item, `\`${item.path}\` is an amount with its currency`, '500.00 usd')
    return amount
  })
  if (amounts.length === 0) return refuse(from, `\`${from.path}\` is empty`, 'from: 500.00 usd')
  const known = amounts.filter((amount) => amount !== undefined)
  if (known.length < amounts.length) return undefined
  const twice = known.find((each, index) => known.findIndex((other) => other.currency === each.currency) < index)
  return twice ? refuse(from, `\`${from.path}\` has ${twice.currency} twice`) : known
}

function readApprovers(field: Field, keys: readonly string[]): Approvers | undefined {
  const fields = fieldsOf(field, keys)
  if (!fields) return undefined
  const [roleField, countField] = [fields.get('role'), fields.get('count')]
  // A role that nobody can have would leave the request with nobody.
  const role = roleField ? wordOf(roleField, approving) : refuse(field, `\`${field.path}.role\` is missing`)
  const count = countField ? scalarOf(countField) : 1
  if (countField && (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > 5)) {
    return refuse(countField, 'Between 1 and 5 people approve')
  }
  if (role === undefined || typeof count !== 'number') return undefined
  return { role, count }
}

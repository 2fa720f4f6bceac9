import { builtInFacts } from '../catalog.ts'
import type { ValueType } from '../values.ts'

/** A fact as a form offers it: what it is called, what it is, and the values that it can have. */
export type FormFact = {
  readonly name: string
  readonly type: ValueType
  readonly label: string
  readonly values?: readonly string[]
  /** Counted over a time before the request: `customer.refunds(days(365))`. */
  readonly window?: true
}

export const signs = ['==', '!=', '<', '<=', '>', '>='] as const
export type Sign = (typeof signs)[number]
export const units = ['minutes', 'hours', 'days', 'weeks'] as const
export type Unit = (typeof units)[number]

export type Span = { readonly count: string; readonly unit: Unit }

/** The right side of a comparison, in the parts that a form has fields for. */
export type Operand =
  | ({ readonly kind: 'duration' } & Span)
  | { readonly kind: 'percent'; readonly count: string }
  | { readonly kind: 'money'; readonly amount: string; readonly currency: string }
  | { readonly kind: 'count'; readonly count: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'date'; readonly date: string }

/** A condition as a form shows it; what doesn't fit stays an expression and is never lost. */
export type Condition =
  | {
      readonly shape: 'compare'
      readonly fact: FormFact
      readonly window?: Span
      readonly sign: Sign
      readonly operand: Operand
    }
  | { readonly shape: 'yes' | 'no'; readonly fact: FormFact }
  | { readonly shape: 'expression'; readonly source: string }

const histories: readonly FormFact[] = [
  { name: 'customer.refunds', type: 'count', label: 'earlier refunds', window: true },
  { name: 'customer.requests', type: 'count', label: 'earlier requests', window: true },
]

/** Every fact that a condition can name: the built-in ones, and those that the document declares. */
export function formFacts(declared: Readonly<Record<string, unknown>>): readonly FormFact[] {
  const own = Object.entries(declared).map(([name, each]): FormFact => {
    const { type, values, label } = (each ?? {}) as { type?: string; values?: string[]; label?: Record<string, string> }
    return {
      name,
      type: (type ?? 'text') as ValueType,
      label: label?.['en'] ?? name.replaceAll(/[._]/g, ' '),
      ...(Array.isArray(values) && { values: values.map(String) }),
    }
  })
  const builtIn = [...builtInFacts.values()].map(({ name, type, label, values }) => ({
    name,
    type,
    label: label['en'] ?? name,
    ...(values && { values }),
  }))
  return [...own, ...builtIn, ...histories]
}

const span = String.raw`(minutes|hours|days|weeks)\((\d+)\)`
const comparison = /^([a-z][a-z0-9_.]*)(?:\(([^()]*\([^()]*\))\))?\s*(==|!=|<=|>=|<|>)\s*(\S.*)$/s

/** Takes a condition apart, as far as it has the shape fact, sign, value. */
export function splitCondition(source: string, facts: readonly FormFact[]): Condition {
  const expression: Condition = { shape: 'expression', source }
  const known = (name: string): FormFact | undefined => facts.find((fact) => fact.name === name)
  const flag = /^(!?)\s*([a-z][a-z0-9_.]*)$/.exec(source.trim())
  if (flag) {
    const fact = known(flag[2]!)
    return fact?.type === 'bool' ? { shape: flag[1] ? 'no' : 'yes', fact } : expression
  }
  const match = comparison.exec(source.trim())
  const fact = match && known(match[1]!)
  if (!match || !fact) return expression
  const window = match[2] === undefined ? undefined : spanOf(match[2])
  if ((window !== undefined) !== (fact.window === true)) return expression
  const operand = operandOf(match[4]!.trim(), fact.type)
  if (!operand) return expression
  return { shape: 'compare', fact, ...(window && { window }), sign: match[3] as Sign, operand }
}

function spanOf(text: string): Span | undefined {
  const match = new RegExp(`^${span}$`).exec(text.trim())
  return match ? { unit: match[1] as Unit, count: match[2]! } : undefined
}

function operandOf(text: string, type: ValueType): Operand | undefined {
  switch (type) {
    case 'duration': {
      const found = spanOf(text)
      return found && { kind: 'duration', ...found }
    }
    case 'fraction': {
      const match = /^percent\((\d+(?:\.\d+)?)\)$/.exec(text)
      return match ? { kind: 'percent', count: match[1]! } : undefined
    }
    case 'money': {
      const match = /^money\((\d+(?:\.\d+)?),\s*["']([a-z]{3})["']\)$/.exec(text)
      return match ? { kind: 'money', amount: match[1]!, currency: match[2]! } : undefined
    }
    case 'count':
      return /^\d+$/.test(text) ? { kind: 'count', count: text } : undefined
    case 'text': {
      const match = /^"([^"\\]*)"$|^'([^'\\]*)'$/.exec(text)
      return match ? { kind: 'text', text: match[1] ?? match[2] ?? '' } : undefined
    }
    case 'instant': {
      const match = /^date\(["'](\d{4}-\d\d-\d\d)["']\)$/.exec(text)
      return match ? { kind: 'date', date: match[1]! } : undefined
    }
    default:
      return undefined
  }
}

/** Puts a condition together as it stands in the file. */
export function joinCondition(condition: Condition): string {
  switch (condition.shape) {
    case 'expression':
      return condition.source
    case 'yes':
      return condition.fact.name
    case 'no':
      return `!${condition.fact.name}`
    case 'compare': {
      const { fact, window, sign, operand } = condition
      const left = window ? `${fact.name}(${window.unit}(${window.count}))` : fact.name
      return `${left} ${sign} ${operandText(operand)}`
    }
  }
}

function operandText(operand: Operand): string {
  switch (operand.kind) {
    case 'duration':
      return `${operand.unit}(${operand.count})`
    case 'percent':
      return `percent(${operand.count})`
    case 'money':
      return `money(${operand.amount}, "${operand.currency}")`
    case 'count':
      return operand.count
    case 'text':
      return JSON.stringify(operand.text)
    case 'date':
      return `date("${operand.date}")`
  }
}

/** The condition that a form begins with when somebody chooses a fact. */
export function conditionOn(fact: FormFact): Condition {
  const compare = (sign: Sign, operand: Operand): Condition => ({
    shape: 'compare',
    fact,
    ...(fact.window && { window: { unit: 'days', count: '365' } }),
    sign,
    operand,
  })
  switch (fact.type) {
    case 'bool':
      return { shape: 'yes', fact }
    case 'duration':
      return compare('<=', { kind: 'duration', unit: 'days', count: '14' })
    case 'fraction':
      return compare('<', { kind: 'percent', count: '20' })
    case 'money':
      return compare('<=', { kind: 'money', amount: '100', currency: 'usd' })
    case 'count':
      return compare('==', { kind: 'count', count: '0' })
    case 'instant':
      return compare('<', { kind: 'date', date: '2027-01-01' })
    case 'text':
      return compare('==', { kind: 'text', text: fact.values?.[0] ?? '' })
    default:
      return { shape: 'expression', source: `"" in ${fact.name}` }
  }
}

/** The signs that make sense for a type: texts have no order. */
export function signsFor(type: ValueType): readonly Sign[] {
  return type === 'text' ? ['==', '!='] : signs
}

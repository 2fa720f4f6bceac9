import type { ASTNode } from '@marcbachmann/cel-js'
import { builtInRoots } from './catalog.ts'
import type { Fact } from './catalog.ts'
import { checkCall } from './check-call.ts'
import { checkComparison } from './check-comparison.ts'
import type { Expr } from './expression.ts'
import type { Scope } from './functions.ts'
import { nearest } from './suggest.ts'
import type { Money } from '../money.ts'
import type { Value, ValueType } from './values.ts'

/** What is wrong in an expression, by its offset in the expression's text. */
export type Complaint = { readonly offset: number; readonly message: string; readonly suggestion?: string }

export type Checking = {
  readonly scope: Scope
  readonly facts: ReadonlyMap<string, Fact>
  readonly complaints: Complaint[]
}

/** What the types are called in errors. */
export const typeNames: Readonly<Record<ValueType, string>> = {
  bool: 'a yes or no',
  count: 'a whole number',
  fraction: 'a share',
  money: 'an amount of money',
  duration: 'a length of time',
  instant: 'a point in time',
  text: 'a text',
  texts: 'a list of texts',
  moneys: 'a list of amounts',
}

/** Notes what is wrong and gives nothing, so that the caller stops there. */
export function complain(to: Checking, node: ASTNode, message: string, suggestion?: string): undefined {
  to.complaints.push({ offset: node.start, message, ...(suggestion !== undefined && { suggestion }) })
}

export const sourceOf = (node: ASTNode): string => node.input.slice(node.start, node.end)

/** Gives every part of a parsed expression its type, or says at which letter and why it has none. */
export function check(node: ASTNode, to: Checking): Expr | undefined {
  switch (node.op) {
    case 'value':
      return checkLiteral(node, to)
    case 'id':
    case '.':
      return checkFact(node, to)
    case 'call':
    case 'rcall':
      return checkCall(node, to)
    case 'list':
      return checkList(node, to)
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'in':
      return checkComparison(node, to)
    case '&&':
    case '||':
      return checkLogic(node, to)
    case '!_':
      return checkNot(node, to)
    case '+':
    case '-':
    case '*':
      return checkArithmetic(node, to)
    case '?:':
      return checkChoice(node, to)
    case '/':
    case '%':
      return complain(
        to,
        node,
        `"${node.op}" is not part of the language, because it rounds silently`,
        'share(part, whole)',
      )
    case '-_':
      return complain(to, node, 'Negative values are not part of the language')
    case '[]':
    case '[?]':
    case '.?':
    case 'map':
      return complain(to, node, 'Indexes, maps and optional fields are not part of the language')
  }
}

export const constant = (type: ValueType, value: Value, node: ASTNode): Expr => ({
  op: 'constant',
  type,
  value,
  source: sourceOf(node),
})

function checkLiteral(node: Extract<ASTNode, { op: 'value' }>, to: Checking): Expr | undefined {
  const value = node.args
  if (typeof value === 'boolean') return constant('bool', value, node)
  if (typeof value === 'string') return constant('text', value, node)
  if (typeof value === 'bigint') {
    return value <= BigInt(Number.MAX_SAFE_INTEGER)
      ? constant('count', Number(value), node)
      : complain(to, node, `${sourceOf(node)} is too large a number`)
  }
  if (typeof value === 'number') {
    return complain(
      to,
      node,
      `${sourceOf(node)} has no unit`,
      `percent(${sourceOf(node)}) or money(${sourceOf(node)}, "usd")`,
    )
  }
  return complain(to, node, `${sourceOf(node)} is not part of the language`)
}

/** The dotted name of a node such as `payment.age`; undefined when it is something else. */
export function dottedName(node: ASTNode): string | undefined {
  if (node.op === 'id') return node.args
  if (node.op !== '.') return undefined
  const before = dottedName(node.args[0])
  return before === undefined ? undefined : `${before}.${node.args[1]}`
}

function checkFact(node: ASTNode, to: Checking): Expr | undefined {
  const name = dottedName(node)
  if (name === undefined) return complain(to, node, 'A dot stands only in the name of a fact, such as payment.age')
  const fact = to.facts.get(name)
  if (fact) return { op: 'fact', type: fact.type, fact, source: sourceOf(node) }
  const near = nearest(name, to.facts.keys())
  const root = name.split('.')[0] ?? name
  const hint = builtInRoots.has(root) ? '' : '; facts of your own are declared under "facts"'
  return complain(to, node, `Unknown fact \`${name}\`${hint}`, near)
}

function checkList(node: Extract<ASTNode, { op: 'list' }>, to: Checking): Expr | undefined {
  const items = node.args.map((item) => check(item, to))
  const values: Value[] = []
  for (const [index, item] of items.entries()) {
    if (!item) return undefined
    const at = node.args[index] ?? node
    if (item.op !== 'constant') return complain(to, at, 'A list holds fixed values only')
    if (item.type !== items[0]?.type) return complain(to, at, 'All values of a list have one type')
    values.push(item.value)
  }
  const type = items[0]?.type
  if (type === 'text') return constant('texts', values as string[], node)
  if (type === 'money') return constant('moneys', values as Money[], node)
  return complain(to, node, 'A list holds texts or amounts, and at least one')
}

/** Checks an operand that must have a type. */
export function checkAs(type: ValueType, node: ASTNode, to: Checking): Expr | undefined {
  const expr = check(node, to)
  if (!expr || expr.type === type) return expr
  return complain(to, node, `${expr.source} is ${typeNames[expr.type]}, and ${typeNames[type]} is needed here`)
}

function checkLogic(node: Extract<ASTNode, { op: '&&' | '||' }>, to: Checking): Expr | undefined {
  const [left, right] = [checkAs('bool', node.args[0], to), checkAs('bool', node.args[1], to)]
  if (!left || !right) return undefined
  const fixed = [left, right].find((side) => side.op === 'constant')
  if (fixed) return complain(to, node, `${fixed.source} never changes`)
  const op = node.op === '&&' ? 'all' : 'any'
  return { op, type: 'bool', left, right, source: sourceOf(node) }
}

function checkNot(node: Extract<ASTNode, { op: '!_' }>, to: Checking): Expr | undefined {
  const of = checkAs('bool', node.args, to)
  if (!of || of.op === 'constant') return of && complain(to, node, `${sourceOf(node)} never changes`)
  return { op: 'not', type: 'bool', of, source: sourceOf(node) }
}

function checkChoice(node: Extract<ASTNode, { op: '?:' }>, to: Checking): Expr | undefined {
  const test = checkAs('bool', node.args[0], to)
  const yes = check(node.args[1], to)
  const no = check(node.args[2], to)
  if (!test || !yes || !no) return undefined
  if (yes.type !== no.type) {
    return complain(
      to,
      node,
      `Both answers have one type; ${yes.source} is ${typeNames[yes.type]} and ${no.source} is ${typeNames[no.type]}`,
    )
  }
  return { op: 'if', type: yes.type, test, yes, no, source: sourceOf(node) }
}

const sums: Readonly<Record<string, ValueType>> = {
  'count + count': 'count',
  'count - count': 'count',
  'count * count': 'count',
  'duration + duration': 'duration',
  'duration - duration': 'duration',
  'instant + duration': 'instant',
  'instant - duration': 'instant',
  'instant - instant': 'duration',
  'money + money': 'money',
  'money - money': 'money',
}

const arithmeticOps = { '+': 'plus', '-': 'minus', '*': 'times' } as const

function checkArithmetic(node: Extract<ASTNode, { op: '+' | '-' | '*' }>, to: Checking): Expr | undefined {
  const [left, right] = [check(node.args[0], to), check(node.args[1], to)]
  if (!left || !right) return undefined
  const type = sums[`${left.type} ${node.op} ${right.type}`]
  if (!type) {
    const share =
      left.type === 'money' && right.type === 'fraction' ? `prorate(${left.source}, ${right.source})` : undefined
    return complain(to, node, `${typeNames[left.type]} ${node.op} ${typeNames[right.type]} has no meaning`, share)
  }
  const currencies = mixed(left, right)
  if (currencies) return complain(to, node, currencies)
  return { op: arithmeticOps[node.op], type, left, right, source: sourceOf(node) }
}

/** Says so when two amounts have fixed and different currencies. */
export function mixed(left: Expr, right: Expr): string | undefined {
  const [a, b] = [fixedCurrency(left), fixedCurrency(right)]
  return a && b && a !== b
    ? `${left.source} is in ${a} and ${right.source} in ${b}; nothing converts between currencies`
    : undefined
}

function fixedCurrency(expr: Expr): string | undefined {
  if (expr.type !== 'money') return undefined
  if (expr.op === 'constant') return (expr.value as Money).currency
  if (expr.op === 'plus' || expr.op === 'minus') return fixedCurrency(expr.left) ?? fixedCurrency(expr.right)
  if (expr.op === 'if') return fixedCurrency(expr.yes)
  if (expr.op === 'call' && ['prorate', 'least', 'most', 'whole_units'].includes(expr.fn.name)) {
    return expr.args.map(fixedCurrency).find((currency) => currency !== undefined)
  }
  return undefined
}

import type { ASTNode } from '@marcbachmann/cel-js'
import { check, complain, mixed, sourceOf, typeNames } from './check.ts'
import type { Checking } from './check.ts'
import type { Expr, Sign } from './expression.ts'
import { nearest } from './suggest.ts'
import type { ValueType } from './values.ts'

type Comparison = Extract<ASTNode, { op: Sign | 'in' }>

const ordered: ReadonlySet<ValueType> = new Set(['count', 'fraction', 'money', 'duration', 'instant'])

/** How a bare number should have been written beside a value of each type. */
const withUnit: Partial<Record<ValueType, (number: string) => string>> = {
  duration: (number) => `days(${number})`,
  fraction: (number) => `percent(${Number(number) > 0 && Number(number) < 1 ? Number(number) * 100 : number})`,
  money: (number) => `money(${number}, "usd")`,
  instant: () => 'date("2026-03-01")',
}

/** A comparison of two values of one type. A bare number beside something measured is refused with the unit it lacks. */
export function checkComparison(node: Comparison, to: Checking): Expr | undefined {
  const [leftNode, rightNode] = node.args
  const bare = isBareNumber(rightNode) ? rightNode : isBareNumber(leftNode) ? leftNode : undefined
  if (bare) {
    const other = check(bare === rightNode ? leftNode : rightNode, to)
    if (!other) return undefined
    const suggestion = withUnit[other.type]?.(sourceOf(bare))
    if (suggestion) {
      return complain(
        to,
        bare,
        `${other.source} is ${typeNames[other.type]}; ${sourceOf(bare)} has no unit`,
        suggestion,
      )
    }
  }
  const [left, right] = [check(leftNode, to), check(rightNode, to)]
  if (!left || !right) return undefined
  return node.op === 'in' ? membership(node, left, right, to) : comparison(node, node.op, left, right, to)
}

const isBareNumber = (node: ASTNode): boolean =>
  node.op === 'value' && (typeof node.args === 'bigint' || typeof node.args === 'number')

function comparison(node: Comparison, sign: Sign, left: Expr, right: Expr, to: Checking): Expr | undefined {
  if (left.type !== right.type) {
    return complain(
      to,
      node,
      `${left.source} is ${typeNames[left.type]}, ${right.source} is ${typeNames[right.type]}: they can't be compared`,
    )
  }
  if (sign !== '==' && sign !== '!=' && !ordered.has(left.type)) {
    return complain(
      to,
      node,
      `${typeNames[left.type]} is neither more nor less than another`,
      `${left.source} == ${right.source}`,
    )
  }
  if (left.type === 'texts' || left.type === 'moneys') return complain(to, node, 'Lists are compared with "in"')
  if (left.op === 'constant' && right.op === 'constant') return complain(to, node, `${sourceOf(node)} never changes`)
  if (left.source === right.source) return complain(to, node, `${left.source} is compared with itself`)
  const currencies = mixed(left, right)
  if (currencies) return complain(to, node, currencies)
  if (!possible(node.args[1], left, [right], to) || !possible(node.args[0], right, [left], to)) return undefined
  return { op: 'compare', type: 'bool', sign, left, right, source: sourceOf(node) }
}

function membership(node: Comparison, item: Expr, list: Expr, to: Checking): Expr | undefined {
  if (list.type !== 'texts' || item.type !== 'text') {
    return complain(to, node, '"in" asks whether a text is in a list of texts', 'payment.product in ["pro", "team"]')
  }
  const values = list.op === 'constant' ? (list.value as readonly string[]) : []
  if (
    !possible(
      node.args[1],
      item,
      values.map((value) => ({ op: 'constant', type: 'text', value, source: `"${value}"` })),
      to,
    )
  ) {
    return undefined
  }
  return { op: 'in', type: 'bool', item, list, source: sourceOf(node) }
}

/** False, with a complaint, when a fact of a closed list is compared with a value that it can't have. */
function possible(at: ASTNode, fact: Expr, others: readonly Expr[], to: Checking): boolean {
  const values = fact.op === 'fact' ? fact.fact.values : undefined
  if (!values) return true
  for (const other of others) {
    if (other.op !== 'constant' || values.includes(other.value as string)) continue
    const near = nearest(String(other.value), values)
    const own = fact.op === 'fact' && fact.fact.name === 'request.reason' ? '; list your own under `reasons:`' : ''
    complain(
      to,
      at,
      `${fact.source} is never ${other.source}; it can be ${values.join(', ')}${own}`,
      near && `"${near}"`,
    )
    return false
  }
  return true
}

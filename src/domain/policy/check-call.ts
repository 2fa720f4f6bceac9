import type { ASTNode } from '@marcbachmann/cel-js'
import type { Facts } from '../facts.ts'
import { startOfDay } from './calendar.ts'
import { check, complain, constant, dottedName, mixed, sourceOf, typeNames } from './check.ts'
import type { Checking } from './check.ts'
import type { Expr } from './expression.ts'
import { freeFunctions, methods } from './functions.ts'
import type { PolicyFunction } from './functions.ts'
import { nearest } from './suggest.ts'
import { compareFractions, dateOf, durationOf, fractionOf, instantOf, moneyOf } from './values.ts'
import type { Known, Value } from './values.ts'

type Call = Extract<ASTNode, { op: 'call' | 'rcall' }>

/** Functions whose parameters are literals: their value is fixed when the policy is read. */
const literals: Readonly<Record<string, (node: Call, args: readonly ASTNode[], to: Checking) => Expr | undefined>> = {
  money: moneyLiteral,
  percent: percentLiteral,
  date: dateLiteral,
  timestamp: timestampLiteral,
  duration: durationLiteral,
}

const refused: Readonly<Record<string, string>> = {
  matches: 'Regular expressions are not part of the language, because they can be made to run for seconds',
  exists: 'Loops over lists are not part of the language',
  all: 'Loops over lists are not part of the language',
  exists_one: 'Loops over lists are not part of the language',
  map: 'Loops over lists are not part of the language',
  filter: 'Loops over lists are not part of the language',
  has: 'A fact that is missing sends the request to a person by itself',
}

const instead: Readonly<Record<string, string>> = {
  matches: 'startsWith, endsWith or contains',
  exists: '"vip" in customer.tags',
}

/** A call of a function or method of the language; anything else is refused with what was probably meant. */
export function checkCall(node: Call, to: Checking): Expr | undefined {
  const name = node.args[0]
  if (Object.hasOwn(refused, name)) return complain(to, node, `\`${name}\`: ${refused[name] ?? ''}`, instead[name])
  if (node.op === 'rcall') return checkMethod(node, to)
  const literal = Object.hasOwn(literals, name) ? literals[name] : undefined
  if (literal) return literal(node, node.args[1], to)
  const fn = freeFunctions.get(name)
  if (fn) return checkArguments(node, fn, node.args[1], to)
  const near = nearest(name, [...freeFunctions.keys(), ...Object.keys(literals)])
  return complain(to, node, `Unknown function \`${name}\``, near)
}

function checkMethod(node: Extract<ASTNode, { op: 'rcall' }>, to: Checking): Expr | undefined {
  const [name, receiver, args] = node.args
  const root = dottedName(receiver)
  const own = root === 'customer' || root === 'payment' ? methods[root].get(name) : undefined
  if (own) return checkArguments(node, own, args, to)
  const onText = methods.text.get(name)
  if (onText) return checkArguments(node, onText, [receiver, ...args], to)
  const near = nearest(name, [...methods.customer.keys(), ...methods.payment.keys(), ...methods.text.keys()])
  return complain(to, node, `Unknown function \`${root ?? sourceOf(receiver)}.${name}\``, near)
}

function checkArguments(node: Call, fn: PolicyFunction, nodes: readonly ASTNode[], to: Checking): Expr | undefined {
  if (nodes.length !== fn.params.length) {
    return complain(to, node, `\`${fn.name}\` takes ${fn.params.length} values, not ${nodes.length}`, fn.example)
  }
  const args: Expr[] = []
  for (const [index, argNode] of nodes.entries()) {
    const arg = check(argNode, to)
    if (!arg) return undefined
    const allowed = fn.params[index] ?? []
    if (!allowed.includes(arg.type)) {
      const wanted = allowed.map((type) => typeNames[type]).join(' or ')
      return complain(
        to,
        argNode,
        `\`${fn.name}\` takes ${wanted} here; ${arg.source} is ${typeNames[arg.type]}`,
        fn.example,
      )
    }
    args.push(arg)
  }
  const senseless = senselessPair(fn, args)
  return senseless === undefined ? fold(node, fn, args, to) : complain(to, node, senseless)
}

/** Says so when two values can't go together: shares of two kinds, amounts of two currencies. */
function senselessPair(fn: PolicyFunction, [first, second]: readonly Expr[]): string | undefined {
  if (!first || !second) return undefined
  if (fn.name === 'share' && first.type !== second.type) {
    return `A share is of one kind: ${first.source} is ${typeNames[first.type]}, ${second.source} is ${typeNames[second.type]}`
  }
  return mixed(first, second)
}

/** Computes at once what no fact can change, so that a window which can't be is refused when the policy is read. */
function fold(node: Call, fn: PolicyFunction, args: readonly Expr[], to: Checking): Expr | undefined {
  const values: Value[] = []
  for (const arg of args) if (arg.op === 'constant') values.push(arg.value)
  if (fn.readsFacts || values.length < args.length) {
    return { op: 'call', type: fn.result, fn, args, source: sourceOf(node) }
  }
  const run = fn.run as (scope: Checking['scope'], facts: Facts | undefined, ...args: Value[]) => Known
  const value = run(to.scope, undefined, ...values)
  if (value === undefined || value === null) return complain(to, node, `${sourceOf(node)} has no value`, fn.example)
  return constant(fn.result, value, node)
}

/** The text of a literal number or string as it was written: amounts and shares never pass through a float. */
function literalText(node: ASTNode | undefined): string | undefined {
  if (node?.op !== 'value') return undefined
  if (typeof node.args === 'string') return node.args
  return typeof node.args === 'bigint' || typeof node.args === 'number' ? sourceOf(node) : undefined
}

function moneyLiteral(node: Call, args: readonly ASTNode[], to: Checking): Expr | undefined {
  const [amount, currency] = args.map(literalText)
  if (args.length !== 2 || amount === undefined || currency === undefined) {
    return complain(to, node, '`money` takes a fixed amount and its currency', 'money(49.90, "usd")')
  }
  const value = moneyOf(amount, currency)
  return typeof value === 'string' ? complain(to, node, value, 'money(49.90, "usd")') : constant('money', value, node)
}

function percentLiteral(node: Call, args: readonly ASTNode[], to: Checking): Expr | undefined {
  const text = args.length === 1 ? literalText(args[0]) : undefined
  const value = text === undefined ? undefined : fractionOf(text, 100)
  if (!value || value.part < 0 || compareFractions(value, { part: 1, whole: 1 }) > 0) {
    return complain(to, node, '`percent` takes a fixed number between 0 and 100', 'percent(20)')
  }
  return constant('fraction', value, node)
}

function dateLiteral(node: Call, args: readonly ASTNode[], to: Checking): Expr | undefined {
  const text = args.length === 1 ? literalText(args[0]) : undefined
  const date = text === undefined ? undefined : dateOf(text)
  if (date === undefined) return complain(to, node, 'There is no such date', 'date("2026-03-01")')
  return constant('instant', startOfDay(to.scope.zone, date), node)
}

function timestampLiteral(node: Call, args: readonly ASTNode[], to: Checking): Expr | undefined {
  const text = args.length === 1 ? literalText(args[0]) : undefined
  const instant = text === undefined ? undefined : instantOf(text)
  if (instant === undefined)
    return complain(to, node, 'There is no such point in time', 'timestamp("2026-03-01T12:00:00Z")')
  return constant('instant', instant, node)
}

function durationLiteral(node: Call, args: readonly ASTNode[], to: Checking): Expr | undefined {
  const text = args.length === 1 ? literalText(args[0]) : undefined
  const length = text === undefined ? undefined : durationOf(text)
  if (length === undefined)
    return complain(to, node, 'There is no such length of time', 'duration("1h30m") or days(30)')
  return constant('duration', length, node)
}

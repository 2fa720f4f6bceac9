import { Environment } from '@marcbachmann/cel-js'
import type { Fact } from './catalog.ts'
import { freeFunctions, methods } from './functions.ts'
import type { PolicyFunction } from './functions.ts'
import type { ValueType } from './values.ts'

export const parseLimits = {
  maxAstNodes: 300,
  maxDepth: 20,
  maxListElements: 100,
  maxMapEntries: 1,
  maxCallArguments: 4,
}

/** The CEL type behind each of ours. Money and shares are types of their own, so that no bare number passes for one. */
export const celTypes: Readonly<Record<ValueType, string>> = {
  bool: 'bool',
  count: 'int',
  fraction: 'Share',
  money: 'Money',
  duration: 'google.protobuf.Duration',
  instant: 'google.protobuf.Timestamp',
  text: 'string',
  texts: 'list<string>',
  moneys: 'list<Money>',
}

// Expressions run as our own closures; the engine parses and checks, so what it would call is never called.
const neverCalled = (): never => {
  throw new Error('The CEL engine checks expressions here and does not run them.')
}

/** The CEL engine with the facts and functions of one policy declared. */
export function celEnvironment(facts: ReadonlyMap<string, Fact>): Environment {
  const env = new Environment({ limits: parseLimits })
  env.registerType('Money', { ctor: class Money {}, fields: { minor: 'int' } })
  env.registerType('Share', { ctor: class Share {}, fields: { part: 'int' } })
  for (const sign of ['==', '<', '<=', '>', '>=']) {
    env.registerOperator(`Money ${sign} Money`, neverCalled)
    env.registerOperator(`Share ${sign} Share`, neverCalled)
  }
  env.registerOperator('Money + Money', neverCalled)
  env.registerOperator('Money - Money', neverCalled)
  declareFacts(env, facts)
  declareFunctions(env)
  return env
}

/** Facts are dotted names: the words before the last dot are types of one another. */
function declareFacts(env: Environment, facts: ReadonlyMap<string, Fact>): void {
  type Branch = { [word: string]: Branch | string }
  const tree: Branch = {}
  for (const { name, type } of facts.values()) {
    const words = name.split('.')
    let at = tree
    for (const word of words.slice(0, -1)) {
      const next = (at[word] ??= {})
      if (typeof next !== 'string') at = next
    }
    at[words.at(-1) ?? name] = celTypes[type]
  }
  const declare = (branch: Branch, name: string): string => {
    const fields: Record<string, string> = {}
    for (const [word, inside] of Object.entries(branch)) {
      fields[word] = typeof inside === 'string' ? inside : declare(inside, typeName(`${name}_${word}`))
    }
    env.registerType(name, { ctor: class {}, fields })
    return name
  }
  for (const [word, inside] of Object.entries(tree)) {
    env.registerVariable(word, typeof inside === 'string' ? inside : declare(inside, typeName(word)))
  }
}

function declareFunctions(env: Environment): void {
  const declare = (fn: PolicyFunction, receiver: string, params: readonly (readonly ValueType[])[]): void => {
    for (const types of combinations(params)) {
      env.registerFunction(`${receiver}${fn.name}(${types.join(', ')}): ${celTypes[fn.result]}`, neverCalled)
    }
  }
  for (const fn of freeFunctions.values()) declare(fn, '', fn.params)
  for (const fn of methods.customer.values()) declare(fn, 'CustomerFacts.', fn.params)
  for (const fn of methods.payment.values()) declare(fn, 'PaymentFacts.', fn.params)
  for (const number of ['int', 'double', 'string']) {
    env.registerFunction(`money(${number}, string): Money`, neverCalled)
    env.registerFunction(`percent(${number}): Share`, neverCalled)
  }
  env.registerFunction('date(string): google.protobuf.Timestamp', neverCalled)
}

function combinations(params: readonly (readonly ValueType[])[]): readonly string[][] {
  const [first, ...rest] = params
  if (!first) return [[]]
  return first.flatMap((type) => combinations(rest).map((others) => [celTypes[type], ...others]))
}

/** `payment` has the type PaymentFacts; the engine takes letters only in the names of types. */
const typeName = (word: string): string =>
  `${word
    .split('_')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('')}Facts`

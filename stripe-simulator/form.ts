import { invalid } from './errors.ts'

export type FormValue = string | FormValue[] | { [key: string]: FormValue }
export type Form = { [key: string]: FormValue }

const mostParameters = 5000
const deepestNesting = 12

/**
 * Decodes `a[b][]=1&a[c][0][d]=2`, the way Stripe reads bodies and query strings. Refuses text that cannot be decoded, more
 * than 5,000 parameters and more than 12 levels of brackets.
 */
export function decodeForm(text: string): Form {
  const form: Form = Object.create(null)
  if (text === '') return form
  const pairs = text.split('&')
  if (pairs.length > mostParameters) throw invalid('Too many parameters were sent.')
  for (const pair of pairs) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const key = decode(equals < 0 ? pair : pair.slice(0, equals))
    put(form, keyParts(key), equals < 0 ? '' : decode(pair.slice(equals + 1)))
  }
  return tidy(form) as Form
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.includes('+') ? text.replaceAll('+', ' ') : text)
  } catch {
    throw invalid('Invalid request: the parameters could not be decoded.')
  }
}

function keyParts(key: string): string[] {
  const open = key.indexOf('[')
  if (open < 0) return [key]
  if (open === 0 || !key.endsWith(']')) return [key]
  const parts = [key.slice(0, open), ...key.slice(open + 1, -1).split('][')]
  if (parts.length > deepestNesting) throw invalid(`Invalid request: the parameter ${parts[0]} is nested too deeply.`)
  return parts
}

type Node = { [key: string]: FormValue | Node }

function put(form: Form, parts: string[], value: string): void {
  let node: Node = form as Node
  parts.forEach((part, i) => {
    const key = part === '' ? String(Object.keys(node).length) : part
    if (i === parts.length - 1) {
      node[key] = value
      return
    }
    const next = node[key]
    if (next === undefined || typeof next === 'string') node[key] = Object.create(null) as Node
    node = node[key] as Node
  })
}

const looksLikeList = (keys: string[]) => keys.length > 0 && keys.every((key) => /^\d{1,5}$/.test(key))

/** Objects whose keys are all numbers were lists; order is the order of the numbers, gaps close. */
function tidy(node: FormValue | Node): FormValue {
  if (typeof node === 'string') return node
  const keys = Object.keys(node)
  if (looksLikeList(keys)) {
    const order = keys.toSorted((a, b) => Number(a) - Number(b))
    return order.map((key) => tidy((node as Node)[key] as Node))
  }
  const result: Form = Object.create(null)
  for (const key of keys) result[key] = tidy((node as Node)[key] as Node)
  return result
}

/** Writes nested values as Stripe's form encoding: what an SDK does. */
export function encodeForm(value: Readonly<Record<string, unknown>>): string {
  const pairs: string[] = []
  const walk = (key: string, item: unknown): void => {
    if (item === undefined || item === null) return
    if (Array.isArray(item)) item.forEach((each, i) => walk(`${key}[${i}]`, each))
    else if (typeof item === 'object') {
      for (const [name, each] of Object.entries(item)) walk(`${key}[${name}]`, each)
    } else pairs.push(`${encodeURIComponent(key)}=${encodeURIComponent(String(item))}`)
  }
  for (const [key, item] of Object.entries(value)) walk(key, item)
  return pairs.join('&')
}

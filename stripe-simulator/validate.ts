import { resolve } from './description.ts'
import type { Schema } from './description.ts'
import { invalid } from './errors.ts'
import type { FormValue } from './form.ts'

/** What a request said, after the API description was applied: integers are numbers, booleans are booleans. */
export type Params = { [name: string]: unknown }

/**
 * Checks parameters against the request schema of an operation and gives them their types. Refuses unknown, missing and
 * malformed parameters with the status, code, param and message that Stripe uses.
 */
export function validate(form: FormValue, schema: Schema): Params {
  return readObject(form as { [key: string]: FormValue }, schema, '')
}

const under = (path: string, key: string) => (path === '' ? key : `${path}[${key}]`)

function readObject(value: { [key: string]: FormValue }, schema: Schema, path: string): Params {
  const result: Params = {}
  const properties = schema.properties ?? {}
  for (const key of Object.keys(value)) {
    const at = under(path, key)
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined
    if (property) result[key] = read(value[key] as FormValue, property, at)
    else if (typeof schema.additionalProperties === 'object') {
      // In a hash of free keys (metadata) an empty value unsets the key.
      result[key] = value[key] === '' ? '' : read(value[key] as FormValue, schema.additionalProperties, at)
    } else if (schema.additionalProperties === true) result[key] = value[key]
    else throw invalid(`Received unknown parameter: ${at}`, { code: 'parameter_unknown', param: at })
  }
  for (const key of schema.required ?? []) {
    if (result[key] !== undefined) continue
    const at = under(path, key)
    throw invalid(`Missing required param: ${at}.`, { code: 'parameter_missing', param: at })
  }
  return result
}

function read(value: FormValue, given: Schema, path: string): unknown {
  const schema = resolve(given)
  if (schema.anyOf) return readAny(value, schema.anyOf, path)
  if (schema.enum) return readEnum(value, schema, path)
  switch (schema.type) {
    case 'array':
      return readArray(value, schema, path)
    case 'integer':
      return readInteger(text(value, path), path)
    case 'number':
      return readNumber(text(value, path), path)
    case 'boolean':
      return readBoolean(text(value, path), path)
    case 'string':
      return readString(text(value, path), schema, path)
    default:
      if (typeof value === 'string' || Array.isArray(value)) {
        // `metadata[0]=x` reads as a list; Stripe takes it for a hash with the key "0".
        if (Array.isArray(value) && typeof schema.additionalProperties === 'object') {
          return readObject({ ...value } as unknown as { [key: string]: FormValue }, schema, path)
        }
        throw invalid('Invalid object', { param: path })
      }
      return readObject(value, schema, path)
  }
}

const kindOf = (value: FormValue) => (typeof value === 'string' ? 'text' : Array.isArray(value) ? 'array' : 'object')

function accepts(schema: Schema): 'text' | 'array' | 'object' {
  const type = resolve(schema).type
  return type === 'array' ? 'array' : type === 'object' ? 'object' : 'text'
}

/** Of several shapes the one that the value has; of several that it could have, the first that takes it. */
function readAny(value: FormValue, branches: readonly Schema[], path: string): unknown {
  let fitting = branches.filter((branch) => accepts(branch) === kindOf(value))
  if (fitting.length === 0 && Array.isArray(value)) fitting = branches.filter((branch) => accepts(branch) === 'object')
  const tried = fitting.length > 0 ? fitting : branches
  let failure: unknown
  for (const branch of tried) {
    try {
      return read(value, branch, path)
    } catch (error) {
      if (!isUnsetBranch(branch) || failure === undefined) failure = failure && isUnsetBranch(branch) ? failure : error
    }
  }
  throw failure
}

const isUnsetBranch = (schema: Schema) => schema.enum?.length === 1 && schema.enum[0] === ''

function text(value: FormValue, path: string): string {
  if (typeof value === 'string') return value
  throw invalid(
    Array.isArray(value) ? 'Invalid string: a list was given' : `Invalid string: ${JSON.stringify(value)}`,
    { param: path },
  )
}

function readEnum(value: FormValue, schema: Schema, path: string): unknown {
  const given = text(value, path)
  const found = schema.enum?.find((option) => String(option) === given)
  if (found !== undefined) return found
  const options = (schema.enum ?? []).map(String).filter((option) => option !== '')
  if (given === '') throw emptied(path)
  const name = path.slice(path.lastIndexOf('[') + 1).replace(']', '')
  throw invalid(`Invalid ${name}: must be one of ${listed(options)}`, { param: path })
}

function listed(options: readonly string[]): string {
  if (options.length < 2) return options.join('')
  const last = options.at(-1)
  return options.length === 2 ? `${options[0]} or ${last}` : `${options.slice(0, -1).join(', ')}, or ${last}`
}

function readArray(value: FormValue, schema: Schema, path: string): unknown[] {
  if (!Array.isArray(value)) throw invalid('Invalid array', { param: path })
  return value.map((item, i) => read(item, schema.items ?? {}, `${path}[${i}]`))
}

function readInteger(value: string, path: string): number {
  if (value === '') throw emptied(path)
  const number = Number(value)
  if (!/^-?\d+$/.test(value) || !Number.isSafeInteger(number)) {
    throw invalid(`Invalid integer: ${shorten(value)}`, { code: 'parameter_invalid_integer', param: path })
  }
  return number
}

function readNumber(value: string, path: string): number {
  if (value === '') throw emptied(path)
  if (!/^-?\d+(\.\d+)?$/.test(value)) throw invalid(`Invalid decimal: ${shorten(value)}`, { param: path })
  return Number(value)
}

function readBoolean(value: string, path: string): boolean {
  if (value === 'true') return true
  if (value === 'false') return false
  if (value === '') throw emptied(path)
  throw invalid(`Invalid boolean: ${shorten(value)}`, { param: path })
}

const longestString = 5000

function readString(value: string, schema: Schema, path: string): string {
  if (value === '') throw emptied(path)
  const most = schema.maxLength ?? longestString
  if (value.length > most) {
    throw invalid(`Invalid string: ${shorten(value)}; must be at most ${most} characters`, { param: path })
  }
  if (schema.format === 'decimal' && !/^-?\d+(\.\d+)?$/.test(value)) {
    throw invalid(`Invalid decimal: ${shorten(value)}`, { param: path })
  }
  return value
}

const shorten = (value: string) => (value.length > 40 ? `${value.slice(0, 37)}...` : value)

function emptied(path: string) {
  return invalid(
    `You passed an empty string for '${path}'. We assume empty values are an attempt to unset a field; however '${path}' ` +
      `cannot be unset. You should remove '${path}' from your request or supply a non-empty value.`,
    { code: 'parameter_invalid_empty', param: path },
  )
}

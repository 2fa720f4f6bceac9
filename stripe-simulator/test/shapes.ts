import { Ajv } from 'ajv'
import type { ValidateFunction } from 'ajv'
import * as formats from 'ajv-formats'
import { description, findRoute } from '../description.ts'

type Json = Record<string, unknown>

const addFormats =
  (formats.default as unknown as { default?: (ajv: Ajv) => void }).default ??
  (formats.default as unknown as (ajv: Ajv) => void)

/** OpenAPI's `nullable` in the words of JSON Schema, with references into one document. */
function translated(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(translated)
  if (typeof schema !== 'object' || schema === null) return schema
  const { nullable, ...rest } = schema as Json
  const result: Json = {}
  for (const [key, value] of Object.entries(rest)) {
    if (key.startsWith('x-')) continue
    if (key === '$ref') result[key] = `api${String(value)}`
    else if (key === 'properties')
      result[key] = Object.fromEntries(Object.entries(value as Json).map(([name, one]) => [name, translated(one)]))
    else result[key] = key === 'enum' || key === 'required' ? value : translated(value)
  }
  return nullable === true ? { anyOf: [result, { type: 'null' }] } : result
}

const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false })
addFormats(ajv)
ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/)
const schemas = Object.fromEntries(
  Object.entries(description.components.schemas).map(([name, schema]) => [name, translated(schema)]),
)
ajv.addSchema({ $id: 'api', components: { schemas } })

const compiled = new Map<string, ValidateFunction>()

function validator(name: string, schema: unknown): ValidateFunction {
  let found = compiled.get(name)
  if (!found) compiled.set(name, (found = ajv.compile(translated(schema) as object)))
  return found
}

const sentences = (check: ValidateFunction): string[] =>
  (check.errors ?? [])
    .filter(({ keyword }) => keyword !== 'anyOf')
    .map(({ instancePath, message }) => `${instancePath || '/'} ${message}`)

/** Fields that Stripe has removed from an object and that must not come back, anywhere in a body. */
function removedFields(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((each, i) => removedFields(each, `${at}/${i}`))
  if (typeof value !== 'object' || value === null) return []
  const row = value as Json
  const name = typeof row['object'] === 'string' ? row['object'] : ''
  const gone = description.components.schemas[name]?.['x-removed-fields'] ?? []
  const here = gone.filter((field) => field in row).map((field) => `${at}/${field} was removed from ${name}`)
  return [
    ...here,
    ...Object.entries(row).flatMap(([key, each]) => (key === 'metadata' ? [] : removedFields(each, `${at}/${key}`))),
  ]
}

/** What is wrong with the shape of an answer, as sentences; nothing when it is as the API description says. */
export function shapeFaults(method: string, target: string, status: number, body: unknown): string[] {
  const path = target.split('?', 1)[0] ?? target
  if (status >= 400) {
    const check = validator('error', { $ref: '#/components/schemas/error' })
    return check(body) ? [] : sentences(check)
  }
  const found = findRoute(method, path)
  if (!found) return [`${method} ${path} is not in the API description`]
  const check = validator(found.route.name, found.route.operation.response)
  return [...(check(body) ? [] : sentences(check)), ...removedFields(body)]
}

/** The same for an event: its envelope, and its object by the type of the event. */
export function eventFaults(event: { type: string; data: { object: unknown } }): string[] {
  const envelope = validator('event', { $ref: '#/components/schemas/event' })
  const faults = envelope(event) ? [] : sentences(envelope)
  const name = (event.data.object as { object?: string }).object ?? ''
  if (!description.components.schemas[name]) return faults
  const inner = validator(`object ${name}`, { $ref: `#/components/schemas/${name}` })
  return [
    ...faults,
    ...(inner(event.data.object) ? [] : sentences(inner).map((fault) => `${event.type} ${fault}`)),
    ...removedFields(event.data.object),
  ]
}

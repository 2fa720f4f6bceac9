import { readFileSync } from 'node:fs'

/** The part of a JSON schema that the API description uses. */
export type Schema = {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly nullable?: boolean
  readonly maxLength?: number
  readonly pattern?: string
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly 'x-removed-fields'?: readonly string[]
  readonly 'x-event-data'?: Readonly<Record<string, string>>
}

type Operation = { readonly request: Schema; readonly response: Schema }

type Description = {
  readonly version: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

const file = new URL('./api-description.json', import.meta.url)

/** Stripe's API as far as this simulator speaks it. The file says where it was derived from. */
export const description = JSON.parse(readFileSync(file, 'utf8')) as Description

/** The version that bodies are written in unless a request or a webhook endpoint names an older one. */
export const newestVersion = description.version

/** A schema of the description. An unknown name is a mistake in this program. */
export function schemaNamed(name: string): Schema {
  const schema = description.components.schemas[name]
  if (!schema) throw new Error(`The API description has no schema named ${name}.`)
  return schema
}

/** The schema itself, where a reference was given. */
export function resolve(schema: Schema): Schema {
  return schema.$ref ? schemaNamed(schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)) : schema
}

/** A value with everything that the schema requires and nothing that it leaves open. */
function blankOf(given: Schema): unknown {
  if (given.nullable) return null
  const schema = resolve(given)
  if (schema.anyOf) return blankOf(schema.anyOf[0] ?? {})
  if (schema.enum) return schema.enum[0]
  if (schema.type === 'array') return []
  if (schema.type === 'object' || schema.properties) {
    const fields = schema.required ?? []
    return Object.fromEntries(fields.map((field) => [field, blankOf(schema.properties?.[field] ?? {})]))
  }
  if (schema.type === 'string') return ''
  if (schema.type === 'boolean') return false
  return 0
}

/** A nested value from a request, with the fields that an answer must have beside those that were sent. */
function completed(given: Schema, value: unknown): unknown {
  const schema = resolve(given)
  if (value === null || value === undefined || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map((each) => completed(schema.items ?? {}, each))
  const branch = schema.anyOf ? resolve(schema.anyOf.find((one) => resolve(one).properties) ?? {}) : schema
  if (!branch.properties) return value
  const result: Record<string, unknown> = {}
  for (const field of branch.required ?? []) result[field] = blankOf(branch.properties[field] ?? {})
  for (const [field, each] of Object.entries(value)) {
    const property = branch.properties[field] ?? {}
    result[field] = each === '' ? unset(property) : completed(property, each)
  }
  return result
}

const unset = (schema: Schema): unknown => (!schema.nullable && resolve(schema).type === 'array' ? [] : null)

/** What was sent for one field of an object, in the shape in which the object shows it. '' unsets: null. */
export function shaped(object: string, field: string, value: unknown): unknown {
  return value === '' ? null : completed(schemaNamed(object).properties?.[field] ?? {}, value)
}

const blanks = new Map<string, Record<string, unknown>>()

/**
 * The required fields of an object, null where Stripe allows null. Its nested values are shared between
 * calls: rows of this simulator replace nested values and never change them in place.
 */
export function blank(name: string): Record<string, unknown> {
  let found = blanks.get(name)
  if (!found) blanks.set(name, (found = blankOf(schemaNamed(name)) as Record<string, unknown>))
  return found
}

export type Route = {
  readonly name: string
  readonly method: string
  readonly template: string
  readonly segments: readonly string[]
  readonly operation: Operation
}

const text: Schema = { type: 'string' }
const expand: Schema = { type: 'array', items: text }
const asks = (properties: Record<string, Schema> = {}, required: string[] = []): Schema => ({
  type: 'object',
  properties: { ...properties, expand },
  required,
  additionalProperties: false,
})
const answers = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
const pages: Record<string, Schema> = {
  limit: { type: 'integer' },
  starting_after: text,
  ending_before: text,
}
const anObject: Schema = { type: 'object' }

/** Operations that a refund product's integration uses and that the description lacks: who am I, transfers, fees, test funding. */
const further: Description['paths'] = {
  '/v1/account': { get: { request: asks(), response: answers('account') } },
  '/v1/accounts/{id}': { get: { request: asks(), response: answers('account') } },
  '/v1/transfers': { get: { request: asks({ ...pages, destination: text }), response: anObject } },
  '/v1/transfers/{id}': { get: { request: asks(), response: answers('transfer') } },
  '/v1/transfers/{id}/reversals': { get: { request: asks(pages), response: anObject } },
  '/v1/application_fees': { get: { request: asks({ ...pages, charge: text }), response: anObject } },
  '/v1/application_fees/{id}': { get: { request: asks(), response: answers('application_fee') } },
  '/v1/test_helpers/customers/{id}/fund_cash_balance': {
    post: {
      request: asks({ amount: { type: 'integer' }, currency: text, reference: text }, ['amount', 'currency']),
      response: answers('customer_cash_balance_transaction'),
    },
  },
}

const routes: readonly Route[] = Object.entries({ ...description.paths, ...further }).flatMap(([template, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${template}`,
    method: method.toUpperCase(),
    template,
    segments: template.split('/'),
    operation,
  })),
)

const byShape = Map.groupBy(routes, (route) => `${route.method} ${route.segments.length}`)
for (const group of byShape.values()) group.sort((a, b) => a.template.split('{').length - b.template.split('{').length)

export const allRoutes = routes

const isParameter = (segment: string | undefined) => segment?.startsWith('{') === true

/** The operation that a method and path mean, with the values in its path; null where Stripe has none. */
export function findRoute(method: string, path: string): { route: Route; path: Record<string, string> } | null {
  const segments = path.split('/')
  for (const route of byShape.get(`${method} ${segments.length}`) ?? []) {
    const fits = route.segments.every((segment, i) =>
      isParameter(segment) ? segments[i] !== '' : segment === segments[i],
    )
    if (!fits) continue
    const values: Record<string, string> = {}
    route.segments.forEach((segment, i) => {
      if (isParameter(segment)) values[segment.slice(1, -1)] = safeDecode(segments[i] ?? '')
    })
    return { route, path: values }
  }
  return null
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

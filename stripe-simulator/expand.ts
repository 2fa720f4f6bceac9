import { resolve, schemaNamed } from './description.ts'
import type { Schema } from './description.ts'
import { invalid } from './errors.ts'
import { find, kindOfId, listOf, rowsWith } from './rows.ts'
import type { Books } from './world.ts'
import { now } from './world.ts'

type Fields = Record<string, unknown>

const deepest = 4

const isList = (value: unknown): value is { data: Fields[] } & Fields =>
  typeof value === 'object' && value !== null && (value as Fields)['object'] === 'list'

const cannot = (path: string) =>
  invalid(
    `This property cannot be expanded (${path}). You may want to try expanding a parent property, or check the spelling.`,
    { param: 'expand' },
  )

/** Lists that Stripe embeds only when they are expanded. */
const embedded: Readonly<Record<string, (books: Books, row: Fields) => object[]>> = {
  'charge refunds': (books, row) => rowsWith(books, 'refund', 'charge', row['id']).toReversed(),
  'invoice payments': (books, row) => rowsWith(books, 'invoice_payment', 'invoice', row['id']).toReversed(),
  'customer subscriptions': (books, row) =>
    rowsWith(books, 'subscription', 'customer', row['id'])
      .filter(({ status }) => status !== 'canceled')
      .toReversed(),
  'customer sources': () => [],
  'customer tax_ids': () => [],
}

const embeddedUrl: Readonly<Record<string, (id: unknown) => string>> = {
  'charge refunds': (id) => `/v1/charges/${id}/refunds`,
  'invoice payments': (id) => `/v1/invoice_payments?invoice=${id}`,
}

/** What is true only at the moment of reading. */
function present(books: Books, row: object): Fields {
  const fields = row as Fields
  if (fields['object'] === 'balance_transaction') {
    return { ...fields, status: (fields['available_on'] as number) > now(books) ? 'pending' : 'available' }
  }
  return fields
}

/**
 * The answer with the wished properties as objects. Refuses what the API description does not name as expandable, and more than
 * four levels. Rows themselves are never changed.
 */
export function expanded(books: Books, answer: object, paths: readonly string[] | undefined, schema: Schema): Fields {
  let result = isList(answer)
    ? { ...(answer as Fields), data: answer.data.map((row) => present(books, row)) }
    : { ...present(books, answer) }
  for (const path of paths ?? []) {
    const parts = path.split('.')
    if (parts.length > deepest + (parts[0] === 'data' ? 1 : 0))
      throw invalid(`You cannot expand more than ${deepest} levels of a property (${path}).`, {
        param: 'expand',
      })
    result = into(books, result, parts, schema, path) as Fields
  }
  return result
}

function schemaFor(value: unknown, schema: Schema): Schema {
  const name = typeof value === 'object' && value !== null ? (value as Fields)['object'] : undefined
  if (typeof name === 'string' && name !== 'list') {
    try {
      return schemaNamed(name)
    } catch {
      return resolve(schema)
    }
  }
  return resolve(schema)
}

const expandsTo = (schema: Schema | undefined): boolean =>
  schema?.anyOf !== undefined &&
  schema.anyOf.some((one) => one.type === 'string') &&
  schema.anyOf.some((one) => one.$ref !== undefined)

function into(books: Books, value: unknown, parts: readonly string[], schema: Schema, path: string): unknown {
  if (parts.length === 0 || value === null || value === undefined) return value
  if (Array.isArray(value)) return value.map((item) => into(books, item, parts, schema.items ?? {}, path))
  const fields = value as Fields
  const [name = '', ...rest] = parts
  const known = schemaFor(fields, schema)
  const property = known.properties?.[name]
  if (!property) throw cannot(path)
  const list = embedded[`${fields['object']} ${name}`]
  if (list && !isList(fields[name])) {
    const key = `${fields['object']} ${name}`
    const all = list(books, fields)
    const made = listOf(
      all.slice(0, 10),
      embeddedUrl[key]?.(fields['id']) ?? `/v1/${fields['object']}s/${fields['id']}/${name}`,
      all.length > 10,
    )
    return { ...fields, [name]: into(books, made, rest, property, path) }
  }
  const inner = fields[name]
  const items = property.items
  if (Array.isArray(inner) && items && expandsTo(items)) {
    return { ...fields, [name]: inner.map((one) => into(books, lookedUp(books, one), rest, items, path)) }
  }
  if (rest.length === 0 && !expandsTo(property) && !isList(inner)) throw cannot(path)
  return {
    ...fields,
    [name]: into(books, expandsTo(property) ? lookedUp(books, inner) : inner, rest, property, path),
  }
}

function lookedUp(books: Books, value: unknown): unknown {
  if (typeof value !== 'string') return value
  const kind = kindOfId(value)
  const row = kind && find(books, kind, value)
  return row ? present(books, row) : value
}

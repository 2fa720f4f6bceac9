import { invalid } from './errors.ts'
import type { Kind } from './kinds.ts'
import type { Handler, Operations } from './rows.ts'
import { table } from './world.ts'

type Fields = Record<string, unknown>
type Clause = {
  readonly path: readonly string[]
  readonly not: boolean
  readonly sign: string
  readonly value: string
}

const clauseShape =
  /^(-?)([a-z_]+)(?:\[(?:'|")([^'"]{1,40})(?:'|")\])?\s*(:|~|>=|<=|>|<)\s*(?:'([^']*)'|"([^"]*)"|(-?\d+|null))$/

function clauseOf(text: string): Clause {
  const match = clauseShape.exec(text.trim())
  if (!match)
    throw invalid(`We were unable to parse your search query near: ${text.trim().slice(0, 60)}`, {
      param: 'query',
    })
  const [, minus, field = '', key, sign = ':', single, double, plain] = match
  return {
    path: key === undefined ? [field] : [field, key],
    not: minus === '-',
    sign,
    value: single ?? double ?? plain ?? '',
  }
}

function holds(row: Fields, { path, not, sign, value }: Clause): boolean {
  const found = path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Fields)[key] : undefined),
    row,
  )
  const compare = (): boolean => {
    if (value === 'null') return found === null || found === undefined
    if (found === null || found === undefined) return false
    if (sign === ':') return String(found).toLowerCase() === value.toLowerCase()
    if (sign === '~') return String(found).toLowerCase().includes(value.toLowerCase())
    const difference = Number(found) - Number(value)
    return sign === '>'
      ? difference > 0
      : sign === '<'
        ? difference < 0
        : sign === '>='
          ? difference >= 0
          : difference <= 0
  }
  return compare() !== not
}

/** Search by fields and metadata. Clauses are joined by AND or by OR, not by both: Stripe refuses the mixture too. */
function searching(kind: Kind): Handler {
  return ({ books, params, route }) => {
    const { query = '', limit = 10, page: cursor } = params as { query?: string; limit?: number; page?: string }
    if (limit < 1 || limit > 100)
      throw invalid('Invalid limit: must be between 1 and 100.', {
        code: 'parameter_invalid_integer',
        param: 'limit',
      })
    const any = /\sOR\s/i.test(query)
    if (any && /\sAND\s/i.test(query)) throw invalid('You cannot combine AND and OR in one query.', { param: 'query' })
    const clauses = query.split(any ? /\sOR\s/i : /\sAND\s/i).map(clauseOf)
    const rows = (table(books, kind).order as readonly object[])
      .filter((row) => {
        const fields = row as Fields
        return (
          fields['deleted'] !== true &&
          (any ? clauses.some((clause) => holds(fields, clause)) : clauses.every((clause) => holds(fields, clause)))
        )
      })
      .toReversed()
    const from = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64url').toString())
    if (!Number.isInteger(from) || from < 0) throw invalid('Invalid page.', { param: 'page' })
    const more = rows.length > from + limit
    return {
      object: 'search_result',
      data: rows.slice(from, from + limit),
      has_more: more,
      url: route.template,
      next_page: more ? Buffer.from(String(from + limit)).toString('base64url') : null,
    }
  }
}

export const searchOperations: Operations = {
  'GET /v1/charges/search': searching('charge'),
  'GET /v1/customers/search': searching('customer'),
  'GET /v1/invoices/search': searching('invoice'),
  'GET /v1/payment_intents/search': searching('payment_intent'),
  'GET /v1/prices/search': searching('price'),
  'GET /v1/products/search': searching('product'),
  'GET /v1/subscriptions/search': searching('subscription'),
}

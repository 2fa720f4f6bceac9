import { stringify } from 'csv-stringify/sync'
import type { Context } from 'hono'

/** Rows as a file for a spreadsheet. It runs what begins like a formula, so the library puts an apostrophe before that. */
export function csvFile(c: Context, name: string, columns: readonly string[], rows: readonly object[]): Response {
  const csv = stringify([...rows], {
    header: true,
    bom: true,
    escape_formulas: true,
    record_delimiter: 'windows',
    columns: [...columns],
  })
  return c.body(csv, 200, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${name}.csv"`,
  })
}

import { isScalar, isSeq, parseDocument, stringify } from 'yaml'
import type { Node } from 'yaml'

/** What a form can write into the document. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain }

type Style = 'PLAIN' | 'QUOTE_DOUBLE' | 'QUOTE_SINGLE'

/** How a single value is written: as it was before where that can say it, else in quotes. */
export function writeScalar(value: string | number | boolean | null, flow: boolean, was?: Node): string {
  if (typeof value !== 'string') return String(value)
  const style = isScalar(was) ? (was.type as Style | undefined) : undefined
  if (style === 'QUOTE_DOUBLE') return JSON.stringify(value)
  if (style === 'QUOTE_SINGLE' && isOneLine(value)) return single(value)
  if (staysPlain(value, flow)) return value
  return isOneLine(value) && value.includes('"') ? single(value) : JSON.stringify(value)
}

const isOneLine = (value: string): boolean => !/[\n\r\t\u0085\u2028\u2029]|[^\P{Cc}]/u.test(value)
const single = (value: string): string => `'${value.replaceAll("'", "''")}'`

/** Whether a text written without quotes is read back as just this text. */
function staysPlain(value: string, flow: boolean): boolean {
  if (value === '' || value !== value.trim() || !isOneLine(value)) return false
  // What begins like an alias, an anchor or a tag is none in quotes.
  if (/^[*&!]/.test(value)) return false
  const read = parseDocument(flow ? `[${value}]` : `- ${value}`)
  if (read.errors.length > 0 || !isSeq(read.contents) || read.contents.items.length !== 1) return false
  const [item] = read.contents.items
  return isScalar(item) && item.value === value && read.contents.comment == null && item.comment == null
}

/** A value on one line: `{ role: finance, count: 2 }`. */
export function writeFlow(value: Plain): string {
  if (Array.isArray(value)) return `[${value.map(writeFlow).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([key, each]) => `${key}: ${writeFlow(each as Plain)}`)
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
  }
  return writeScalar(value as string | number | boolean | null, true)
}

/** An entry of a list over several lines, each with its indent: a rule, a test. */
export function writeItem(value: Plain, indent: number): string[] {
  const pad = ' '.repeat(indent)
  if (typeof value !== 'object' || value === null) return [`${pad}- ${writeScalar(value, false)}`]
  const rows = stringify(value, { lineWidth: 0, indent: 2, indentSeq: true }).trimEnd().split('\n')
  return rows.map((row, at) => (at === 0 ? `${pad}- ${row}` : row === '' ? '' : `${pad}  ${row}`))
}

/** A field of a map over as many lines as it needs. */
export function writeField(key: string, value: Plain, indent: number): string[] {
  const pad = ' '.repeat(indent)
  const isBig = Array.isArray(value) ? value.some((each) => typeof each === 'object') : key === 'say' || key === 'when'
  if (Array.isArray(value) && (isBig || key === 'when'))
    return [`${pad}${key}:`, ...value.flatMap((each) => writeItem(each as Plain, indent + 2))]
  if (isBig && typeof value === 'object' && value !== null)
    return [
      `${pad}${key}:`,
      ...Object.entries(value).map(([name, each]) => `${pad}  ${name}: ${writeScalar(each as string, false)}`),
    ]
  return [
    `${pad}${key}: ${typeof value === 'object' && value !== null ? writeFlow(value) : writeScalar(value as string, false)}`,
  ]
}

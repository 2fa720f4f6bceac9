import { LineCounter, isAlias, isMap, isNode, isScalar, isSeq, parseAllDocuments, visit } from 'yaml'
import type { Document, Node, YAMLMap } from 'yaml'
import type { PolicyProblem } from './policy.ts'
import { nearest } from './suggest.ts'

/** A value in the document and the way to it. */
export type Field = {
  readonly node: Node | null
  readonly path: string
  readonly offset: number
  readonly reader: Reader
}

export type Reader = {
  readonly text: string
  readonly lines: LineCounter
  readonly problems: PolicyProblem[]
}

// Far above any real policy, and small enough that reading one at the limit takes a moment.
const longestFile = 256 * 1024
// The YAML parser takes some microseconds for each entry, however short.
const mostSeparators = 5_000
const deepestNesting = 40
const problemsKept = 100
const mostEntries = 1000

/** Reads one plain YAML document. Anchors, aliases, tags, directives and duplicate keys are refused where they stand. */
export function readYaml(text: string): { reader: Reader; root: Field | undefined } {
  const lines = new LineCounter()
  const reader: Reader = { text, lines, problems: [] }
  const tooMuch = tooBig(text)
  if (tooMuch) {
    problemAt(reader, 0, '', tooMuch)
    return { reader, root: undefined }
  }
  const documents = parseAllDocuments(text, { lineCounter: lines, version: '1.2', uniqueKeys: false })
  if (!Array.isArray(documents) || documents.length === 0) {
    problemAt(reader, 0, '', 'The file is empty', 'policy: My refund policy')
    return { reader, root: undefined }
  }
  const [document, second] = documents
  for (const error of documents.flatMap((each) => [...each.errors, ...each.warnings])) {
    problemAt(reader, error.pos[0], '', (error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, ''))
  }
  if (second) problemAt(reader, second.range[0], '', 'A policy is one document; a second one begins here')
  if (document) refuseCleverness(document as Document.Parsed, reader)
  if (reader.problems.length > 0 || !document) return { reader, root: undefined }
  return { reader, root: { node: document.contents, path: '', offset: document.range[0], reader } }
}

function tooBig(text: string): string | undefined {
  if (text.length > longestFile) return `The file is longer than ${longestFile / 1024} KiB`
  let depth = 0
  let entries = 0
  for (const letter of text) {
    if (letter === ',' || letter === '\n') entries += 1
    if (letter === '[' || letter === '{') depth += 1
    if (letter === ']' || letter === '}') depth -= 1
    if (depth > deepestNesting) return `Brackets are nested more than ${deepestNesting} deep`
  }
  if (entries > mostSeparators) return `The file has more than ${mostSeparators} lines and commas`
  const indent = /^ {400,}\S/m.test(text) || /(?:- ){200,}/.test(text) || /(?:\? ){100,}/.test(text)
  return indent ? 'The file is indented too deep' : undefined
}

function refuseCleverness(document: Document.Parsed, reader: Reader): void {
  if (/^%/m.test(reader.text)) problemAt(reader, 0, '', 'Directives such as %YAML are not part of the language')
  visit(document, (_key, node) => {
    if (!isNode(node)) return
    if (isMap(node)) refuseDuplicates(node, reader)
    const offset = node.range?.[0] ?? 0
    if (isAlias(node)) problemAt(reader, offset, '', 'Aliases (*name) are not part of the language; write it out')
    else if (node.anchor) problemAt(reader, offset, '', 'Anchors (&name) are not part of the language')
    else if (node.tag && !node.tag.startsWith('tag:yaml.org,2002:'))
      problemAt(reader, offset, '', `Tag ${node.tag} is not part of the language`)
  })
}

// The library's own check compares every key with every other, which takes seconds for a file of nothing but keys.
function refuseDuplicates(map: YAMLMap, reader: Reader): void {
  const seen = new Set<unknown>()
  for (const { key } of map.items) {
    if (!isScalar(key)) continue
    if (seen.has(key.value)) problemAt(reader, key.range?.[0] ?? 0, '', `\`${String(key.value)}\` is there already`)
    seen.add(key.value)
  }
}

function problemAt(reader: Reader, offset: number, path: string, message: string, suggestion?: string): void {
  if (reader.problems.length >= problemsKept) return
  const { line, col } = reader.lines.linePos(Math.min(offset, reader.text.length))
  const where = { line: Math.max(line, 1), column: Math.max(col, 1), path }
  reader.problems.push({ ...where, message, ...(suggestion !== undefined && { suggestion }) })
}

/** Notes a problem at a field, or some letters after its beginning. Gives nothing, so that the caller stops there. */
export function refuse(field: Field, message: string, suggestion?: string, letters = 0): undefined {
  problemAt(field.reader, field.offset + letters, field.path, message, suggestion)
}

/** The fields of a map. Unknown keys are refused with the nearest known one. */
export function fieldsOf(field: Field, known: readonly string[] | RegExp): ReadonlyMap<string, Field> | undefined {
  if (!isMap(field.node)) return refuse(field, `\`${field.path || 'The policy'}\` is a map of names and values`)
  const { length } = field.node.items
  if (length > mostEntries) return refuse(field, `There are ${length} entries here; ${mostEntries} are the most`)
  const fields = new Map<string, Field>()
  for (const { key, value } of field.node.items) {
    const name = isScalar(key) ? key.value : undefined
    const offset = (isNode(key) ? key.range?.[0] : undefined) ?? field.offset
    if (typeof name !== 'string') {
      problemAt(field.reader, offset, field.path, 'A name here is a plain text')
      continue
    }
    const path = field.path ? `${field.path}.${name}` : name
    if (known instanceof RegExp ? !known.test(name) || name === '__proto__' : !known.includes(name)) {
      const full = field.reader.problems.length >= problemsKept
      const near = full || known instanceof RegExp ? undefined : nearest(name, known)
      problemAt(field.reader, offset, path, `\`${name}\` is not known here`, near)
      continue
    }
    const node = isNode(value) ? value : null
    fields.set(name, { node, path, offset: node?.range?.[0] ?? offset, reader: field.reader })
  }
  return fields
}

/** Whether a value is a list. */
export const isList = (field: Field): boolean => isSeq(field.node)

/** The items of a list. A single value is no list. */
export function itemsOf(field: Field, most: number): readonly Field[] | undefined {
  if (!isSeq(field.node)) return refuse(field, `\`${field.path}\` is a list`)
  const { items } = field.node
  if (items.length > most) return refuse(field, `\`${field.path}\` has ${items.length} entries; ${most} are the most`)
  return items.map((item, index) => {
    const node = isNode(item) ? item : null
    return { node, path: `${field.path}[${index}]`, offset: node?.range?.[0] ?? field.offset, reader: field.reader }
  })
}

/** The plain value of a scalar: text, number, yes or no, or null. */
export function scalarOf(field: Field): string | number | boolean | null | undefined {
  if (field.node === null) return null
  if (!isScalar(field.node)) return undefined
  const { value } = field.node
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null
    ? value
    : undefined
}

/** A text of 1 to `most` letters. */
export function textOf(field: Field, most: number): string | undefined {
  const value = scalarOf(field)
  if (typeof value !== 'string') return refuse(field, `\`${field.path}\` is a text`)
  if (value.trim() === '') return refuse(field, `\`${field.path}\` is empty`)
  return value.length > most ? refuse(field, `\`${field.path}\` is longer than ${most} letters`) : value
}

/** One of a few words. */
export function wordOf<W extends string>(field: Field, words: readonly W[]): W | undefined {
  const value = scalarOf(field)
  const word = words.find((each) => each === value)
  return word ?? refuse(field, `\`${field.path}\` is one of ${words.join(', ')}`, nearest(String(value), words))
}

/** How far into the file an expression's first letter is, when its letters stand in the file one for one. */
export function lettersBefore(field: Field): number {
  return isScalar(field.node) && (field.node.type === 'QUOTE_DOUBLE' || field.node.type === 'QUOTE_SINGLE') ? 1 : 0
}

/** Values of a test: texts, numbers, yes or no, null, or lists of them. */
export function plainOf(field: Field): unknown {
  if (!isSeq(field.node)) {
    const value = scalarOf(field)
    return value === undefined ? refuse(field, `\`${field.path}\` is a text, a number, true or false`) : value
  }
  return itemsOf(field, 100)?.map(scalarOf)
}

/** `true` or `false`; anything else is refused. */
export function readYesNo(field: Field): boolean | undefined {
  const value = scalarOf(field)
  return typeof value === 'boolean' ? value : refuse(field, `\`${field.path}\` is true or false`)
}

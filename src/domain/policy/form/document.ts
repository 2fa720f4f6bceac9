import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import type { Document, Node, Pair, YAMLMap, YAMLSeq } from 'yaml'

/** The way to a value: names of fields and places in lists. */
export type Path = readonly (string | number)[]

/** A text with its tree. Every edit reads the text anew: only the text is the truth. */
export type Doc = {
  readonly text: string
  readonly doc: Document.Parsed
  readonly lines: LineCounter
  readonly rows: readonly string[]
}

/** Reads a text for editing; nothing when it is no YAML, or cleverer than the language (aliases and anchors). */
export function readDoc(text: string): Doc | undefined {
  const lines = new LineCounter()
  const doc = parseDocument(text, { lineCounter: lines, keepSourceTokens: true, version: '1.2' })
  if (doc.errors.length > 0) return undefined
  let clever = false
  visit(doc, {
    Alias: () => ((clever = true), visit.BREAK),
    Node: (_, node) => ('anchor' in node && node.anchor ? ((clever = true), visit.BREAK) : undefined),
  })
  if (clever) return undefined
  return { text, doc, lines, rows: text.split('\n') }
}

/** The node at a path; nothing when there is none. */
export function nodeAt({ doc }: Doc, path: Path): Node | undefined {
  const node = path.length === 0 ? doc.contents : doc.getIn(path, true)
  return isNode(node) ? node : undefined
}

/** One entry of a list or map with the letters it takes: from its dash or key to the end of its value. */
export type Entry = {
  readonly from: number
  readonly to: number
  readonly value: Node | undefined
  readonly pair?: Pair
}

type SourceToken = { readonly type: string; readonly offset: number }
type WithSource = { srcToken?: { items: { start: SourceToken[] }[] } }

/** The entries of a list or map in their order. */
export function entriesOf(node: YAMLMap | YAMLSeq): Entry[] {
  return node.items.map((item, at) => {
    if (isPair(item)) {
      const key = isNode(item.key) ? item.key.range : undefined
      const value = isNode(item.value) ? item.value : undefined
      const to = value?.range && value.range[1] > (key?.[1] ?? 0) ? value.range[1] : (key?.[1] ?? 0) + 1
      return { from: key?.[0] ?? 0, to, value, pair: item }
    }
    const value = isNode(item) ? item : undefined
    const dash = node.flow ? undefined : dashOf(node as unknown as WithSource, at)
    return { from: dash ?? value?.range?.[0] ?? 0, to: value?.range?.[1] ?? 0, value }
  })
}

function dashOf({ srcToken }: WithSource, at: number): number | undefined {
  const isDash = ({ type }: SourceToken): boolean => type === 'seq-item-ind'
  const dashed = srcToken?.items.filter(({ start }) => start.some(isDash)) ?? []
  return dashed[at]?.start.find(isDash)?.offset
}

/** The place of a named field among the entries of a map; -1 when it is not there. */
export const placeOf = (map: YAMLMap, name: string): number =>
  map.items.findIndex(({ key }) => isScalar(key) && key.value === name)

export const isList = (node: Node | undefined): node is YAMLSeq => isSeq(node)
export const isFields = (node: Node | undefined): node is YAMLMap => isMap(node)

/** The line, from 0, in which a letter stands. */
export const lineOf = ({ lines }: Doc, offset: number): number => Math.max(0, lines.linePos(offset).line - 1)

/** The column, from 0, of a letter. */
export const columnOf = ({ lines }: Doc, offset: number): number => Math.max(0, lines.linePos(offset).col - 1)

const isBlank = (row: string | undefined): boolean => row === undefined || row.trim() === ''
const isComment = (row: string | undefined): boolean => row !== undefined && row.trimStart().startsWith('#')
const indentOf = (row: string): number => row.length - row.trimStart().length

/** Lines from `first` up to and without `end`. */
export type Lines = { readonly first: number; readonly end: number }

/**
 * The lines that belong to an entry of a block: its own, and the comments that stand right above it. Blank lines and comments that stand alone between
 * two entries belong to neither.
 */
export function linesOf(doc: Doc, entry: Entry, before: Entry | undefined): Lines {
  const column = columnOf(doc, entry.from)
  const own = lineOf(doc, entry.from)
  const floor = before ? lastLineOf(doc, before) + 1 : 0
  let first = own
  while (first > floor && isComment(doc.rows[first - 1]) && indentOf(doc.rows[first - 1]!) === column) first -= 1
  // Comments above the first entry of the whole file are about the file.
  if (first < own && first === 0 && column === 0 && before === undefined) first = own
  return { first, end: lastLineOf(doc, entry) + 1 }
}

function lastLineOf(doc: Doc, entry: Entry): number {
  const column = columnOf(doc, entry.from)
  const own = lineOf(doc, entry.from)
  let last = lineOf(doc, Math.max(entry.from, entry.to - 1))
  while (last > own && (isBlank(doc.rows[last]) || (isComment(doc.rows[last]) && indentOf(doc.rows[last]!) <= column)))
    last -= 1
  return last
}

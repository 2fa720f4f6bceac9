import type { YAMLMap, YAMLSeq } from 'yaml'
import { isScalar } from 'yaml'
import {
  columnOf,
  entriesOf,
  isFields,
  isList,
  lineOf,
  linesOf,
  nodeAt,
  placeOf,
  readDoc,
  type Doc,
  type Entry,
  type Lines,
  type Path,
} from './document.ts'
import { writeField, writeFlow, writeItem, writeScalar, type Plain } from './scalar.ts'

// Every edit takes a text and gives a text in which only the lines of what was edited are others. `undefined`: this can't be edited here,
// because the text is no YAML at the moment or the path leads nowhere. What stands between two entries stays between them.

/** Replaces letters. */
const put = (text: string, from: number, to: number, by: string): string => text.slice(0, from) + by + text.slice(to)

/** Replaces lines. A file with Windows line ends keeps them. */
function putLines({ rows, text }: Doc, { first, end }: Lines, by: readonly string[]): string {
  const ended = text.includes('\r\n') ? by.map((row) => (row.endsWith('\r') ? row : `${row}\r`)) : by
  return [...rows.slice(0, first), ...ended, ...rows.slice(end)].join('\n')
}

/** Sets a single value, or the field of a map that is not there yet. `order` says among which fields a new one takes its place. */
export function setValue(text: string, path: Path, value: Plain, order: readonly string[] = []): string | undefined {
  const doc = readDoc(text)
  if (!doc) return undefined
  const node = nodeAt(doc, path)
  if (!node?.range) return addField(doc, path, value, order)
  const inFlow = path.some((_, at) => isFlow(nodeAt(doc, path.slice(0, at))))
  if (typeof value === 'object' && value !== null) return setWhole(doc, path, value)
  if (!isScalar(node)) return setWhole(doc, path, value)
  if (node.value === value) return text
  const [from, end] = node.range
  // The end of a text over several lines (| and >) has its line break within.
  const to = doc.text.slice(from, end).endsWith('\n') ? end - 1 : end
  return put(text, from, to, writeScalar(value, inFlow, node))
}

const isFlow = (node: unknown): boolean => (node as { flow?: boolean } | undefined)?.flow === true

/** Replaces a whole value by one on one line. */
function setWhole(doc: Doc, path: Path, value: Plain): string | undefined {
  const node = nodeAt(doc, path)
  const parent = nodeAt(doc, path.slice(0, -1))
  if (!node?.range || (!isFields(parent) && !isList(parent))) return undefined
  const inFlow = isFlow(node) || isFlow(parent) || isScalar(node)
  const by = writeFlow(value)
  if (inFlow) return put(doc.text, node.range[0], node.range[1], by)
  const name = path.at(-1)
  const at = isFields(parent) ? placeOf(parent, String(name)) : Number(name)
  const entry = entriesOf(parent)[at]
  if (!entry) return undefined
  // A block below its key becomes a value beside it.
  const { end } = linesOf(doc, entry, undefined)
  const first = lineOf(doc, entry.from)
  const head = doc.rows[first]!.slice(0, columnOf(doc, entry.from))
  return putLines(doc, { first, end }, [`${head}${isFields(parent) ? `${String(name)}: ` : '- '}${by}`])
}

/** Adds a field behind those that come before it in `order`, else at the end of its map. */
function addField(doc: Doc, path: Path, value: Plain, order: readonly string[]): string | undefined {
  const map = nodeAt(doc, path.slice(0, -1))
  const name = String(path.at(-1))
  if (!isFields(map) || !map.range) return undefined
  const entries = entriesOf(map)
  const known = order.indexOf(name)
  const before = known < 0 ? [] : order.slice(0, known)
  const after = Math.max(...before.map((each) => placeOf(map, each)), -1)
  const at = after < 0 ? entries.length - 1 : after
  const beside = entries[at]
  if (map.flow) {
    const field = `${name}: ${writeFlow(value)}`
    return beside
      ? put(doc.text, beside.to, beside.to, `, ${field}`)
      : put(doc.text, map.range[0], map.range[1], `{ ${field} }`)
  }
  if (!beside) return undefined
  const { end } = linesOf(doc, beside, entries[at - 1])
  return putLines(doc, { first: end, end }, writeField(name, value, columnOf(doc, beside.from)))
}

/** Takes a field out of its map. */
export function removeField(text: string, path: Path): string | undefined {
  const doc = readDoc(text)
  const map = doc && nodeAt(doc, path.slice(0, -1))
  if (!doc || !isFields(map)) return undefined
  const at = placeOf(map, String(path.at(-1)))
  return at < 0 ? text : removeAt(doc, map, at)
}

/** Takes an entry out of a list. */
export function removeItem(text: string, path: Path, at: number): string | undefined {
  const doc = readDoc(text)
  const list = doc && nodeAt(doc, path)
  return doc && isList(list) && at >= 0 && at < list.items.length ? removeAt(doc, list, at) : undefined
}

function removeAt(doc: Doc, node: YAMLMap | YAMLSeq, at: number): string | undefined {
  const entries = entriesOf(node)
  const [entry, before, after] = [entries[at]!, entries[at - 1], entries[at + 1]]
  if (!node.range) return undefined
  if (entries.length === 1) return emptied(doc, node)
  if (node.flow) return after ? put(doc.text, entry.from, after.from, '') : put(doc.text, before!.to, entry.to, '')
  const own = linesOf(doc, entry, before)
  if (after && lineOf(doc, entry.from) === lineOf(doc, parentDash(doc, entry)))
    // The first field stands beside the dash of its rule: the next one takes its place there.
    return put(doc.text, entry.from, after.from, '')
  const next = after && linesOf(doc, after, entry)
  if (next) return putLines(doc, { first: own.first, end: Math.max(own.end, blanksEnd(doc, own.end, next.first)) }, [])
  const first = before ? blanksStart(doc, linesOf(doc, before, undefined).end, own.first) : own.first
  return putLines(doc, { first, end: own.end }, [])
}

/** The letter of a dash in the same line before an entry, or the end of the text when there is none. */
function parentDash(doc: Doc, { from }: Entry): number {
  const row = doc.rows[lineOf(doc, from)]!.slice(0, columnOf(doc, from))
  return /^\s*(?:- +)+$/.test(row) && row.length === columnOf(doc, from) ? from : doc.text.length
}

function emptied(doc: Doc, node: YAMLMap | YAMLSeq): string {
  const empty = isList(node) ? '[]' : '{}'
  if (node.flow) return put(doc.text, node.range![0], node.range![1], empty)
  const [entry] = entriesOf(node)
  const own = linesOf(doc, entry!, undefined)
  const keyRow = lineOf(doc, entry!.from) - 1
  const below = keyRow >= 0 && /:\s*(#.*)?\r?$/.test(doc.rows[keyRow] ?? '')
  if (!below) return put(doc.text, node.range![0], node.range![1], `${empty}\n`)
  const row = doc.rows[keyRow]!.replace(/:(\s*(?:#.*)?\r?)$/, `: ${empty}$1`)
  return putLines(doc, { first: keyRow, end: own.end }, [row])
}

// Only blank lines go with an entry: a comment that stands alone stays.
const allBlank = (doc: Doc, from: number, to: number): boolean =>
  doc.rows.slice(from, to).every((row) => row.trim() === '')
const blanksEnd = (doc: Doc, from: number, to: number): number => (allBlank(doc, from, to) ? to : from)
const blanksStart = (doc: Doc, from: number, to: number): number => (allBlank(doc, from, to) ? from : to)

/** Puts a new entry into a list, at a place from 0 up to its length. The list is begun when it is not there. */
export function insertItem(
  text: string,
  path: Path,
  at: number,
  value: Plain,
  order: readonly string[] = [],
): string | undefined {
  const doc = readDoc(text)
  if (!doc) return undefined
  const list = nodeAt(doc, path)
  if (list === undefined) return addBlock(doc, path, value, order)
  if (!isList(list) || !list.range || at < 0 || at > list.items.length) return undefined
  const entries = entriesOf(list)
  const [before, after] = [entries[at - 1], entries[at]]
  if (list.flow) {
    if (entries.length === 0) return emptyFilled(doc, path, list, value)
    const item = writeFlow(value)
    return after ? put(text, after.from, after.from, `${item}, `) : put(text, before!.to, before!.to, `, ${item}`)
  }
  const beside = after ?? before
  if (!beside) return undefined
  const rows = writeItem(value, columnOf(doc, beside.from))
  const gap = gapBeside(doc, entries, at)
  if (after) {
    const { first } = linesOf(doc, after, before)
    return putLines(doc, { first, end: first }, [...rows, ...gap])
  }
  const { end } = linesOf(doc, before!, entries[at - 2])
  return putLines(doc, { first: end, end }, [...gap, ...rows])
}

/** A list `[]` beside its key becomes a block below it when what comes in is more than a word. */
function emptyFilled(doc: Doc, path: Path, list: YAMLSeq, value: Plain): string | undefined {
  if (typeof value !== 'object' || value === null)
    return put(doc.text, list.range![0], list.range![1], `[${writeFlow(value)}]`)
  const row = lineOf(doc, list.range![0])
  const parent = nodeAt(doc, path.slice(0, -1))
  const entry = isFields(parent) ? entriesOf(parent)[placeOf(parent, String(path.at(-1)))] : undefined
  if (!entry || isFlow(parent)) return put(doc.text, list.range![0], list.range![1], `[${writeFlow(value)}]`)
  const head = doc.rows[row]!.replace(/\s*\[\s*\]/, '')
  return putLines(doc, { first: row, end: row + 1 }, [head, ...writeItem(value, columnOf(doc, entry.from) + 2)])
}

function addBlock(doc: Doc, path: Path, value: Plain, order: readonly string[]): string | undefined {
  const name = String(path.at(-1))
  const map = nodeAt(doc, path.slice(0, -1))
  if (!isFields(map) || map.flow) return addField(doc, path, [value], order)
  const entries = entriesOf(map)
  const last = entries.at(-1)
  if (!last) return undefined
  const column = columnOf(doc, last.from)
  const { end } = linesOf(doc, last, entries.at(-2))
  const gap = column === 0 ? [''] : []
  return putLines(doc, { first: end, end }, [...gap, `${' '.repeat(column)}${name}:`, ...writeItem(value, column + 2)])
}

/** As many blank lines as stand between the entries around a place. */
function gapBeside(doc: Doc, entries: readonly Entry[], at: number): string[] {
  const upper = Math.min(Math.max(at, 1), entries.length - 1)
  if (upper < 1) return []
  const above = linesOf(doc, entries[upper - 1]!, entries[upper - 2])
  const below = linesOf(doc, entries[upper]!, entries[upper - 1])
  return allBlank(doc, above.end, below.first) ? Array.from({ length: below.first - above.end }, () => '') : ['']
}

/** Moves an entry of a list to another place. What stands between two entries stays where it is; the comments right above an entry go with it. */
export function moveItem(text: string, path: Path, from: number, to: number): string | undefined {
  const doc = readDoc(text)
  const list = doc && nodeAt(doc, path)
  if (!doc || !isList(list)) return undefined
  const entries = entriesOf(list)
  const inside = (place: number): boolean => Number.isInteger(place) && place >= 0 && place < entries.length
  if (!inside(from) || !inside(to)) return undefined
  if (from === to) return text
  const order = entries.map((_, at) => at)
  order.splice(to, 0, ...order.splice(from, 1))
  if (list.flow) return permuted(text, entries, order)
  const owned = entries.map((entry, at) => linesOf(doc, entry, entries[at - 1]))
  const rows = order.flatMap((which, at) => {
    const { first, end } = owned[which]!
    const gap = at === 0 ? [] : doc.rows.slice(owned[at - 1]!.end, owned[at]!.first)
    return [...gap, ...doc.rows.slice(first, end)]
  })
  return putLines(doc, { first: owned[0]!.first, end: owned.at(-1)!.end }, rows)
}

function permuted(text: string, entries: readonly Entry[], order: readonly number[]): string {
  const parts = order.map((which, at) => {
    const gap = at === 0 ? '' : text.slice(entries[at - 1]!.to, entries[at]!.from)
    return gap + text.slice(entries[which]!.from, entries[which]!.to)
  })
  return put(text, entries[0]!.from, entries.at(-1)!.to, parts.join(''))
}

import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
  rmSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'

type Identified = { readonly id: string }

/** Rows of one kind in the order in which they were made, found by id or by one of a few fixed fields. */
export type Table<T extends Identified> = {
  readonly name: string
  readonly rows: Map<string, T>
  readonly order: T[]
  readonly indexes: Map<string, Map<unknown, T[]>>
}

/** `counter` and `requests` go on from where they stood, so that no id is given twice. */
type Line = {
  readonly counter: number
  readonly requests: number
  readonly rows: readonly [table: string, id: string, row: Identified | null][]
}

/** Everything the simulator remembers. With a folder, each commit is one line of a journal that is read at the next start. */
export type Store = {
  readonly tables: Map<string, Table<Identified>>
  readonly dirty: Map<string, [table: string, id: string]>
  readonly file: string | null
  handle: number | null
}

/** The fields that rows are often looked up by. They do not change after a row was made. */
const indexedFields: Readonly<Record<string, readonly string[]>> = {
  refund: ['charge', 'payment_intent'],
  charge: ['payment_intent', 'customer'],
  payment_intent: ['customer'],
  dispute: ['charge', 'payment_intent'],
  'radar.early_fraud_warning': ['charge', 'payment_intent'],
  subscription: ['customer'],
  invoice: ['customer'],
  invoice_payment: ['invoice'],
  credit_note: ['invoice'],
  payment_method: ['customer'],
  balance_transaction: ['source'],
  delivery: ['event'],
}

/** The table of that name, made when it is first asked for. */
export function tableIn<T extends Identified>(store: Store, name: string): Table<T> {
  let table = store.tables.get(name)
  if (!table) {
    const kind = name.slice(name.lastIndexOf('/') + 1)
    const indexes = new Map((indexedFields[kind] ?? []).map((field) => [field, new Map<unknown, Identified[]>()]))
    table = { name, rows: new Map(), order: [], indexes }
    store.tables.set(name, table)
  }
  return table as unknown as Table<T>
}

function index<T extends Identified>(table: Table<T>, row: T): void {
  for (const [field, byValue] of table.indexes) {
    const value = (row as Record<string, unknown>)[field]
    const found = byValue.get(value)
    if (found) found.push(row)
    else byValue.set(value, [row])
  }
}

function unindex<T extends Identified>(table: Table<T>, row: T): void {
  for (const [field, byValue] of table.indexes) {
    const value = (row as Record<string, unknown>)[field]
    const found = byValue.get(value)
    if (found)
      byValue.set(
        value,
        found.filter((each) => each !== row),
      )
  }
}

/** Adds a row. */
export function insert<T extends Identified>(store: Store, table: Table<T>, row: T): T {
  table.rows.set(row.id, row)
  table.order.push(row)
  index(table, row)
  touch(store, table, row.id)
  return row
}

/** Changes fields of a row in place. Nested values in `patch` replace, they are never merged. */
export function assign<T extends Identified>(store: Store, table: Table<T>, row: T, patch: Partial<T>): void {
  const moves = [...table.indexes.keys()].some((field) => field in patch)
  if (moves) unindex(table, row)
  Object.assign(row, patch)
  if (moves) index(table, row)
  touch(store, table, row.id)
}

/** Takes a row out. */
export function remove<T extends Identified>(store: Store, table: Table<T>, id: string): void {
  const row = table.rows.get(id)
  if (!row) return
  table.rows.delete(id)
  table.order.splice(table.order.indexOf(row), 1)
  unindex(table, row)
  touch(store, table, id)
}

function touch<T extends Identified>(store: Store, table: Table<T>, id: string): void {
  if (store.file !== null) store.dirty.set(`${table.name} ${id}`, [table.name, id])
}

/** The rows with that value in an indexed field; every row where the field has no index. */
export function candidates<T extends Identified>(table: Table<T>, field: string, value: unknown): readonly T[] {
  const byValue = table.indexes.get(field)
  return byValue ? (byValue.get(value) ?? []) : table.order
}

/** Writes what changed since the last commit as one line, so that a killed process is found whole or not at all. */
export function commit(store: Store, counts: Counts): void {
  if (store.dirty.size === 0 || store.handle === null) return
  const rows: Line['rows'] = [...store.dirty.values()].map(([table, id]) => [
    table,
    id,
    store.tables.get(table)?.rows.get(id) ?? null,
  ])
  store.dirty.clear()
  writeSync(store.handle, `${JSON.stringify({ ...counts, rows } satisfies Line)}\n`)
}

type Counts = { readonly counter: number; readonly requests: number }

/** Opens a folder, or (null) memory alone. Refuses a folder that another simulator has open. */
export function openStore(given: string | null): { store: Store; counts: Counts } {
  const folder = given === null ? null : resolve(given)
  const file = folder === null ? null : join(folder, 'journal.jsonl')
  const store: Store = { tables: new Map(), dirty: new Map(), file, handle: null }
  if (folder === null || file === null) return { store, counts: { counter: 0, requests: 0 } }
  mkdirSync(folder, { recursive: true })
  lock(folder)
  const counts = existsSync(file) ? readJournal(store, file) : { counter: 0, requests: 0 }
  compact(store, file, counts)
  store.handle = openSync(file, 'a')
  return { store, counts }
}

const lockOf = (folder: string): string => join(folder, 'journal.lock')

/** Folders that this process has open. Its own number in a lock file may be that of an earlier life, in a container. */
const open = new Set<string>()

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}

/** Two simulators that wrote one journal would ruin it. A lock that a killed process left behind does not count. */
function lock(folder: string): void {
  const file = lockOf(folder)
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  if (open.has(folder) || (pid > 0 && pid !== process.pid && isAlive(pid))) {
    throw new Error(`The folder ${folder} is in use by another simulator (process ${pid}).`)
  }
  writeFileSync(file, String(process.pid))
  open.add(folder)
}

function readJournal(store: Store, file: string): Counts {
  let counts: Counts = { counter: 0, requests: 0 }
  for (const text of readFileSync(file, 'utf8').split('\n')) {
    if (text === '') continue
    const line = parseLine(text)
    // A kill in the middle of a write leaves half a line at the end: that commit was never answered.
    if (!line) break
    counts = { counter: line.counter, requests: line.requests }
    for (const [name, id, row] of line.rows) replay(tableIn(store, name), id, row)
  }
  for (const table of store.tables.values()) for (const row of table.order) index(table, row)
  return counts
}

function parseLine(text: string): Line | null {
  try {
    return JSON.parse(text) as Line
  } catch {
    return null
  }
}

function replay(table: Table<Identified>, id: string, row: Identified | null): void {
  const known = table.rows.get(id)
  if (row && known) {
    for (const field of Object.keys(known)) delete (known as Record<string, unknown>)[field]
    Object.assign(known, row)
  } else if (row) {
    table.rows.set(id, row)
    table.order.push(row)
  } else if (known) {
    table.rows.delete(id)
    table.order.splice(table.order.indexOf(known), 1)
  }
}

/** Rewrites the journal as what is true now, beside the old one, and then takes its place. */
function compact(store: Store, file: string, counts: Counts): void {
  const fresh = `${file}.new`
  writeFileSync(fresh, '')
  for (const table of store.tables.values()) {
    for (let i = 0; i < table.order.length; i += 500) {
      const rows = table.order.slice(i, i + 500).map((row): Line['rows'][number] => [table.name, row.id, row])
      appendFileSync(fresh, `${JSON.stringify({ ...counts, rows } satisfies Line)}\n`)
    }
  }
  renameSync(fresh, file)
}

/** Gives the folder free. */
export function closeStore(store: Store): void {
  if (store.handle === null || store.file === null) return
  closeSync(store.handle)
  store.handle = null
  const folder = dirname(store.file)
  open.delete(folder)
  rmSync(lockOf(folder), { force: true })
}

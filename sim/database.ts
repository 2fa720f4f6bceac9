import { createHash } from 'node:crypto'
import pg from 'pg'
import { exactTypes, overPool, type Db } from '../src/db/connect.ts'
import { cut } from './cut.ts'
import type { Fault } from './history.ts'
import type { Activity, Call, Scheduler } from './scheduler.ts'

/** A real connection to PostgreSQL. Statements are prepared once on each. */
export type Physical = {
  readonly client: pg.Client
  readonly pid: number
  query(text: string, values?: unknown[]): Promise<pg.QueryResult>
}

/**
 * The real connections of one simulation, and a clock that PostgreSQL itself believes: `clock_timestamp()` is found in our
 * schema before the built-in one, so that leases follow simulated time.
 */
export type Server = {
  readonly control: Physical
  /** For the checker, which asks beside the simulation. */
  readonly books: Db
  take(): Promise<Physical>
  give(physical: Physical): void
  setClock(ms: number): Promise<void>
  close(): Promise<void>
}

const clockOfOurs = `
  create schema if not exists sim;
  create sequence if not exists sim.clock minvalue 0;
  create or replace function sim.clock_timestamp() returns timestamptz language sql volatile
    as 'select to_timestamp(last_value / 1000.0) from sim.clock'`

export async function openServer(url: string): Promise<Server> {
  const free: Physical[] = []
  const all: Physical[] = []
  const open = async (): Promise<Physical> => {
    const client = new pg.Client({ connectionString: url, types: exactTypes })
    client.on('error', () => undefined)
    await client.connect()
    await client.query(
      `set search_path = sim, pg_catalog, public; set deadlock_timeout = '15ms'; set jit = off; set plan_cache_mode = force_generic_plan`,
    )
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    const names = new Map<string, string>()
    const physical: Physical = {
      client,
      pid: rows[0]!.pid,
      query: (text, values) => {
        if (values === undefined || values.length === 0) return client.query(text)
        const name = names.get(text) ?? createHash('sha1').update(text).digest('base64').slice(0, 20)
        names.set(text, name)
        return client.query({ name, text, values })
      },
    }
    all.push(physical)
    return physical
  }
  const first = new pg.Client({ connectionString: url })
  await first.connect()
  await first.query(clockOfOurs)
  await first.end()
  const control = await open()
  return {
    control,
    books: overPool(poolOf(control)),
    take: async () => free.pop() ?? open(),
    give: (physical) => void free.push(physical),
    setClock: async (ms) => void (await control.query('select setval($1::regclass, $2)', ['sim.clock', ms])),
    close: async () => void (await Promise.all(all.map(({ client }) => client.end()))),
  }
}

const poolOf = (physical: Physical) =>
  ({
    options: {},
    connect: async () => ({
      query: (text: string, values: readonly unknown[]) => physical.query(text, [...values]),
      release: () => undefined,
    }),
    end: async () => undefined,
  }) as never

/** One connection as production code sees it. */
export type Session = {
  physical: Physical | undefined
  inTransaction: boolean
  /** BEGIN goes out with the first statement: nobody can come between the two. */
  begin: string | undefined
  wrote: boolean
  /** The server took the transaction back, or the connection is gone. */
  broken: 'no' | 'aborted' | 'lost'
  readonly activity: Activity | undefined
  waits: boolean
  /** Its statement waits for a lock, in PostgreSQL. */
  blocked: boolean
}

export type DatabasePort = {
  readonly db: Db
  readonly sessions: Set<Session>
  /** What a killed process leaves: its transactions are rolled back by the server. */
  kill(): Promise<void>
  /** PostgreSQL restarts: every connection breaks, and what was not committed is gone. */
  restart(): Promise<void>
  /** PostgreSQL ends connections whose transaction stands idle for half a minute. */
  endIdle(): Promise<void>
  /** Whether another connection than this one has a transaction open. */
  othersInTransaction(pid: number): boolean
}

type Watch = {
  /** After a commit, or a write outside of a transaction. */
  committed(sql: string): Promise<void>
  happened(kind: string): void
  lockWait(call: Call, begun: Promise<unknown>, pid: number): Promise<boolean>
  crash(process: string): Promise<void>
  freeze(call: Call): void
}

const writes = /^\s*(insert|update|delete|with)\b/i
/** What the checks after a commit are about; to see a payment again changes none of it. */
const matters = /\b(update|into) (refund|refund_request)\b|reserved_minor/
const lost = (): Error => Object.assign(new Error('Connection terminated unexpectedly'), { code: undefined })
const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code })

/** The pool that a process of the program uses: each statement waits for the scheduler. */
export function databasePort(server: Server, scheduler: Scheduler, process: string, watch: Watch): DatabasePort {
  const sessions = new Set<Session>()

  const giveBack = async (session: Session, { rollback }: { rollback: boolean }): Promise<void> => {
    const { physical } = session
    if (physical === undefined) return
    session.physical = undefined
    if (rollback && session.begin === undefined) await physical.client.query('rollback')
    session.begin = undefined
    server.give(physical)
  }

  const lose = async (session: Session): Promise<void> => {
    session.broken = 'lost'
    await giveBack(session, { rollback: session.inTransaction })
    session.inTransaction = false
  }

  const run = async (session: Session, text: string, values: unknown[]): Promise<pg.QueryResult> => {
    session.physical ??= await server.take()
    if (session.begin !== undefined) void session.physical.client.query(session.begin)
    session.begin = undefined
    return session.physical.query(text, values)
  }

  const query = (session: Session, text: string, values: unknown[]): Promise<unknown> => {
    const verb = text.trim().toLowerCase()
    if (session.broken === 'lost')
      return Promise.reject(new Error('Client has encountered a connection error and is not queryable'))
    if (verb === 'rollback' && session.broken === 'aborted') {
      session.broken = 'no'
      return Promise.resolve({ rows: [], rowCount: 0, command: 'ROLLBACK' })
    }
    if (verb === 'begin' || verb.startsWith('start transaction')) {
      session.inTransaction = true
      session.begin = text
      return Promise.resolve({ rows: [], rowCount: 0, command: 'BEGIN' })
    }
    return new Promise((resolve, reject) => {
      session.waits = true
      const settle = (act: () => void) => (): void => {
        session.waits = false
        act()
      }
      scheduler.park({
        kinds: verb === 'commit' ? ['sql', 'commit'] : ['sql'],
        label: `${process} ${labelOf(text, values)}`,
        async perform(fault) {
          await performStatement(this as Call, fault, resolve, reject, settle)
        },
      })
    })

    async function performStatement(
      call: Call,
      fault: Fault | undefined,
      resolve: (value: unknown) => void,
      reject: (error: unknown) => void,
      settle: (act: () => void) => () => void,
    ): Promise<void> {
      if (session.broken === 'lost') return settle(() => reject(lost()))()
      if (fault?.kind === 'connection_lost') {
        await lose(session)
        return settle(() => reject(lost()))()
      }
      if (fault?.kind === 'serialization_failure') {
        if (session.inTransaction) await giveBack(session, { rollback: true })
        session.broken = session.inTransaction && verb !== 'commit' ? 'aborted' : 'no'
        session.inTransaction = false
        return settle(() => reject(failure('40001', 'could not serialize access due to concurrent update')))()
      }
      const outcome = await statement(call)
      if (outcome === 'waits') return
      await finish(outcome)

      async function finish(result: Outcome): Promise<void> {
        if (verb === 'commit' || verb === 'rollback') session.inTransaction = false
        const ends = verb === 'commit' || (!session.inTransaction && writes.test(text))
        if (writes.test(text) && matters.test(text)) session.wrote = true
        if (result.ok && ends && session.wrote) await watch.committed(text)
        if (ends || verb === 'rollback') session.wrote = false
        if (fault?.kind === 'crash_after') return watch.crash(process)
        if (fault?.kind === 'freeze_after' || fault?.kind === 'suspend_after')
          return hold(result, fault.kind === 'suspend_after')
        if (fault?.kind === 'connection_lost_after') {
          await lose(session)
          return settle(() => reject(lost()))()
        }
        if (result.ok) settle(() => resolve(result.value))()
        else settle(() => reject(result.error))()
      }

      function hold(result: Outcome, sleeps: boolean): void {
        call.activity.sleeps = sleeps
        const held: Call = { ...call, label: `${call.label} (answer)`, perform: async () => finish(result) }
        fault = undefined
        call.activity.calls.push(held)
        watch.freeze(held)
      }

      async function statement(call: Call): Promise<Outcome | 'waits'> {
        session.physical ??= await server.take()
        const { pid } = session.physical
        let outcome: Outcome | undefined
        const begun = run(session, text, values).then(
          (value) => (outcome = { ok: true, value }),
          (error: unknown) => (outcome = { ok: false, error }),
        )
        if (await watch.lockWait(call, begun, pid)) {
          const waiting = { finished: false, pid, deliver: () => undefined as void }
          call.waiting = waiting
          session.blocked = true
          void begun.then(() => {
            waiting.finished = true
            session.blocked = false
          })
          call.perform = async () => finish(outcome!)
          return 'waits'
        }
        return outcome!
      }
    }
  }

  const pool = {
    options: {},
    connect: async () => {
      const session: Session = {
        physical: undefined,
        inTransaction: false,
        begin: undefined,
        wrote: false,
        broken: 'no',
        activity: scheduler.current(),
        waits: false,
        blocked: false,
      }
      sessions.add(session)
      return {
        query: (text: string, values: readonly unknown[] = []) => query(session, text, [...values]),
        release: () => {
          sessions.delete(session)
          if (session.physical) server.give(session.physical)
          session.physical = undefined
        },
      }
    },
    end: async () => undefined,
  }

  const endAll = async (): Promise<void> => {
    for (const session of sessions) {
      const { physical } = session
      if (physical && session.blocked) await server.control.query('select pg_cancel_backend($1)', [physical.pid])
      await lose(session)
    }
  }
  return {
    db: overPool(pool as never),
    sessions,
    kill: async () => {
      await endAll()
      sessions.clear()
    },
    restart: endAll,
    othersInTransaction: (pid) =>
      [...sessions].some(
        ({ inTransaction, physical }) => inTransaction && physical !== undefined && physical.pid !== pid,
      ),
    endIdle: async () => {
      for (const session of sessions)
        if (session.inTransaction && session.physical && !session.blocked) await lose(session)
    },
  }
}

type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown }

function labelOf(text: string, values: readonly unknown[]): string {
  const short = text.replaceAll(/\s+/g, ' ').trim().slice(0, 90)
  return values.length === 0 ? short : `${short} ⟨${values.map(shown).join(' ')}⟩`
}

function shown(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return `[${value.map(shown).join(',')}]`
  return cut(String(value), 60)
}

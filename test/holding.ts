import type { ChildProcess } from 'node:child_process'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { onTestFinished } from 'vitest'

/** Another process that holds an embedded PostgreSQL. */
export type Holder = { readonly process: ChildProcess; readonly pid: number; readonly url: string }
type Refused = { readonly refused: string }
type Where = {
  readonly port?: number
  readonly uid?: number
  /** The node and the program to run, when not those of this checkout. */
  readonly node?: string
  readonly program?: string
}

const holderProgram = fileURLToPath(new URL('./postgres-holder.ts', import.meta.url))

/** A folder of this test's own, removed when the test is over. */
export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'moneyback postgres é '))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Starts a holder; tells how it was refused if it was. Ended, with its PostgreSQL, when the test is over. */
export async function tryToHold(folder: string, where: Where = {}): Promise<Holder | Refused> {
  const { port, uid, node = process.execPath, program = holderProgram } = where
  const child = spawn(node, [program, folder, ...(port ? [String(port)] : [])], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  const exited = once(child, 'exit')
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), exited])) as [unknown]
  const said: { url: string } | Refused = JSON.parse(String(line))
  if ('refused' in said) return said
  onTestFinished(async () => {
    child.stdin.end()
    await exited
    await until('PostgreSQL has ended', () => postgresProcesses(folder).length === 0)
  })
  return { process: child, pid: child.pid ?? 0, url: said.url }
}

export async function hold(folder: string, where: Where = {}): Promise<Holder> {
  const result = await tryToHold(folder, where)
  if ('refused' in result) throw new Error(result.refused)
  return result
}

export async function refusal(folder: string, where: Where = {}): Promise<string> {
  const result = await tryToHold(folder, where)
  return 'refused' in result ? result.refused : 'It was not refused.'
}

/** Polls until it holds; fails after 10 s. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  { seconds = 10 }: { seconds?: number } = {},
): Promise<void> {
  const deadline = Date.now() + seconds * 1000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Not within ${seconds} s: ${what}`)
    await pause(20)
  }
}

export async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

type Process = { readonly pid: number; readonly parent: number; readonly state: string }

export function processes(): Process[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,stat='], { encoding: 'utf8' }).trim().split('\n')
  return lines
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, state]) => ({ pid: Number(pid), parent: Number(parent), state: state ?? '' }))
}

export const isAlive = (pid: number): boolean =>
  processes().some((one) => one.pid === pid && !one.state.startsWith('Z'))

export const postmasterOf = (folder: string): number =>
  Number(readFileSync(join(folder, 'cluster', 'postmaster.pid'), 'utf8').split('\n', 1)[0])

/** The postmaster, its children, and the two processes that supervise it. */
export function familyOf(folder: string): { postmaster: number; supervisors: number[]; all: number[] } {
  const list = processes()
  const postmaster = postmasterOf(folder)
  const childrenOf = (parent: number) => list.filter((one) => one.parent === parent).map(({ pid }) => pid)
  const first = list.find(({ pid }) => pid === postmaster)?.parent ?? 0
  const supervisors = [first, ...childrenOf(first).filter((pid) => pid !== postmaster)]
  return { postmaster, supervisors, all: [...supervisors, postmaster, ...childrenOf(postmaster)] }
}

function postgresProcesses(folder: string): number[] {
  try {
    return [postmasterOf(folder)].filter(isAlive)
  } catch {
    return [] // The lock file is gone, and PostgreSQL with it.
  }
}

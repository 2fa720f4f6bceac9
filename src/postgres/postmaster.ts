import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { cleanEnvironment } from './binaries.ts'
import { explainOutput, inFolder } from './cannot-start.ts'
import type { Site } from './cluster.ts'
import { dataPath } from './cluster.ts'
import { pgCtlStop, postmasterPid, readIfThere, signalTo } from './leftovers.ts'
import { supervisorScript } from './supervisor.ts'

export type Postmaster = {
  readonly pid: number
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<void>
  /** Fast shutdown; resolves when the last process is gone. */
  readonly stop: () => Promise<void>
}

/** Starts PostgreSQL under its supervisor and resolves when it takes connections. */
export async function startPostmaster(site: Site, port: number): Promise<Postmaster> {
  const log = inFolder(site.folder, () => openLog(site.folder))
  const child = spawnSupervised(site, port, log.fd)
  closeSync(log.fd)
  let over = false
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      over = true
      resolve()
    }
    child.once('exit', end).once('error', end)
  })
  const stop = async () => {
    child.ref()
    if (!over) askToStop(site, child)
    await ended
  }
  const pidFile = join(site.cluster, 'postmaster.pid')
  // No deadline: after a crash it replays its log first, and that takes as long as it takes.
  while (!over) {
    const pid = postmasterPid(pidFile)
    if (pid !== undefined && statusLine(pidFile) === 'ready') return { pid, ended, stop }
    await pause(5)
  }
  throw explainOutput(readFrom(log.file, log.from), { folder: site.folder, port })
}

// Line 8 of postmaster.pid is where PostgreSQL tells pg_ctl how far it is.
const statusLine = (pidFile: string) => readIfThere(pidFile).split('\n')[7]?.trim()

function spawnSupervised(site: Site, port: number, log: number): ChildProcess {
  const command = [site.binaries.postgres, '-D', dataPath(site), ...settings(site, port)] as const
  const common = {
    ...site.account,
    cwd: site.cluster,
    env: cleanEnvironment,
    // Its own session: a Ctrl-C in the terminal is for us, and we end PostgreSQL after our last query.
    detached: true,
  }
  const child =
    process.platform === 'win32'
      ? spawn(command[0], command.slice(1), { ...common, stdio: ['ignore', log, log], windowsHide: true })
      : spawn('/bin/sh', ['-c', supervisorScript, 'moneyback-postgres', ...command], {
          ...common,
          stdio: ['ignore', log, log, 'pipe'],
        })
  // Neither may keep us alive when all other work is done.
  child.unref()
  const pipe = lifeline(child)
  if (pipe && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref()
  pipe?.on('error', () => undefined) // It closes when PostgreSQL ends first; `ended` tells that.
  return child
}

const lifeline = (child: ChildProcess) => child.stdio[3] as Writable | null | undefined

const fastShutdownMs = 10_000

function askToStop(site: Site, child: ChildProcess): void {
  if (process.platform === 'win32') return pgCtlStop(site)
  const pid = postmasterPid(join(site.cluster, 'postmaster.pid'))
  const letGo = () => void lifeline(child)?.destroy() // The supervisor takes it from here.
  if (pid === undefined || !signalTo(pid, 'SIGINT')) return letGo()
  const late = setTimeout(letGo, fastShutdownMs)
  child.once('exit', () => clearTimeout(late))
}

/** Small on purpose: one product's processes and their pools, beside Node on a small machine. */
function settings({ durable }: Site, port: number): string[] {
  const values: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 60,
    shared_buffers: '64MB',
    io_method: 'sync',
    jit: 'off',
    max_parallel_workers_per_gather: 0,
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'off',
    log_checkpoints: 'off',
    fsync: onOff(durable),
    full_page_writes: onOff(durable),
    synchronous_commit: onOff(durable),
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

const onOff = (value: boolean) => (value ? 'on' : 'off')

const logBytesMax = 10_000_000

function openLog(folder: string): { fd: number; file: string; from: number } {
  const file = join(folder, 'postgres.log')
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > logBytesMax) renameSync(file, `${file}.1`)
  const fd = openSync(file, 'a', 0o600)
  return { fd, file, from: fstatSync(fd).size }
}

function readFrom(file: string, from: number): string {
  const fd = openSync(file, 'r')
  const buffer = Buffer.alloc(20_000)
  const length = readSync(fd, buffer, 0, buffer.length, from)
  closeSync(fd)
  return buffer.toString('utf8', 0, length)
}

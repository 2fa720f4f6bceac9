import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { cleanEnvironment } from './binaries.ts'
import { CannotStart } from './cannot-start.ts'
import type { Site } from './cluster.ts'

// First what loses no time at the next start, then what does, then what always works. An orphan that is
// about to end by itself (its supervisor saw its parent die) is simply waited for by the same loop.
const steps: readonly (readonly [signal: NodeJS.Signals, waitMs: number])[] = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
]

/**
 * Ends whatever still runs on this cluster from a start whose parent is dead, and removes its lock file.
 * Only the holder of the claim may call this: nobody living can want those processes.
 */
export async function endLeftovers(site: Site): Promise<void> {
  const pidFile = join(site.cluster, 'postmaster.pid')
  if (process.platform === 'win32') {
    if (existsSync(pidFile)) pgCtlStop(site)
  } else {
    await endProcesses(site, pidFile)
  }
  rmSync(pidFile, { force: true })
}

/** PostgreSQL on Windows knows no signals: pg_ctl speaks to it by a named pipe. */
export function pgCtlStop({ binaries, cluster }: Site): void {
  spawnSync(binaries.pgCtl, ['stop', '-D', cluster, '-m', 'fast', '-t', '20'], { env: cleanEnvironment })
}

async function endProcesses({ cluster, folder }: Site, pidFile: string): Promise<void> {
  for (const [signal, waitMs] of steps) {
    const running = processesOn(cluster, pidFile)
    if (running.length === 0) return
    const postmaster = postmasterPid(pidFile)
    // PostgreSQL's own order of ending starts at the postmaster; its children without it get the signal alone.
    const targets =
      postmaster !== undefined && running.includes(postmaster) && signal !== 'SIGKILL' ? [postmaster] : running
    for (const pid of targets) signalTo(pid, signal)
    const until = Date.now() + waitMs
    while (Date.now() < until && processesOn(cluster, pidFile).length > 0) await pause(20)
  }
  const left = processesOn(cluster, pidFile)
  if (left.length > 0) {
    throw new CannotStart(
      `A PostgreSQL from an earlier run still holds ${folder} and does not end (pid ${left.join(', ')}). End it, ` +
        'then start again.',
    )
  }
}

/** False when it is gone, or not ours to signal. */
export function signalTo(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** The number in postmaster.pid. It says nothing about who has that number now. */
export function postmasterPid(pidFile: string): number | undefined {
  const first = Number(readIfThere(pidFile).split('\n', 1)[0])
  return Number.isSafeInteger(first) && first > 1 ? first : undefined
}

export function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

// All of PostgreSQL's processes stand in their data folder, so that a number used again by another program
// is never taken for ours.
function processesOn(cluster: string, pidFile: string): number[] {
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && isPostgresIn(cluster, pid))
  }
  const pid = postmasterPid(pidFile)
  if (pid === undefined) return []
  const { stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' })
  return stdout.includes('postgres') && stdout.includes(cluster) ? [pid] : []
}

function isPostgresIn(cluster: string, pid: number): boolean {
  try {
    // The path ends in " (deleted)" after the package was installed again.
    return (
      readlinkSync(`/proc/${pid}/cwd`) === cluster &&
      /\/postgres( \(deleted\))?$/.test(readlinkSync(`/proc/${pid}/exe`))
    )
  } catch {
    return false // Ended, a zombie, or somebody else's.
  }
}

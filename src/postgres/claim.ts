import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CannotStart, inFolder } from './cannot-start.ts'

export type Claim = { readonly folder: string; readonly release: () => void }

const sqliteBusy = 5
const sqliteFull = 13

/**
 * Makes the folder ours alone until `release` or until this process ends, however it ends. The lock is one
 * that the operating system takes back by itself, so it can't go stale; SQLite is the way to get one in Node.
 */
export function claimFolder(path: string): Claim {
  const folder = inFolder(path, () => {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    return realpathSync(path)
  })
  const pidFile = join(folder, 'pid')
  const lock = openLock(folder, pidFile)
  inFolder(folder, () => writeFileSync(pidFile, `${process.pid}\n`))
  return {
    folder,
    release: () => {
      if (lock.isOpen) lock.close()
    },
  }
}

function openLock(folder: string, pidFile: string): DatabaseSync {
  try {
    // Two that start in the same instant can both meet a lock for a moment; the wait lets one of them win.
    const lock = new DatabaseSync(join(folder, 'lock'), { timeout: 300 })
    lock.exec('pragma journal_mode = memory; begin exclusive')
    return lock
  } catch (error) {
    const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined
    if (code === sqliteBusy) throw inUse(folder, pidFile)
    const why = code === sqliteFull ? 'is on a full disk' : 'is not writable for this user'
    throw new CannotStart(
      `The data folder ${folder} ${why}. Choose another folder, correct this one, or set DATABASE_URL to a ` +
        'PostgreSQL of your own.',
      { cause: error },
    )
  }
}

function inUse(folder: string, pidFile: string): CannotStart {
  let pid = 'unknown'
  try {
    pid = readFileSync(pidFile, 'utf8').trim()
  } catch {
    // It holds the lock and has not written its number yet.
  }
  return new CannotStart(
    `The data folder ${folder} is in use by another process (pid ${pid}). Stop that one first, or choose ` +
      'another folder for this one.',
  )
}

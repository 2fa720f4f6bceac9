import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Account } from './account.ts'
import { makerFor } from './account.ts'
import type { Binaries } from './binaries.ts'
import { cleanEnvironment } from './binaries.ts'
import { CannotStart, explainOutput, inFolder } from './cannot-start.ts'

/** What every part of a start needs to know. */
export type Site = {
  readonly folder: string
  readonly cluster: string
  readonly account: Account | undefined
  readonly binaries: Binaries
  /** False only for tests: nothing waits for the disk, and a power cut may lose everything. */
  readonly durable: boolean
}

export const superuser = 'moneyback'
const major = '18'

/**
 * As another user PostgreSQL may not be able to walk to the data (a clone below /root is closed to it). It
 * is started inside instead, and names the data by where it stands; the folders around can stay closed.
 */
export const dataPath = ({ account, cluster }: Site): string =>
  account && process.platform === 'linux' ? '/proc/self/cwd' : cluster

/** The superuser's password: kept in the folder for our eyes only, made at the first start. */
export function passwordOf(folder: string, cluster: string): string {
  const file = join(folder, 'password')
  return inFolder(folder, () => {
    if (existsSync(file)) return readFileSync(file, 'utf8').trim()
    if (existsSync(cluster)) {
      throw new CannotStart(
        `${file} is missing, and without it nobody can sign in to the data beside it. Put the file back from ` +
          'a backup.',
      )
    }
    const password = randomBytes(24).toString('hex')
    writeDurably(file, `${password}\n`)
    return password
  })
}

/** Makes the cluster if there is none. A cluster that is there is whole: it is built elsewhere and renamed. */
export async function ensureCluster(site: Site, password: string): Promise<void> {
  removeUnfinished(site.folder)
  if (existsSync(site.cluster)) return checkCluster(site)
  const maker = makerFor(site.account)
  const staging = inFolder(site.folder, () => stage(site.folder, maker, password))
  await initdb({ ...site, account: maker }, staging)
  inFolder(site.folder, () => {
    if (site.account && site.account !== maker) giveAll(site.account, join(staging, 'data'))
    renameSync(join(staging, 'data'), site.cluster)
    rmSync(staging, { recursive: true })
    syncPath(site.folder)
  })
}

const unfinished = 'unfinished-'

function removeUnfinished(folder: string): void {
  inFolder(folder, () => {
    for (const name of readdirSync(folder)) {
      if (name.startsWith(unfinished)) rmSync(join(folder, name), { recursive: true, force: true })
    }
  })
}

function stage(folder: string, maker: Account | undefined, password: string): string {
  const staging = mkdtempSync(join(folder, unfinished))
  const passwordFile = join(staging, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  mkdirSync(join(staging, 'data'), { mode: 0o700 })
  for (const path of [passwordFile, join(staging, 'data'), staging]) giveTo(maker, path)
  return staging
}

async function initdb(site: Site, staging: string): Promise<void> {
  const cluster = join(staging, 'data')
  const options = [
    '-D',
    dataPath({ ...site, cluster }),
    '-U',
    superuser,
    '--pwfile=../password',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(site.durable ? [] : ['--no-sync']),
  ]
  const child = spawn(site.binaries.initdb, options, {
    ...site.account,
    cwd: cluster,
    env: cleanEnvironment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve, reject) => child.once('exit', resolve).once('error', reject))
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  if (code !== 0) throw explainOutput(`${out}\n${err}`, site)
}

function checkCluster({ folder, cluster, account }: Site): void {
  const versionFile = join(cluster, 'PG_VERSION')
  const version = inFolder(folder, () =>
    existsSync(versionFile) ? readFileSync(versionFile, 'utf8').trim() : undefined,
  )
  if (version === undefined) {
    throw new CannotStart(`${cluster} is not a PostgreSQL data folder. Move it away, or choose another folder.`)
  }
  if (version !== major) {
    throw new CannotStart(
      `The data in ${folder} was written by PostgreSQL ${version}, and this is PostgreSQL ${major}. Move it with ` +
        `pg_dump and pg_restore, or set DATABASE_URL to a PostgreSQL ${version} that runs on it.`,
    )
  }
  // A copy put back by root belongs to root, and root is the one that PostgreSQL may not run as.
  if (account && lstatSync(cluster).uid !== account.uid) inFolder(folder, () => giveAll(account, cluster))
}

function giveAll(account: Account, path: string): void {
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    lchownSync(join(entry.parentPath, entry.name), account.uid, account.gid)
  }
  lchownSync(path, account.uid, account.gid)
}

function giveTo(account: Account | undefined, path: string): void {
  if (account) chownSync(path, account.uid, account.gid)
}

function writeDurably(file: string, content: string): void {
  const fd = openSync(`${file}.new`, 'w', 0o600)
  writeFileSync(fd, content)
  fsyncSync(fd)
  closeSync(fd)
  renameSync(`${file}.new`, file)
}

function syncPath(path: string): void {
  if (process.platform === 'win32') return // Windows can't sync a folder, and need not.
  const fd = openSync(path, 'r')
  fsyncSync(fd)
  closeSync(fd)
}

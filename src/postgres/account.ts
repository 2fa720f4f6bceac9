import { lstatSync, readFileSync } from 'node:fs'
import { CannotStart } from './cannot-start.ts'

/** The user that PostgreSQL runs as when it may not run as we do. */
export type Account = { readonly uid: number; readonly gid: number }

// "nobody" on every Linux; it needs no entry in /etc/passwd.
const nobody: Account = { uid: 65534, gid: 65534 }

/**
 * PostgreSQL refuses to run as root. Then it runs as whoever owns the data already, else the folder
 * around it (a mounted volume often has an owner), else as nobody. `undefined`: it runs as we do.
 */
export function accountFor(folder: string, cluster: string): Account | undefined {
  const us = process.getuid?.()
  const owner = ownerOf(cluster)
  if (us === 0) return [owner, ownerOf(folder)].find((account) => account && account.uid !== 0) ?? nobody
  if (us !== undefined && owner && owner.uid !== us) {
    throw new CannotStart(
      `The data in ${folder} belongs to uid ${owner.uid}, and this process runs as uid ${us}. Start it as ` +
        `that user or as root, give the data away (chown -R ${us} on ${folder}), or choose another folder.`,
    )
  }
  return undefined
}

/**
 * initdb refuses a user without a name in /etc/passwd (`docker run --user 12345`); PostgreSQL itself does not
 * mind. As root we can let nobody make the cluster and give it away afterwards.
 */
export function makerFor(account: Account | undefined): Account | undefined {
  return account && !hasName(account.uid) ? nobody : account
}

function hasName(uid: number): boolean {
  try {
    return readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .some((line) => line.split(':')[2] === String(uid))
  } catch {
    return false
  }
}

function ownerOf(path: string): Account | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  return stat && { uid: stat.uid, gid: stat.gid }
}

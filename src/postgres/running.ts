import { readFile } from 'node:fs/promises'
import { superuser } from './cluster.ts'

/**
 * The address of the PostgreSQL that another process runs in this folder, for a command beside it. Undefined: none runs there,
 * or another user's, which can't be read.
 */
export async function runningPostgres(folder: string, database = 'moneyback'): Promise<string | undefined> {
  try {
    const [pidFile, password] = await Promise.all([
      readFile(`${folder}/cluster/postmaster.pid`, 'utf8'),
      readFile(`${folder}/password`, 'utf8'),
    ])
    const [pid, , , port] = pidFile.split('\n')
    process.kill(Number(pid), 0)
    return `postgres://${superuser}:${password.trim()}@127.0.0.1:${Number(port)}/${database}`
  } catch {
    return undefined
  }
}

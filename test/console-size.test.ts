import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { buildWebWhenStale, webFolder } from '../scripts/build-web.ts'

type Manifest = Record<string, { file: string; imports?: string[] }>

let manifest: Manifest

beforeAll(async () => {
  await buildWebWhenStale()
  manifest = JSON.parse(await readFile(`${webFolder}/.vite/manifest.json`, 'utf8')) as Manifest
}, 60_000)

/** The files of a module and of everything that it imports before it runs. */
function filesOf(...names: string[]): string[] {
  const reached = new Set<string>()
  const reach = (name: string): void => {
    if (reached.has(name)) return
    if (!manifest[name]) throw new Error(`${name} is not in the manifest.`)
    reached.add(name)
    manifest[name].imports?.forEach(reach)
  }
  names.forEach(reach)
  return [...reached].map((name) => manifest[name]!.file)
}

const zipped = async (files: readonly string[]): Promise<number> =>
  (await Promise.all(files.map(async (file) => gzipSync(await readFile(`${webFolder}/${file}`)).length))).reduce(
    (sum, size) => sum + size,
    0,
  )

test('the console’s first screen, the queue, has at most 180 kB of script, zipped', async () => {
  const size = await zipped(filesOf('src/web/admin/main.tsx'))
  // A queue that moved out of the first file would make this a test of nothing.
  expect(size).toBeGreaterThan(50_000)
  expect(size).toBeLessThanOrEqual(180_000)
})

test('so has the sign-in', async () => {
  expect(await zipped(filesOf('src/web/admin/main.tsx', 'src/web/admin/screens/SignInScreen.tsx'))).toBeLessThanOrEqual(
    180_000,
  )
})

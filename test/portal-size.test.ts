import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { languageCodes } from '../src/domain/languages.ts'
import { buildWebWhenStale, webFolder } from '../scripts/build-web.ts'

type Manifest = Record<string, { file: string; css?: string[]; imports?: string[]; dynamicImports?: string[] }>

let manifest: Manifest
const zipped = async (files: readonly string[]): Promise<number> =>
  (await Promise.all(files.map(async (file) => gzipSync(await readFile(`${webFolder}/${file}`)).length))).reduce(
    (sum, size) => sum + size,
    0,
  )

beforeAll(async () => {
  await buildWebWhenStale()
  manifest = JSON.parse(await readFile(`${webFolder}/.vite/manifest.json`, 'utf8')) as Manifest
}, 60_000)

/** What the first view needs: the entry, what it imports, and the words of one language. */
function firstView(language: string): { scripts: string[]; styles: string[] } {
  const reached = new Set<string>()
  const reach = (name: string): void => {
    if (reached.has(name)) return
    reached.add(name)
    manifest[name]?.imports?.forEach(reach)
  }
  reach('src/web/portal/main.tsx')
  reach(`src/web/portal/words/${language}.ts`)
  const chunks = [...reached].map((name) => manifest[name]!)
  return { scripts: chunks.map(({ file }) => file), styles: chunks.flatMap(({ css = [] }) => css) }
}

test.each(languageCodes)(
  'the portal’s first view in %s has at most 40 kB of script and 60 kB in all, zipped',
  async (language) => {
    const { scripts, styles } = firstView(language)
    expect(await zipped(scripts)).toBeLessThanOrEqual(40_000)
    expect(await zipped([...scripts, ...styles])).toBeLessThanOrEqual(60_000)
  },
)

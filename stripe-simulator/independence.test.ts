import { readFile, readdir } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const here = new URL('.', import.meta.url).pathname
const product = resolve(here, '../src')

async function imports(folder: string): Promise<{ file: string; from: string }[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.tsx?$/.test(name))
  const found = await Promise.all(
    names.map(async (name) => {
      const file = resolve(folder, name)
      const text = await readFile(file, 'utf8')
      return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, from = '']) => ({
        file,
        from: resolve(dirname(file), from),
      }))
    }),
  )
  return found.flat()
}

test('the simulator knows nothing of the product, and of the product only the demo knows it', async () => {
  const outside = (await imports(here)).filter(({ from }) => relative(here, from).startsWith('..'))
  expect(outside).toEqual([])
  const inside = (await imports(product)).filter(({ from }) => !relative(here, from).startsWith('..'))
  expect(
    inside
      .map(({ file }) => relative(product, file))
      .filter((file) => !file.startsWith('demo/') && !file.endsWith('.test.ts')),
  ).toEqual([])
})

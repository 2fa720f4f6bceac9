import { createHash } from 'node:crypto'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const root = new URL('../', import.meta.url)
const at = (path: string) => fileURLToPath(new URL(path, root))

/** Where the built files are: assets/, and .vite/manifest.json that names them. */
export const webFolder = at('dist/web')

// What the bundle is made of; domain/ because both apps show its words and amounts.
const sources = [
  'src/web',
  'src/domain',
  'scripts/build-web.ts',
  'vite.config.ts',
  'tsconfig.web.json',
  'package-lock.json',
]

/** Builds both apps when their sources changed since the last build, and says whether it did. Safe to call from two processes. */
export async function buildWebWhenStale(): Promise<boolean> {
  // An image whose files can't be written carries the build with it.
  if (process.env['MONEYBACK_WEB'] === 'built') return false
  const print = await fingerprint()
  if ((await readFile(`${webFolder}/.built`, 'utf8').catch(() => '')) === print) return false
  // Loaded here, because most starts have nothing to build.
  const { build } = await import('vite')
  // Built aside and moved into place, so that a server never reads half a build.
  const aside = `${webFolder}.${process.pid}`
  // Vite follows NODE_ENV, which a test run sets: the pages are built as they are served, whoever builds them.
  const environment = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  try {
    await build({ configFile: at('vite.config.ts'), logLevel: 'warn', build: { outDir: aside, emptyOutDir: true } })
    await packFiles(aside)
    await writeFile(`${aside}/.built`, print)
    await rm(webFolder, { recursive: true, force: true })
    await rename(aside, webFolder)
  } finally {
    if (environment === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = environment
    await rm(aside, { recursive: true, force: true })
  }
  return true
}

/** Beside each built text its packed forms, made once as small as they get: that is what is sent (http/web.ts). */
async function packFiles(folder: string): Promise<void> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const file of files.filter(({ name }) => /\.(js|css|svg)$/.test(name))) {
    const path = `${file.parentPath}/${file.name}`
    const text = await readFile(path)
    const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }
    await Promise.all([
      writeFile(`${path}.br`, await promisify(brotliCompress)(text, brotli)),
      writeFile(`${path}.gz`, await promisify(gzip)(text, { level: 9 })),
    ])
  }
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256')
  for (const path of (await Promise.all(sources.map(filesIn))).flat()) {
    hash
      .update(path)
      .update('\0')
      .update(await readFile(at(path)))
      .update('\0')
  }
  return hash.digest('hex')
}

async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(at(path), { recursive: true, withFileTypes: true }).catch(() => undefined)
  if (!entries) return [path]
  return entries
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => `${entry.parentPath.slice(at('.').length)}/${entry.name}`)
    .sort()
}

if (import.meta.main) {
  const started = performance.now()
  const built = await buildWebWhenStale()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(built ? `Built dist/web in ${seconds} s.\n` : 'dist/web is current.\n')
}

import { readFile } from 'node:fs/promises'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono, type Context } from 'hono'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../dist/web/', import.meta.url))

type Chunk = { file: string; css?: string[]; imports?: string[]; isEntry?: boolean }
let manifest: Promise<Record<string, Chunk>> | undefined

async function readManifest(): Promise<Record<string, Chunk>> {
  return JSON.parse(await readFile(`${folder}.vite/manifest.json`, 'utf8')) as Record<string, Chunk>
}

/** What the head of an app's page has to load, from the build's manifest: styles, the module, and what it imports. */
export async function headOf(app: 'admin' | 'portal'): Promise<string> {
  manifest ??= readManifest()
  manifest.catch(() => (manifest = undefined))
  const chunks = await manifest
  const entry = chunks[`src/web/${app}/main.tsx`]
  if (!entry) return ''
  const all = [...reach(chunks, entry)]
  const styles = new Set(all.flatMap(({ css = [] }) => css))
  const preloads = all
    .filter((chunk) => chunk !== entry)
    .map(({ file }) => `<link rel="modulepreload" href="/${file}">`)
  return [
    ...[...styles].map((file) => `<link rel="stylesheet" href="/${file}">`),
    ...preloads,
    `<script type="module" src="/${entry.file}"></script>`,
  ].join('\n')
}

/** The styles of an app alone, for a page that works without its script. */
export async function stylesOf(app: 'admin' | 'portal'): Promise<string> {
  return (await headOf(app))
    .split('\n')
    .filter((line) => line.includes('rel="stylesheet"'))
    .join('\n')
}

/** A hint to fetch a module that an app asks for as soon as it runs, such as the words of a language. */
export async function preloadOf(source: string): Promise<string> {
  const chunk = (await (manifest ??= readManifest()))[source]
  return chunk ? `<link rel="modulepreload" href="/${chunk.file}">` : ''
}

function reach(chunks: Record<string, Chunk>, entry: Chunk, found = new Set<Chunk>()): Set<Chunk> {
  if (found.has(entry)) return found
  found.add(entry)
  for (const name of entry.imports ?? []) if (chunks[name]) reach(chunks, chunks[name], found)
  return found
}

/** A page of one of the apps: no inline script, no inline style. `body` stands in it until the app has taken over. */
export async function page(
  c: Context,
  app: 'admin' | 'portal',
  { title, lang = 'en', body = '<div id="root"></div>' }: { title: string; lang?: string; body?: string },
): Promise<Response> {
  const html = `<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
${await headOf(app)}
</head>
<body>
${body}
</body>
</html>`
  return c.html(html, 200, { 'cache-control': 'no-store' })
}

const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#1f6f54"/><path d="M11 9 6.5 13.5 11 18M7 13.5h11.5a5.5 5.5 0 0 1 0 11H12" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>`

/** The built files. Each is named by its content, so it may be kept for ever. */
export function webFiles(): Hono {
  const files = new Hono()
  files.get('/favicon.svg', (c) =>
    c.body(favicon, 200, { 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=86400' }),
  )
  files.use('/assets/*', async (c, next) => {
    await next()
    if (c.res.status === 200) c.res.headers.set('cache-control', 'public, max-age=31536000, immutable')
  })
  files.use('/assets/*', serveStatic({ root: folder, precompressed: true }))
  return files
}

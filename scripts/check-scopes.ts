// Every route of the API says which scope of a key opens it. The program does not start without; this says it earlier.
import { readdir, readFile } from 'node:fs/promises'

const folder = new URL('../src/http/api/', import.meta.url)
let missing = 0
for (const file of await readdir(folder)) {
  const text = await readFile(new URL(file, folder), 'utf8')
  for (const route of text.split('createRoute({').slice(1)) {
    const head = route.slice(0, route.indexOf('responses:'))
    if (head.includes('...scoped(')) continue
    missing++
    console.log(`src/http/api/${file}: ${/path: '[^']*'/.exec(head)?.[0] ?? 'a route'} has no ...scoped('…')`)
  }
}
if (missing > 0) process.exitCode = 1

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The ways in that a demo prints when it is ready. */
export type Ready = {
  readonly admin: string
  readonly portal: string
  readonly api: string
  readonly api_key: string
  readonly staff: readonly { readonly email: string; readonly password: string; readonly role: string }[]
  readonly portal_links: readonly { readonly name: string; readonly url: string }[]
}

const readyIn = (said: string): Ready | undefined => {
  const line = said.split('\n').findLast((each) => each.startsWith('ready '))
  return line === undefined ? undefined : (JSON.parse(line.slice(6)) as Ready)
}

/** The demo whose output is in `file`; without a file a new one, with data of its own, that `end` ends and removes. */
export async function runningDemo(file: string | undefined): Promise<{ ready: Ready; end(): Promise<void> }> {
  if (file !== undefined) {
    const ready = readyIn(await readFile(file, 'utf8'))
    if (!ready) throw new Error(`${file} does not hold what npm start prints when it is ready.`)
    return { ready, end: async () => undefined }
  }
  const folder = await mkdtemp(join(tmpdir(), 'moneyback-demo-'))
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--max-semi-space-size=4', main], {
    env: { PATH: process.env['PATH'], PORT: process.env['PORT'] ?? '4870', DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  let said = ''
  const ready = await new Promise<Ready>((done, failed) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
      const found = said.endsWith('\n') ? readyIn(said) : undefined
      if (found) done(found)
    })
    void ended.then(() => failed(new Error(`The demo ended before it was ready: ${said}`)))
  })
  return {
    ready,
    end: async () => {
      child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

import { spawn } from 'node:child_process'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { sniff, type AttachmentType, type FileFault, type Sniffed } from '../domain/attachment.ts'
import { checkPdf } from './check-pdf.ts'

export type CleanFile = { readonly type: AttachmentType; readonly bytes: Buffer }

/**
 * A file as it may be kept, or why it may not. Pictures are drawn anew, so that of what was sent only the pixels are left; PDFs
 * are looked through and kept as they are.
 */
export async function cleanFile(sent: Uint8Array): Promise<CleanFile | { readonly fault: FileFault }> {
  const found = sniff(sent)
  if ('fault' in found) return found
  if (found.type === 'application/pdf') {
    const fault = checkPdf(sent)
    return fault ? { fault } : { type: found.type, bytes: Buffer.from(sent) }
  }
  return (await oneAtATime(() => redraw(sent, found))) ?? { fault: 'broken' }
}

// A picture of 16 megapixels takes some 300 MB for a second or two, so there is never more than one.
let turn: Promise<unknown> = Promise.resolve()
function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const mine = turn.then(work, work)
  turn = mine.catch(() => undefined)
  return mine
}

const project = fileURLToPath(new URL('../../', import.meta.url))
const program = fileURLToPath(new URL('./picture-process.ts', import.meta.url))
const millisecondsAtMost = 20_000

/** Draws a picture anew in a process that may read the program and nothing else; undefined when it can't be decoded. */
async function redraw(
  bytes: Uint8Array,
  { type, orientation }: Exclude<Sniffed, { type: 'application/pdf' }>,
): Promise<CleanFile | undefined> {
  const child = spawn(
    process.execPath,
    ['--permission', `--allow-fs-read=${project}`, '--max-old-space-size=512', program, type, String(orientation)],
    { env: {}, stdio: ['pipe', 'pipe', 'ignore'], timeout: millisecondsAtMost, killSignal: 'SIGKILL' },
  )
  const ended = new Promise<boolean>((done) => {
    child.once('error', () => done(false)).once('close', (code) => done(code === 0))
  })
  // A process that dies early closes its ear; that it died is said by its code.
  child.stdin.on('error', () => undefined).end(bytes)
  const out = await buffer(child.stdout).catch(() => Buffer.alloc(0))
  const line = out.indexOf(10)
  if (!(await ended) || line < 0) return undefined
  return { type: out.toString('latin1', 0, line) as AttachmentType, bytes: out.subarray(line + 1) }
}

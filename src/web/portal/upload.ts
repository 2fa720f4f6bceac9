import type { FileView } from '../../http/portal/wire.ts'
import { shrunk } from './shrink.ts'
import { visitHeaders } from './visit.ts'

/** Why a file was not taken, by the name of its sentence in `words.files.faults`. */
export type Fault = 'too_large' | 'wrong_type' | 'broken' | 'unsafe' | 'locked' | 'too_many' | 'failed'
export type Progress = { readonly share: number; readonly waiting: boolean }

export class NotTaken extends Error {
  override name = 'NotTaken'
  readonly fault: Fault
  constructor(fault: Fault) {
    super(fault)
    this.fault = fault
  }
}

const faultOf: Readonly<Record<string, Fault>> = {
  too_large: 'too_large',
  too_many_pixels: 'too_large',
  wrong_type: 'wrong_type',
  empty: 'broken',
  broken: 'broken',
  two_in_one: 'unsafe',
  active: 'unsafe',
  locked: 'locked',
}
const bytesAtMost = 10 * 1024 * 1024
// About a minute without a line; a line that comes back wakes it sooner.
const waitsMs = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000]

/** Sends a file, and again while the line is gone: the same bytes are kept once. Throws NotTaken with the reason. */
export async function upload(file: File, progress: (now: Progress) => void, signal: AbortSignal): Promise<FileView> {
  const body = await shrunk(file)
  if (body.size > bytesAtMost) throw new NotTaken('too_large')
  for (const wait of [...waitsMs, undefined]) {
    const answer = await post(body, file.name, (share) => progress({ share, waiting: false }), signal)
    if (signal.aborted) throw new NotTaken('failed')
    if (answer.status === 201) return JSON.parse(answer.text) as FileView
    if (answer.status !== 0 && answer.status < 500) throw new NotTaken(readFault(answer.text))
    progress({ share: 0, waiting: true })
    if (wait !== undefined) await lineBackOr(wait, signal)
  }
  throw new NotTaken('failed')
}

function readFault(text: string): Fault {
  try {
    const { code, fault = '' } = JSON.parse(text) as { code?: string; fault?: string }
    return code === 'too_many_files' || code === 'too_often' ? 'too_many' : (faultOf[fault] ?? 'failed')
  } catch {
    return 'failed'
  }
}

/** Status 0: nobody answered. With XMLHttpRequest, because fetch tells nothing of how far the sending is. */
function post(
  body: Blob,
  name: string,
  sent: (share: number) => void,
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  return new Promise((done) => {
    const request = new XMLHttpRequest()
    request.open('POST', '/portal/api/attachments')
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.setRequestHeader('x-file-name', encodeURIComponent(name.slice(-100)))
    for (const [header, value] of Object.entries(visitHeaders())) request.setRequestHeader(header, value)
    request.upload.addEventListener('progress', (event) => event.lengthComputable && sent(event.loaded / event.total))
    request.addEventListener('loadend', () => done({ status: request.status, text: request.responseText }))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(body)
  })
}

function lineBackOr(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(end, ms)
    addEventListener('online', end, { once: true })
    signal.addEventListener('abort', end, { once: true })
    function end() {
      clearTimeout(timer)
      removeEventListener('online', end)
      done()
    }
  })
}

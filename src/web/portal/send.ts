import type { Preview } from '../../http/portal/wire.ts'
import * as api from './api.ts'
import { CallFailed, type Trouble } from './api.ts'
import { keepDraft, readDraft, type Draft } from './draft.ts'

export type Sending = 'sending' | 'finding_out'

export type Sent =
  | { readonly end: 'made'; readonly id: string; readonly existing: boolean }
  | { readonly end: 'changed'; readonly preview: Preview }
  | { readonly end: 'stopped'; readonly trouble: Trouble }

/** `again`: it was sent before and not answered. */
export type Sendable = { readonly payment: string; readonly reason: string; readonly again: boolean }

// Sooner at first, because most gaps are short; after half a minute the reader says when.
const waitsMs = [0, 1_000, 2_000, 4_000, 8_000, 16_000]

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/**
 * Sends what the draft says, and again when no answer comes: the server makes one request of it however often it hears it,
 * so sending again is the way to find out. The draft stays until there is an answer.
 */
export async function send({ payment, reason, again }: Sendable, progress: (stage: Sending) => void): Promise<Sent> {
  const { sent, comment, files } = readDraft(payment)
  if (sent === undefined) return { end: 'stopped', trouble: 'broken' }
  progress('sending')
  for (const wait of waitsMs) {
    await pause(wait)
    try {
      const made = await api.submit({
        payment,
        reason,
        comment: comment.trim() || undefined,
        files: files.map(({ id }) => id),
        ...sent,
      })
      // Found on a second try, it is most likely what the first one made: no reason to say that it was there before.
      return { end: 'made', id: made.id, existing: made.existing && !again && wait === 0 }
    } catch (error) {
      const end = endOf(error)
      if (end !== undefined) {
        // Files that nobody sent off for a day are gone; the reader sees that none stand there any more.
        keepDraft(payment, { sent: undefined, ...(fileGone(error) && { files: [] }) })
        return end
      }
      progress('finding_out')
    }
  }
  return { end: 'stopped', trouble: 'offline' }
}

const fileGone = (error: unknown): boolean => error instanceof CallFailed && error.code === 'attachment_not_found'

/** The server's last word; undefined when there was none and asking again is safe. */
function endOf(error: unknown): Sent | undefined {
  if (!(error instanceof CallFailed)) throw error
  if (error.code === 'decision_changed') return { end: 'changed', preview: error.problem['preview'] as Preview }
  if (error.trouble === 'offline' || error.trouble === 'away' || error.code === 'request_in_flight') return undefined
  return { end: 'stopped', trouble: fileGone(error) ? 'broken' : error.trouble }
}

export type SentSeveral =
  | { readonly end: 'made'; readonly id: string; readonly existing: boolean }
  | { readonly end: 'changed'; readonly previews: readonly Preview[] }
  | { readonly end: 'stopped' }

/** Asks for several payments as they were shown, and again when no answer comes: the server makes one bundle of it. */
export async function sendSeveral(asked: readonly Preview[], { reason, comment, files }: Draft): Promise<SentSeveral> {
  const payments = asked.map(({ payment, shown }) => ({ payment: payment.id, shown, after: payment.after }))
  for (const wait of waitsMs) {
    await pause(wait)
    try {
      const made = await api.submitSeveral({
        payments,
        reason,
        comment: comment.trim() || undefined,
        files: files.map(({ id }) => id),
      })
      return { end: 'made', id: made.id, existing: made.existing && wait === 0 }
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error
      if (error.code === 'decision_changed') return { end: 'changed', previews: error.problem['previews'] as Preview[] }
      if (error.trouble !== 'offline' && error.trouble !== 'away') return { end: 'stopped' }
    }
  }
  return { end: 'stopped' }
}

import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import { sql } from 'kysely'
import type { App } from '../app.ts'

/** A hint that something happened; the page fetches what it shows. */
export type Hint = { readonly subject: string; readonly action: string; readonly customer: string | null }

type Listener = (hint: Hint) => void
type Watch = {
  readonly listeners: Set<Listener>
  readonly seen: Map<number, number>
  timer: NodeJS.Timeout | undefined
}

const watches = new WeakMap<App, Watch>()
const everyMs = 400
// Rows are committed in another order than they are numbered, so the last seconds are read again and known ones skipped.
const overlapMs = 10_000

/** Calls `listener` for each new row of the audit trail, from any process. Returns how to stop. One query serves all listeners. */
function watch(app: App, listener: Listener): () => void {
  const known = watches.get(app) ?? { listeners: new Set(), seen: new Map(), timer: undefined }
  watches.set(app, known)
  known.listeners.add(listener)
  if (known.timer === undefined) void begin(app, known)
  return () => {
    known.listeners.delete(listener)
    if (known.listeners.size === 0) {
      clearInterval(known.timer)
      known.timer = undefined
      known.seen.clear()
    }
  }
}

async function begin(app: App, known: Watch): Promise<void> {
  known.timer = setInterval(() => void look(app, known, true), everyMs)
  known.timer.unref()
  await look(app, known, false)
}

async function look(app: App, { listeners, seen }: Watch, tell: boolean): Promise<void> {
  try {
    const { rows } = await sql<{ seq: number; subject_id: string; action: string; customer: string | null }>`
      select seq, subject_id, action, coalesce(detail ->> 'customer', (
        select p.owner_id from refund_request r join payment p on p.account_id = r.account_id and p.id = r.payment_id
        where r.account_id = audit.account_id and r.id = coalesce(detail ->> 'request', subject_id))) as customer
      from audit where account_id = ${app.account} and at > ${new Date(app.now().getTime() - overlapMs)} order by seq`.execute(
      app.db,
    )
    const now = Date.now()
    for (const { seq, subject_id, action, customer } of rows) {
      if (seen.has(seq)) continue
      seen.set(seq, now)
      if (tell) for (const listener of listeners) listener({ subject: subject_id, action, customer })
    }
    for (const [seq, at] of seen) if (now - at > 2 * overlapMs) seen.delete(seq)
  } catch {
    // PostgreSQL is away: the pages keep what they show, and the next look catches up.
  }
}

/** Server-sent events of what happens, as far as `mayHear` lets it through. Ends with the connection. */
export function liveEvents(app: App, c: Context, mayHear: (hint: Hint) => boolean = () => true): Response {
  return streamSSE(c, async (stream) => {
    const waiting: Hint[] = []
    let wake: () => void = () => {}
    const stop = watch(app, (hint) => {
      if (!mayHear(hint)) return
      waiting.push(hint)
      wake()
    })
    stream.onAbort(() => {
      stop()
      wake()
    })
    await stream.writeSSE({ event: 'ready', data: '{}' })
    while (!stream.aborted && !stream.closed) {
      for (const hint of waiting.splice(0))
        await stream.writeSSE({ event: 'hint', data: JSON.stringify({ subject: hint.subject, action: hint.action }) })
      if (stream.aborted) break
      const quiet = await new Promise<boolean>((done) => {
        const timer = setTimeout(() => done(true), 15_000)
        wake = () => {
          clearTimeout(timer)
          done(false)
        }
        if (waiting.length > 0) wake()
      })
      if (quiet) await stream.writeSSE({ event: 'ping', data: '{}' })
    }
    stop()
  })
}

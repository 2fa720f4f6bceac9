import { useEffect, useRef, useState } from 'preact/hooks'
import { framed, visitHeaders } from './visit.ts'
import { CallFailed, type Trouble } from './api.ts'

export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly trouble: Trouble }
  | { readonly state: 'ready'; readonly value: T }

type Loading<T> = { readonly now: Loaded<T>; readonly again: () => void; readonly set: (value: T) => void }

/**
 * Loads what a page shows, again whenever `key` changes or `again` is called. A second load that fails leaves what is shown
 * as it is, except when the reader may not see it any more.
 */
export function useLoad<T>(key: string, load: () => Promise<T>): Loading<T> {
  const [now, setNow] = useState<Loaded<T>>({ state: 'loading' })
  const [turn, setTurn] = useState(0)
  const shownKey = useRef(key)
  const set = (value: T) => setNow({ state: 'ready', value })
  useEffect(() => {
    let current = true
    if (shownKey.current !== key) setNow({ state: 'loading' })
    shownKey.current = key
    load().then(
      (value) => current && set(value),
      (error: unknown) => {
        const trouble = error instanceof CallFailed ? error.trouble : 'broken'
        if (current)
          setNow((before) =>
            before.state === 'ready' && trouble !== 'signed_out' ? before : { state: 'failed', trouble },
          )
      },
    )
    return () => {
      current = false
    }
  }, [key, turn])
  return { now, again: () => setTurn((n) => n + 1), set }
}

function listen(look: () => void): () => void {
  const source = new EventSource('/portal/api/live')
  let opened = false
  source.addEventListener('open', () => {
    if (opened) look()
    opened = true
  })
  source.addEventListener('hint', look)
  return () => source.close()
}

/** The same where no cookie says who listens: an EventSource can't send a header, so the stream is read by hand. */
function listenInFrame(look: () => void): () => void {
  const stopped = new AbortController()
  const read = async (again: boolean): Promise<void> => {
    const answer = await fetch('/portal/api/live', { headers: visitHeaders(), signal: stopped.signal })
    const reader = answer.ok ? answer.body?.pipeThrough(new TextDecoderStream()).getReader() : undefined
    if (again && reader) look()
    for (let part = await reader?.read(); part && !part.done; part = await reader!.read())
      if (part.value.includes('event: hint')) look()
  }
  const follow = async (): Promise<void> => {
    for (let turn = 0; !stopped.signal.aborted; turn++) {
      await read(turn > 0).catch(() => undefined)
      await new Promise((done) => setTimeout(done, 3_000))
    }
  }
  void follow()
  return () => stopped.abort()
}

/** Calls `changed` when the server says that something moved, when the connection is back, and when the page is looked at again. */
export function useLive(changed: () => void): void {
  const call = useRef(changed)
  call.current = changed
  useEffect(() => {
    const look = () => document.visibilityState === 'visible' && call.current()
    const stop = framed ? listenInFrame(look) : listen(look)
    addEventListener('online', look)
    document.addEventListener('visibilitychange', look)
    return () => {
      stop()
      removeEventListener('online', look)
      document.removeEventListener('visibilitychange', look)
    }
  }, [])
}

/** Calls `again` once after so many milliseconds. A page that was sent in the meantime counts from its own arrival. */
export function useAgainIn(ms: number | null, again: () => void): void {
  const call = useRef(again)
  call.current = again
  useEffect(() => {
    if (ms === null) return
    const timer = setTimeout(() => call.current(), ms + 250)
    return () => clearTimeout(timer)
  }, [ms])
}

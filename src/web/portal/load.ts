import { useEffect, useRef, useState } from 'preact/hooks'
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

/** Calls `changed` when the server says that something moved, when the connection is back, and when the page is looked at again. */
export function useLive(changed: () => void): void {
  const call = useRef(changed)
  call.current = changed
  useEffect(() => {
    const source = new EventSource('/portal/api/live')
    const look = () => document.visibilityState === 'visible' && call.current()
    let opened = false
    source.addEventListener('open', () => {
      if (opened) look()
      opened = true
    })
    source.addEventListener('hint', look)
    addEventListener('online', look)
    document.addEventListener('visibilitychange', look)
    return () => {
      source.close()
      removeEventListener('online', look)
      document.removeEventListener('visibilitychange', look)
    }
  }, [])
}

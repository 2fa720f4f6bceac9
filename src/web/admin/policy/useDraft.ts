import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { changeBetween, doAgain, takeBack, type Change } from '../../../domain/policy/form/undo.ts'
import type { PolicyDraftScreen } from '../../../http/admin/screens.ts'
import { isProblem, post } from '../api.ts'
import { client } from '../queries.ts'
import { draftQuery } from './queries.ts'

const saveAfterMs = 900
const againAfterMs = 4_000
// Letters that follow each other are one step back.
const oneStepMs = 900

export type Saved =
  | { readonly is: 'saved' | 'saving' | 'typing' }
  /** The server could not be reached; the text is kept in this tab and sent again. */
  | { readonly is: 'waiting'; readonly error: unknown }
  /** A colleague saved meanwhile, or the draft was closed: nothing is sent until somebody decides. */
  | { readonly is: 'stopped'; readonly error: unknown }

const keyOf = (id: string): string => `moneyback-draft-${id}`

type Kept = { readonly text: string; readonly revision: number }

function keptIn(id: string): Kept | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(id)) ?? 'null') as Kept | null
    return kept && typeof kept.text === 'string' && typeof kept.revision === 'number' ? kept : undefined
  } catch {
    return undefined
  }
}

function keep(id: string, kept: Kept | undefined): void {
  try {
    if (kept) sessionStorage.setItem(keyOf(id), JSON.stringify(kept))
    else sessionStorage.removeItem(keyOf(id))
  } catch {
    // A full or forbidden storage: what is typed is sent all the same.
  }
}

/** The text of a draft while it is written: saved by itself, kept in this tab until it is, with steps back and forth. */
export function useDraft(draft: PolicyDraftScreen, mayWrite: boolean) {
  const { id } = draft
  const [first] = useState(() => keptIn(id) ?? { text: draft.source, revision: draft.revision })
  const [text, setText] = useState(first.text)
  const [saved, setSaved] = useState<Saved>({ is: first.text === draft.source ? 'saved' : 'typing' })
  const [steps, setSteps] = useState<{ back: readonly Change[]; forth: readonly Change[] }>({ back: [], forth: [] })
  const now = useRef({ text: first.text, sent: draft.source, revision: first.revision, at: 0, busy: false })
  const { data: newest = draft } = useQuery(draftQuery(id))

  const change = (next: string) => {
    setText(next)
    now.current.text = next
    setSaved((was) => (was.is === 'stopped' ? was : { is: 'typing' }))
    keep(id, next === now.current.sent ? undefined : { text: next, revision: now.current.revision })
  }
  const write = (next: string) => {
    if (next === text || !mayWrite) return
    const at = Date.now()
    const step = changeBetween(text, next)
    setSteps(({ back }) => {
      const last = back.at(-1)
      const joined =
        last && at - now.current.at < oneStepMs && last.line === step.line && last.added.length === step.removed.length
      now.current.at = at
      return {
        back: joined ? [...back.slice(0, -1), { ...last, added: step.added }] : [...back.slice(-199), step],
        forth: [],
      }
    })
    change(next)
  }
  const undo = () => {
    const last = steps.back.at(-1)
    if (!last) return
    setSteps({ back: steps.back.slice(0, -1), forth: [...steps.forth, last] })
    now.current.at = 0
    change(takeBack(text, last))
  }
  const redo = () => {
    const last = steps.forth.at(-1)
    if (!last) return
    setSteps({ back: [...steps.back, last], forth: steps.forth.slice(0, -1) })
    now.current.at = 0
    change(doAgain(text, last))
  }

  const send = async () => {
    const { text: source, revision, busy } = now.current
    if (busy) return
    now.current.busy = true
    setSaved({ is: 'saving' })
    try {
      const answer = await post<{ revision: number }>(`/policy/drafts/${id}/save`, { revision, source })
      now.current.revision = answer.revision
      now.current.sent = source
      const more = now.current.text !== source
      keep(id, more ? { text: now.current.text, revision: answer.revision } : undefined)
      setSaved({ is: more ? 'typing' : 'saved' })
      void client.invalidateQueries({ queryKey: ['policy-draft', id] })
    } catch (error) {
      const away = isProblem(error) && (error.status === 0 || error.status >= 500 || error.status === 401)
      setSaved({ is: away ? 'waiting' : 'stopped', error })
    } finally {
      now.current.busy = false
    }
  }
  useEffect(() => {
    if (!mayWrite || draft.status !== 'open') return
    if (saved.is !== 'typing' && saved.is !== 'waiting') return
    const timer = setTimeout(() => void send(), saved.is === 'typing' ? saveAfterMs : againAfterMs)
    return () => clearTimeout(timer)
  }, [saved, text])

  // A colleague has saved and nothing of mine is unsaved: theirs is shown.
  useEffect(() => {
    if (newest.revision <= now.current.revision || now.current.busy) return
    if (now.current.text !== now.current.sent) return
    takeTheirs()
  }, [newest.revision])

  const takeTheirs = () => {
    now.current.revision = newest.revision
    now.current.sent = newest.source
    if (newest.source !== now.current.text) {
      const step = changeBetween(now.current.text, newest.source)
      setSteps(({ back }) => ({ back: [...back.slice(-199), step], forth: [] }))
    }
    setText(newest.source)
    now.current.text = newest.source
    keep(id, undefined)
    setSaved({ is: 'saved' })
  }
  const saveOver = async () => {
    const theirs = await client.fetchQuery({ ...draftQuery(id), staleTime: 0 })
    now.current.revision = theirs.revision
    setSaved({ is: 'typing' })
  }
  return {
    text,
    saved,
    write,
    /** The line, from 1, of the last change; it moves when the change does. */
    changedLine: (steps.back.at(-1)?.line ?? -1) + 1,
    undo: steps.back.length > 0 ? undo : undefined,
    redo: steps.forth.length > 0 ? redo : undefined,
    newest,
    takeTheirs,
    saveOver,
    saveNow: send,
    revision: () => now.current.revision,
    /** Something beside the text was saved: this is the revision now. */
    renamed: (revision: number) => {
      now.current.revision = revision
    },
    isSaved: saved.is === 'saved',
  }
}

export type Writing = ReturnType<typeof useDraft>

/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import * as api from '../api.ts'
import { CallFailed } from '../api.ts'
import { useSpoken, useWords } from '../language.ts'
import { troubleWords } from './trouble-words.ts'

type Props = { readonly id: string; readonly done: () => void }

/** Runs a deed once, and says when it did not work. */
function useDeed(deed: () => Promise<unknown>, done: () => void): { run: () => void; busy: boolean; failed: string } {
  const reader = useSpoken()
  const { words } = reader
  const [stage, setStage] = useState<{ busy: boolean; failed: string }>({ busy: false, failed: '' })
  const run = () => {
    setStage({ busy: true, failed: '' })
    deed().then(
      () => (setStage({ busy: false, failed: '' }), done()),
      (error: unknown) => {
        const failed = error instanceof CallFailed ? error : new CallFailed('broken')
        const { trouble, code } = failed
        const late = code === 'not_withdrawable' || code === 'not_appealable'
        setStage({
          busy: false,
          failed: late ? words.withdraw.too_late : troubleWords(failed, reader),
        })
        if (late || trouble === 'signed_out') done()
      },
    )
  }
  return { run, ...stage }
}

function Question({
  title,
  hint,
  failed,
  children,
}: {
  title: string
  hint: string
  failed: string
  children: ComponentChildren
}) {
  return (
    <section class="sheet question" aria-label={title}>
      <h2>{title}</h2>
      <p>{hint}</p>
      <p class="wrong" role="alert">
        {failed}
      </p>
      {children}
    </section>
  )
}

/** Takes an undecided request back, after asking once. */
export function Withdraw({ id, done }: Props) {
  const { withdraw } = useWords()
  const [asked, setAsked] = useState(false)
  const { run, busy, failed } = useDeed(() => api.withdraw(id), done)
  if (!asked)
    return (
      <button type="button" class="button quiet" onClick={() => setAsked(true)}>
        {withdraw.button}
      </button>
    )
  return (
    <Question title={withdraw.question} hint={withdraw.hint} failed={failed}>
      <div class="choices">
        <button type="button" class="button danger" disabled={busy} onClick={run}>
          {withdraw.yes}
        </button>
        <button type="button" class="button quiet" disabled={busy} onClick={() => setAsked(false)}>
          {withdraw.no}
        </button>
      </div>
    </Question>
  )
}

/** Passes a "no" of the policy on to a person. */
export function AskPerson({ id, done }: Props) {
  const words = useWords()
  const { appeal } = words
  const [asked, setAsked] = useState(false)
  const [comment, setComment] = useState('')
  const { run, busy, failed } = useDeed(() => api.appeal(id, comment.trim()), done)
  if (!asked)
    return (
      <button type="button" class="button" onClick={() => setAsked(true)}>
        {appeal.button}
      </button>
    )
  return (
    <Question title={appeal.title} hint={appeal.hint} failed={failed}>
      <label class="field">
        <span>
          {appeal.comment} <small>({words.why.optional})</small>
        </span>
        <textarea
          rows={3}
          maxLength={2000}
          value={comment}
          onInput={(event) => setComment(event.currentTarget.value)}
        />
      </label>
      <div class="choices">
        <button type="button" class="button" disabled={busy} onClick={run}>
          {appeal.send}
        </button>
        <button type="button" class="button quiet" disabled={busy} onClick={() => setAsked(false)}>
          {appeal.cancel}
        </button>
      </div>
    </Question>
  )
}

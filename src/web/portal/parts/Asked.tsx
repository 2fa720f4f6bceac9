/** @jsxImportSource preact */
import { useState } from 'preact/hooks'
import type { QuestionView } from '../../../http/portal/wire.ts'
import * as api from '../api.ts'
import { CallFailed } from '../api.ts'
import { dropDraft, keepDraft, readDraft } from '../draft.ts'
import { weekday } from '../format.ts'
import { useLocale, useWords } from '../language.ts'
import { fill } from '../words/fill.ts'
import { FileLine, Files } from './Files.tsx'

type Props = { readonly request: string; readonly question: QuestionView; readonly done: () => void }

/** What staff ask, and the place to answer. What is typed stays until it has arrived. */
export function Asked({ request, question, done }: Props) {
  const words = useWords()
  const { asked } = words
  const locale = useLocale()
  const [answer, setAnswer] = useState(() => readDraft(question.id).comment)
  const [sending, setSending] = useState(false)
  const [filesBusy, setFilesBusy] = useState(false)
  const [wrong, setWrong] = useState('')
  const send = async (event: Event) => {
    event.preventDefault()
    if (answer.trim() === '') return setWrong(asked.missing)
    if (filesBusy) return setWrong(words.files.wait)
    setWrong('')
    setSending(true)
    try {
      await api.answer(
        request,
        answer,
        readDraft(question.id).files.map(({ id }) => id),
      )
      dropDraft(question.id)
      done()
    } catch (error) {
      setSending(false)
      const code = error instanceof CallFailed ? error.code : ''
      // Another tab was first, or its time is over: the page shows how it stands.
      if (code === 'no_open_question') return done()
      setWrong(error instanceof CallFailed && error.trouble === 'offline' ? words.offline.text : words.broken.text)
    }
  }
  return (
    <section class="sheet asked" aria-labelledby="asked">
      <h2 id="asked">{asked.question}</h2>
      <p class="comment" dir="auto">
        {question.question}
      </p>
      <form onSubmit={(event) => void send(event)} noValidate>
        <label class="field">
          <span>{asked.answer}</span>
          <textarea
            rows={4}
            maxLength={10_000}
            dir="auto"
            value={answer}
            onInput={(event) => {
              setAnswer(event.currentTarget.value)
              keepDraft(question.id, { comment: event.currentTarget.value })
            }}
          />
        </label>
        <Files draft={question.id} busy={setFilesBusy} />
        <p class="hint">{fill(asked.by, { by: weekday(question.answer_by, locale) })}</p>
        <p class="wrong" role="alert">
          {wrong}
        </p>
        <button type="submit" class="button" disabled={sending}>
          {sending ? words.then.sending : asked.send}
        </button>
      </form>
    </section>
  )
}

/** What was asked and answered before. */
export function Answered({ questions }: { questions: readonly QuestionView[] }) {
  const { asked } = useWords()
  const over = questions.filter(({ open }) => !open)
  if (over.length === 0) return null
  return (
    <section class="sheet answered">
      {over.map(({ id, question, answer, files }) => (
        <div key={id}>
          <h2>{asked.question}</h2>
          <p class="comment" dir="auto">
            {question}
          </p>
          <p class="label">{asked.answer}</p>
          {answer === null ? (
            <p>{asked.over}</p>
          ) : (
            <p class="comment" dir="auto">
              {answer}
            </p>
          )}
          <ul class="files">
            {files.map((file) => (
              <li key={file.id}>
                <FileLine file={file} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  )
}

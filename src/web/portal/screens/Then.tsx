/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks'
import type { Preview } from '../../../http/portal/wire.ts'
import * as api from '../api.ts'
import { dropDraft, keepDraft, readDraft } from '../draft.ts'
import { useSpoken, useWords } from '../language.ts'
import { useLoad } from '../load.ts'
import { FileLine } from '../parts/Files.tsx'
import { Alternatives } from '../parts/Alternatives.tsx'
import { Icon } from '../parts/Icon.tsx'
import { Link } from '../parts/Link.tsx'
import { NoticePage, TroublePage } from '../parts/Notice.tsx'
import { Skeleton } from '../parts/Skeleton.tsx'
import { Steps } from '../parts/Steps.tsx'
import { Title } from '../parts/Title.tsx'
import { useAmount, WhatHappens } from '../parts/WhatHappens.tsx'
import { go, to } from '../router.ts'
import { send, type Sending } from '../send.ts'
import { counted, fill } from '../words/fill.ts'

/** Step 3: what will happen, and the one button that makes it happen. */
export function Then({ id, reason }: { id: string; reason: string }) {
  const { now, again, set } = useLoad(`preview ${id} ${reason}`, () => api.preview(id, reason, readDraft(id).comment))
  const open = now.state === 'ready' && now.value.payment.request?.open ? now.value.payment.request.id : undefined
  const [sending, setSending] = useState<Sending | 'changed' | 'too_often' | undefined>(() =>
    readDraft(id).sent ? 'finding_out' : undefined,
  )

  const deed = async ({ again: sentBefore }: { again: boolean }) => {
    const result = await send({ payment: id, reason, again: sentBefore }, setSending)
    if (result.end === 'made') {
      dropDraft(id)
      go(to.request(result.id) + (result.existing ? '?existing' : ''), { replace: true })
    } else if (result.end === 'changed') {
      set(result.preview)
      setSending('changed')
    } else {
      const { trouble } = result
      setSending(trouble === 'offline' ? 'finding_out' : trouble === 'too_often' ? trouble : undefined)
      if (trouble !== 'offline') again()
    }
  }
  useEffect(() => {
    // A tap that was never answered, in this tab, before a reload: find out what became of it.
    if (readDraft(id).sent) void deed({ again: true })
  }, [])
  useEffect(() => {
    if (open !== undefined && sending === undefined && !readDraft(id).sent) go(to.request(open), { replace: true })
  }, [open, sending])

  if (sending === 'finding_out') return <FindingOut again={() => void deed({ again: true })} />
  if (now.state === 'loading') return <Skeleton of="page" />
  if (now.state === 'failed') return <TroublePage trouble={now.trouble} again={again} />
  const tap = (askPerson: boolean) => {
    keepDraft(id, { reason, sent: { shown: now.value.shown, after: now.value.payment.after, ask_person: askPerson } })
    void deed({ again: false })
  }
  return (
    <Answer
      preview={now.value}
      reason={reason}
      busy={sending === 'sending'}
      changed={sending === 'changed'}
      tooOften={sending === 'too_often'}
      tap={tap}
    />
  )
}

function FindingOut({ again }: { again: () => void }) {
  const words = useWords()
  return (
    <NoticePage notice={words.then.finding_out} shape="clock">
      <button type="button" class="button" onClick={again}>
        {words.try_again}
      </button>
    </NoticePage>
  )
}

type AnswerProps = {
  readonly preview: Preview
  readonly reason: string
  readonly busy: boolean
  readonly changed: boolean
  readonly tooOften: boolean
  readonly tap: (askPerson: boolean) => void
}

function Answer({ preview, reason, busy, changed, tooOften, tap }: AnswerProps) {
  const reader = useSpoken()
  const { then, too_often } = reader.words
  const title = { approve: then.title, review: then.review_title, deny: then.deny_title }[preview.verdict]
  return (
    <>
      <Steps step={3} />
      <Title>{title}</Title>
      <div role="alert">
        {changed && (
          <p class="changed">
            <Icon shape="alert" />
            {then.changed}
          </p>
        )}
        {tooOften && (
          <p class="changed">
            <Icon shape="clock" />
            {counted(too_often, reader, { minutes: api.minutesToWait })}
          </p>
        )}
      </div>
      {preview.verdict === 'review' && <p class="lead">{then.review_lead}</p>}
      <WhatHappens preview={preview} />
      <ReasonLine id={preview.payment.id} reason={reason} />
      <div class="deeds">
        <Deed preview={preview} busy={busy} tap={tap} />
      </div>
      <Alternatives payment={preview.payment.id} alternatives={preview.alternatives} />
    </>
  )
}

function ReasonLine({ id, reason }: { id: string; reason: string }) {
  const {
    words: { why },
    reasons: { names },
  } = useSpoken()
  const { comment, files } = readDraft(id)
  if (!Object.hasOwn(names, reason)) return null
  return (
    <section class="told">
      <p>
        <span class="label">{why.reason}</span> {names[reason]}
      </p>
      {comment !== '' && <p class="comment">{comment}</p>}
      {files.map((file) => (
        <FileLine key={file.id} file={file} />
      ))}
      <Link class="quiet-link" href={to.why(id)}>
        {why.change_reason}
      </Link>
    </section>
  )
}

function Deed({ preview, busy, tap }: { preview: Preview; busy: boolean; tap: (askPerson: boolean) => void }) {
  const { then } = useWords()
  const { amount } = useAmount(preview)
  if (preview.verdict !== 'deny') {
    const label = preview.verdict === 'approve' ? fill(then.refund_button, { amount }) : then.review_button
    return (
      <button type="button" class="button" disabled={busy} onClick={() => tap(false)}>
        {busy ? then.sending : label}
      </button>
    )
  }
  return (
    <>
      {preview.appeal && (
        <>
          <p class="hint">{then.ask_person_hint}</p>
          <button type="button" class="button" disabled={busy} onClick={() => tap(true)}>
            {busy ? then.sending : then.ask_person}
          </button>
        </>
      )}
      <button type="button" class="button quiet" disabled={busy} onClick={() => tap(false)}>
        {then.answer_in_writing}
      </button>
    </>
  )
}

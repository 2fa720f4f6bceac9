/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks'
import type { PaymentEntry } from '../../../http/portal/wire.ts'
import * as api from '../api.ts'
import { keepDraft, readDraft } from '../draft.ts'
import { useSpoken, useWords } from '../language.ts'
import { useLoad } from '../load.ts'
import { Badge } from '../parts/Badge.tsx'
import { Files } from '../parts/Files.tsx'
import { Icon } from '../parts/Icon.tsx'
import { Link } from '../parts/Link.tsx'
import { TroublePage } from '../parts/Notice.tsx'
import { PaymentLine } from '../parts/PaymentLine.tsx'
import { Skeleton } from '../parts/Skeleton.tsx'
import { Steps } from '../parts/Steps.tsx'
import { Title } from '../parts/Title.tsx'
import { go, to } from '../router.ts'
import { counted } from '../words/fill.ts'

/** Step 2: why. A payment that has an open request leads there instead: there is never a second one. */
export function Why({ id }: { id: string }) {
  const { now, again } = useLoad(`payment ${id}`, () => api.payment(id))
  const open = now.state === 'ready' && now.value.request?.open ? now.value.request.id : undefined
  useEffect(() => {
    if (open !== undefined) go(to.request(open), { replace: true })
  }, [open])
  if (now.state === 'loading' || open !== undefined) return <Skeleton of="page" />
  if (now.state === 'failed') return <TroublePage trouble={now.trouble} again={again} />
  return <Question payment={now.value} />
}

function Question({ payment }: { payment: PaymentEntry }) {
  const words = useWords()
  const noHope = payment.badge.kind === 'not_refundable' || payment.badge.kind === 'refunded'
  const [asking, setAsking] = useState(!noHope || readDraft(payment.id).reason !== '')
  return (
    <>
      {asking && <Steps step={2} />}
      <nav class="crumb">
        <Link class="quiet-link" href={to.payments}>
          <Icon shape="back" />
          {words.payments.title}
        </Link>
      </nav>
      <section class="sheet chosen">
        <PaymentLine payment={payment} />
        <Badge badge={payment.badge} />
        {payment.request !== null && (
          <Link class="quiet-link" href={to.request(payment.request.id)}>
            {words.status.request}
            <Icon shape="forward" />
          </Link>
        )}
      </section>
      {asking ? (
        <Reasons draft={payment.id} onReason={(reason) => go(to.then(payment.id, reason))} />
      ) : (
        <NotByRule onAsk={() => setAsking(true)} refunded={payment.badge.kind === 'refunded'} />
      )}
    </>
  )
}

function NotByRule({ onAsk, refunded }: { onAsk: () => void; refunded: boolean }) {
  const words = useWords()
  return (
    <>
      <Title>{refunded ? words.badges.refunded : words.why.not_refundable}</Title>
      {!refunded && (
        <button type="button" class="button quiet" onClick={onAsk}>
          {words.why.ask_anyway}
        </button>
      )}
    </>
  )
}

const longestComment = 2000

/** The reasons to choose from and a comment, kept under `draft` until the request is made. */
export function Reasons({ draft: key, onReason }: { draft: string; onReason: (reason: string) => void }) {
  const reader = useSpoken()
  const { words, reasons } = reader
  const [draft, setDraft] = useState(() => readDraft(key))
  const [missing, setMissing] = useState(false)
  const [filesBusy, setFilesBusy] = useState(false)
  const [waiting, setWaiting] = useState(false)
  const change = (part: { reason?: string; comment?: string }) => setDraft(keepDraft(key, { ...part, sent: undefined }))
  // A draft may name a reason that was archived since.
  const chosen = reasons.choices.includes(draft.reason) ? draft.reason : ''
  const next = (event: Event) => {
    event.preventDefault()
    if (chosen === '') return setMissing(true)
    if (filesBusy) return setWaiting(true)
    onReason(chosen)
  }
  return (
    <form onSubmit={next} noValidate>
      <Title>{words.why.title}</Title>
      <fieldset class="reasons" aria-describedby={missing ? 'missing' : undefined}>
        <legend class="unseen">{words.why.reasons}</legend>
        {reasons.choices.map((code) => (
          <label key={code} class="reason">
            <input
              type="radio"
              name="reason"
              value={code}
              checked={chosen === code}
              onChange={() => {
                change({ reason: code })
                setMissing(false)
              }}
            />
            <span>{reasons.names[code]}</span>
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span>
          {words.why.comment} <small>({words.why.optional})</small>
        </span>
        <textarea
          rows={3}
          maxLength={longestComment}
          value={draft.comment}
          onInput={(event) => change({ comment: event.currentTarget.value })}
        />
        {draft.comment.length > longestComment - 200 && (
          <small>{counted(words.why.comment_hint, reader, { left: longestComment - draft.comment.length })}</small>
        )}
      </label>
      <Files
        draft={key}
        busy={(now) => {
          setFilesBusy(now)
          if (!now) setWaiting(false)
        }}
      />
      <div class="deed">
        <p id="missing" class="wrong" role="alert">
          {missing && words.why.choose_first}
          {waiting && words.files.wait}
        </p>
        <button type="submit" class="button">
          {words.why.next}
        </button>
      </div>
    </form>
  )
}

/** @jsxImportSource preact */
import type { RequestView } from '../../../http/portal/wire.ts'
import * as api from '../api.ts'
import { amount, dayInSentence, weekday } from '../format.ts'
import { useLocale, useSpoken, useWords } from '../language.ts'
import { isLate, lineOf } from '../line.ts'
import { useAgainIn, useLive, useLoad } from '../load.ts'
import { Answered, Asked } from '../parts/Asked.tsx'
import { FileLine } from '../parts/Files.tsx'
import { Icon, type Shape } from '../parts/Icon.tsx'
import { Link } from '../parts/Link.tsx'
import { TroublePage } from '../parts/Notice.tsx'
import { destination, destinationShort, PaymentLine } from '../parts/PaymentLine.tsx'
import { Reference } from '../parts/Reference.tsx'
import { Skeleton } from '../parts/Skeleton.tsx'
import { Timeline } from '../parts/Timeline.tsx'
import { Title } from '../parts/Title.tsx'
import { accessWords, Fact, useAmount } from '../parts/WhatHappens.tsx'
import { AskPerson, Withdraw } from '../parts/RequestDeeds.tsx'
import { place, to } from '../router.ts'
import { fill } from '../words/fill.ts'

/** The answer, at once and for good: it stands under a stable address and follows what happens. */
export function Request({ id }: { id: string }) {
  const words = useWords()
  const { now, again } = useLoad(`request ${id}`, () => api.request(id))
  useLive(again)
  useAgainIn(now.state === 'ready' ? now.value.deciding_ms : null, again)
  if (now.state === 'loading') return <Skeleton of="page" />
  if (now.state === 'failed') return <TroublePage trouble={now.trouble} again={again} />
  const request = now.value
  const open = request.questions.find((question) => question.open)
  return (
    <>
      <nav class="crumb">
        <Link class="quiet-link" href={to.payments}>
          <Icon shape="back" />
          {words.status.all_payments}
        </Link>
      </nav>
      {place.value.search === '?existing' && (
        <p class="changed">
          <Icon shape="clock" />
          {words.then.existing}
        </p>
      )}
      <Headline request={request} />
      {open && <Asked request={request.id} question={open} done={again} />}
      {request.may.appeal && <AskPerson id={request.id} done={again} />}
      <section class="sheet">
        <h2>{words.status.progress}</h2>
        <Timeline steps={lineOf(request, { words, locale: useLocale(), now: new Date() })} />
      </section>
      <Details request={request} />
      <TogetherWith request={request} />
      <Answered questions={request.questions} />
      {request.may.withdraw && <Withdraw id={request.id} done={again} />}
      {request.may.ask_again && (
        <Link class="button quiet" href={to.why(request.payment.id)}>
          {words.status.ask_again}
        </Link>
      )}
      <p class="hint">{words.status.keep_link}</p>
    </>
  )
}

const titleOf = ({ status, deciding_ms }: RequestView, words: ReturnType<typeof useWords>): string =>
  deciding_ms === null ? words.status.title[status] : words.status.deciding.title

const marks = {
  submitted: { shape: 'clock', tone: 'waiting' },
  in_review: { shape: 'person', tone: 'review' },
  approved: { shape: 'sent', tone: 'waiting' },
  refunded: { shape: 'check', tone: 'approve' },
  failed: { shape: 'alert', tone: 'deny' },
  denied: { shape: 'cross', tone: 'deny' },
  withdrawn: { shape: 'undo', tone: 'quiet' },
  handled: { shape: 'check', tone: 'approve' },
  merged: { shape: 'forward', tone: 'quiet' },
} as const satisfies Record<RequestView['status'], { shape: Shape; tone: string }>

function Headline({ request }: { request: RequestView }) {
  const words = useWords()
  const asked = request.questions.some(({ open }) => open)
  const { shape, tone } = marks[request.status]
  const paid =
    request.refund ?? (request.status === 'approved' || request.status === 'refunded' ? request.decision : null)
  return (
    <section class="answer" data-tone={tone} data-status={request.status} aria-live="polite">
      <span class="medallion">
        <Icon shape={shape} />
      </span>
      <Title>{asked ? words.asked.title : titleOf(request, words)}</Title>
      {paid !== null && <Paid paid={paid} request={request} />}
      {!asked && <Explanation request={request} />}
      {request.decision?.reply != null && <Reply reply={request.decision.reply} />}
    </section>
  )
}

/** What a person wrote comes first of all that is said: it is why the answer is what it is. */
function Reply({ reply }: { reply: string }) {
  const { status } = useWords()
  return (
    <blockquote class="reply">
      <p class="label">{status.reply}</p>
      <p dir="auto">{reply}</p>
    </blockquote>
  )
}

function Paid({ paid, request }: { paid: { amount_minor: number; currency: string }; request: RequestView }) {
  const { status } = useWords()
  const { amount } = useAmount(paid)
  const { amount: whole } = useAmount(request.payment)
  return (
    <p class="get">
      <strong class="figure">{amount}</strong>
      {paid.amount_minor < request.payment.amount_minor && (
        <span class="details">{fill(status.part_of, { amount: whole })}</span>
      )}
    </p>
  )
}

/** The one or two sentences under the headline: the rule's or a person's own, else ours for the state. */
function Explanation({ request }: { request: RequestView }) {
  const words = useWords()
  const { status } = words
  const locale = useLocale()
  const { decision, refund, due_at, payment } = request
  switch (request.status) {
    case 'submitted':
      return <p>{status.submitted}</p>
    case 'in_review':
      if (request.deciding_ms !== null) return <p>{status.deciding.text}</p>
      return <p>{due_at === null ? status.in_review : fill(status.in_review_by, { by: weekday(due_at, locale) })}</p>
    case 'approved':
      return <p>{refund?.status === 'requires_action' ? status.requires_action : status.approved}</p>
    case 'refunded': {
      const expected = refund?.expected
      const when =
        expected &&
        fill(status.expected, { from: dayInSentence(expected.from, locale), to: dayInSentence(expected.to, locale) })
      if (expected && isLate(expected.to, new Date())) return <p>{status.late}</p>
      return (
        <p>
          {decision?.by === 'elsewhere' && status.refunded_elsewhere}{' '}
          {fill(status.refunded, { destination: destination(payment.method, words) })} {when}
        </p>
      )
    }
    case 'failed':
      return (
        <>
          <p>{status.failed}</p>
          <p>{status.failed_next}</p>
        </>
      )
    case 'denied':
      return <Denial request={request} />
    case 'withdrawn':
    case 'handled':
    case 'merged':
      return <p>{status[request.status]}</p>
  }
}

function Denial({ request: { decision } }: { request: RequestView }) {
  const { status } = useWords()
  const missed = decision?.missed_by
  return (
    <>
      {decision?.by === 'policy' && decision.say !== null && (
        <p class="say" lang={decision.say_language} dir="auto">
          {decision.say}
        </p>
      )}
      {missed != null && (
        <p class="missed">
          <span class="label">{status.missed_by}</span>
          <span lang={missed.language} dir="auto">
            {missed.sentence}
          </span>
        </p>
      )}
      {decision?.by !== 'policy' && decision?.reply === null && <p>{status.denied}</p>}
    </>
  )
}

/** What was asked for at the same time, each with how it stands. */
function TogetherWith({ request: { together } }: { request: RequestView }) {
  const words = useWords()
  const locale = useLocale()
  if (together.length === 0) return null
  return (
    <section class="sheet">
      <h2>{words.several.together}</h2>
      <dl class="facts">
        {together.map(({ id, what, amount_minor, currency, status }) => (
          <Fact key={id} name={`${what}, ${amount(amount_minor, currency, locale)}`}>
            <Link class="quiet-link" href={to.request(id)}>
              {words.status.title[status]}
            </Link>
          </Fact>
        ))}
      </dl>
    </section>
  )
}

function Details({ request }: { request: RequestView }) {
  const {
    words,
    reasons: { names },
  } = useSpoken()
  const locale = useLocale()
  const { payment, decision, refund, status } = request
  const paying = refund !== null && status !== 'failed'
  return (
    <section class="sheet">
      <h2>{words.status.request}</h2>
      <PaymentLine payment={payment} />
      <dl class="facts">
        {Object.hasOwn(names, request.reason) && decision?.by !== 'elsewhere' && (
          <Fact name={words.why.reason}>{names[request.reason]}</Fact>
        )}
        {request.comment !== null && (
          <Fact name={words.status.your_words}>
            <span class="comment">{request.comment}</span>
          </Fact>
        )}
        {request.files.length > 0 && (
          <Fact name={words.files.title}>
            {request.files.map((file) => (
              <FileLine key={file.id} file={file} />
            ))}
          </Fact>
        )}
        {paying && <Fact name={words.then.goes_to}>{destinationShort(payment.method, words)}</Fact>}
        {paying && status === 'approved' && (
          <Fact name={words.then.when}>{payment.method.last4 === null ? words.arrival.other : words.arrival.card}</Fact>
        )}
        {paying && decision !== null && (
          <Fact name={words.then.access}>{accessWords(decision.access, payment, words, locale)}</Fact>
        )}
        {refund?.reference != null && (
          <Fact name={words.status.reference}>
            <Reference reference={refund.reference} />
          </Fact>
        )}
      </dl>
    </section>
  )
}

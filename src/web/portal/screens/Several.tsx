/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks'
import type { Preview } from '../../../http/portal/wire.ts'
import * as api from '../api.ts'
import { dropDraft, keepDraft, readDraft } from '../draft.ts'
import { amount } from '../format.ts'
import { useLocale, useSpoken, useWords } from '../language.ts'
import { useLoad } from '../load.ts'
import { Icon } from '../parts/Icon.tsx'
import { Link } from '../parts/Link.tsx'
import { TroublePage } from '../parts/Notice.tsx'
import { PaymentLine } from '../parts/PaymentLine.tsx'
import { Skeleton } from '../parts/Skeleton.tsx'
import { Steps } from '../parts/Steps.tsx'
import { Title } from '../parts/Title.tsx'
import { go, to } from '../router.ts'
import { sendSeveral } from '../send.ts'
import { counted, fill } from '../words/fill.ts'
import { Reasons } from './Why.tsx'

const draftOf = (payments: readonly string[]): string => `several:${payments.join(',')}`

/** Step 2 for several payments: one reason for all of them. */
export function WhySeveral({ payments }: { payments: readonly string[] }) {
  const words = useWords()
  return (
    <>
      <Steps step={2} />
      <nav class="crumb">
        <Link class="quiet-link" href={to.payments}>
          <Icon shape="back" />
          {words.payments.title}
        </Link>
      </nav>
      <Reasons draft={draftOf(payments)} onReason={(reason) => go(to.thenSeveral(payments, reason))} />
    </>
  )
}

/** Step 3 for several payments: what will happen with each, and one button. What the rules deny is left out, and says so. */
export function ThenSeveral({ payments, reason }: { payments: readonly string[]; reason: string }) {
  const draft = draftOf(payments)
  const { now, again, set } = useLoad(`${draft} ${reason}`, () =>
    api.previewSeveral(payments, reason, readDraft(draft).comment),
  )
  const [state, setState] = useState<'sending' | 'changed' | undefined>()
  const asked = now.state === 'ready' ? now.value.previews.filter(({ verdict }) => verdict !== 'deny') : undefined
  const single = asked?.length === 1 ? asked[0]!.payment.id : undefined
  useEffect(() => {
    // What is left of the choice is one payment: it has a page of its own.
    if (single === undefined) return
    keepDraft(single, { reason, comment: readDraft(draft).comment })
    go(to.then(single, reason), { replace: true })
  }, [single])
  if (now.state === 'loading' || single !== undefined) return <Skeleton of="page" />
  if (now.state === 'failed') return <TroublePage trouble={now.trouble} again={again} />
  const deed = async () => {
    setState('sending')
    const result = await sendSeveral(asked!, { ...readDraft(draft), reason })
    if (result.end === 'made') {
      dropDraft(draft)
      go(to.request(result.id) + (result.existing ? '?existing' : ''), { replace: true })
    } else if (result.end === 'changed') {
      set({ previews: result.previews })
      setState('changed')
    } else {
      setState(undefined)
      again()
    }
  }
  return <Each previews={now.value.previews} asked={asked!} state={state} tap={() => void deed()} />
}

function Each({
  previews,
  asked,
  state,
  tap,
}: {
  previews: readonly Preview[]
  asked: readonly Preview[]
  state: 'sending' | 'changed' | undefined
  tap: () => void
}) {
  const reader = useSpoken()
  const { words } = reader
  const denied = previews.filter(({ verdict }) => verdict === 'deny')
  return (
    <>
      <Steps step={3} />
      <Title>{asked.length === 0 ? words.then.deny_title : words.then.title}</Title>
      <div role="alert">
        {state === 'changed' && (
          <p class="changed">
            <Icon shape="alert" />
            {words.then.changed}
          </p>
        )}
      </div>
      {asked.length > 0 && <p class="lead">{words.several.lead}</p>}
      {asked.map((preview) => (
        <One key={preview.payment.id} preview={preview} />
      ))}
      {denied.length > 0 && asked.length > 0 && <h2 class="left-out">{words.several.left_out}</h2>}
      {denied.map((preview) => (
        <One key={preview.payment.id} preview={preview} />
      ))}
      <div class="deeds">
        {asked.length > 0 && (
          <>
            <Sum asked={asked} />
            <button type="button" class="button" disabled={state === 'sending'} onClick={tap}>
              {state === 'sending'
                ? words.then.sending
                : counted(words.several.button, reader, { count: asked.length })}
            </button>
          </>
        )}
        <Link class="button quiet" href={to.payments}>
          {words.status.all_payments}
        </Link>
      </div>
    </>
  )
}

/** What the policy says about one of them. */
function One({ preview }: { preview: Preview }) {
  const words = useWords()
  const locale = useLocale()
  const sum = amount(preview.amount_minor, preview.currency, locale)
  return (
    <section class="sheet">
      <PaymentLine payment={preview.payment} />
      {preview.verdict === 'approve' && (
        <p>
          <span class="label">{words.then.you_get}</span> <strong>{sum}</strong>
        </p>
      )}
      {preview.verdict === 'review' && <p>{words.then.review_title}.</p>}
      {preview.say !== null && (
        <p class="say" lang={preview.say_language} dir="auto">
          {preview.say}
        </p>
      )}
    </section>
  )
}

/** What comes back at once, by currency. What a person decides is not counted. */
function Sum({ asked }: { asked: readonly Preview[] }) {
  const { several } = useWords()
  const locale = useLocale()
  const sums = new Map<string, number>()
  for (const { verdict, amount_minor, currency } of asked)
    if (verdict === 'approve') sums.set(currency, (sums.get(currency) ?? 0) + amount_minor)
  if (sums.size === 0) return null
  const list = new Intl.ListFormat(locale).format([...sums].map(([currency, minor]) => amount(minor, currency, locale)))
  return <p class="hint">{fill(several.in_all, { amount: list })}</p>
}

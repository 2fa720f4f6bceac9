/** @jsxImportSource preact */
import { useState } from 'preact/hooks'
import type { PaymentEntry } from '../../../http/portal/wire.ts'
import * as api from '../api.ts'
import { useSpoken, useWords } from '../language.ts'
import { useLive, useLoad } from '../load.ts'
import { Badge } from '../parts/Badge.tsx'
import { Icon } from '../parts/Icon.tsx'
import { Link } from '../parts/Link.tsx'
import { TroublePage } from '../parts/Notice.tsx'
import { PaymentLine } from '../parts/PaymentLine.tsx'
import { Skeleton } from '../parts/Skeleton.tsx'
import { Steps } from '../parts/Steps.tsx'
import { Title } from '../parts/Title.tsx'
import { go, to } from '../router.ts'
import { signIn } from '../sign-in.ts'
import { counted } from '../words/fill.ts'

import { SignIn } from './SignIn.tsx'

const shownAtFirst = 8

/** Step 1: which payment. Each says in one line what can be done about it. */
export function Payments() {
  const reader = useSpoken()
  const { words } = reader
  const [all, setAll] = useState(false)
  const [chosen, setChosen] = useState<readonly string[] | undefined>()
  const { now, again } = useLoad('payments', api.payments)
  useLive(again)
  if (now.state === 'loading') return <Skeleton of="list" />
  // Nobody was in yet in this tab: this is the front door, not the end of a visit.
  if (now.state === 'failed' && now.trouble === 'signed_out' && signIn.offered && !signIn.wasIn()) return <SignIn />
  if (now.state === 'failed') return <TroublePage trouble={now.trouble} again={again} />

  signIn.remember()
  const { payments } = now.value
  const several = now.value.several && payments.filter(canChoose).length > 1
  const more = payments.length - shownAtFirst
  return (
    <>
      {payments.length > 0 && <Steps step={1} />}
      <Title>{words.payments.title}</Title>
      {payments.length === 0 ? <Empty /> : <p class="lead">{words.payments.lead}</p>}
      <ul class="payments">
        {(all ? payments : payments.slice(0, shownAtFirst)).map((payment) => (
          <Row key={payment.id} payment={payment} {...(several && chosen && { chosen, onChoose: setChosen })} />
        ))}
      </ul>
      {more > 0 && !all && (
        <button type="button" class="button quiet" onClick={() => setAll(true)}>
          {counted(words.payments.show_all, reader, { more })}
        </button>
      )}
      {several && (
        <div class="deeds">
          {chosen !== undefined && chosen.length > 0 && (
            <button
              type="button"
              class="button"
              onClick={() => go(chosen.length === 1 ? to.why(chosen[0]!) : to.whySeveral(chosen))}
            >
              {counted(words.several.go_on, reader, { count: chosen.length })}
            </button>
          )}
          <button type="button" class="button quiet" onClick={() => setChosen(chosen ? undefined : [])}>
            {chosen ? words.several.one : words.several.choose}
          </button>
        </div>
      )}
    </>
  )
}

/** Something can be asked for, and nothing is being asked for already. */
const canChoose = ({ badge, request }: PaymentEntry): boolean =>
  (badge.kind === 'refundable' || badge.kind === 'review') && !request?.open

function Row({
  payment,
  chosen,
  onChoose,
}: {
  payment: PaymentEntry
  chosen?: readonly string[]
  onChoose?: (chosen: readonly string[]) => void
}) {
  if (chosen && onChoose && canChoose(payment))
    return (
      <li>
        <label class="payment choosable">
          <PaymentLine payment={payment} />
          <Badge badge={payment.badge} />
          <input
            type="checkbox"
            checked={chosen.includes(payment.id)}
            onChange={() =>
              onChoose(chosen.includes(payment.id) ? chosen.filter((id) => id !== payment.id) : [...chosen, payment.id])
            }
          />
        </label>
      </li>
    )
  return (
    <li>
      <Link class="payment" href={wayOf(payment)}>
        <PaymentLine payment={payment} />
        <Badge badge={payment.badge} />
        <Icon shape="forward" />
      </Link>
    </li>
  )
}

/** A payment with a request that is not over leads to how it stands; one that can be asked for, to the question why. */
function wayOf({ id, badge, request }: PaymentEntry): string {
  const askable = badge.kind === 'refundable' || badge.kind === 'review'
  return request !== null && (request.open || !askable) ? to.request(request.id) : to.why(id)
}

function Empty() {
  const { payments } = useWords()
  return (
    <section class="empty">
      <span class="medallion">
        <Icon shape="receipt" />
      </span>
      <h2>{payments.empty.title}</h2>
      <p>{payments.empty.text}</p>
    </section>
  )
}

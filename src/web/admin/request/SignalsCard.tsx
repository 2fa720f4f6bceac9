import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronRight, CircleDot, Minus } from 'lucide-react'
import { format, money } from '../../../domain/money.ts'
import type { LinkedPaymentLine, LinkedRequestLine, SignalLine } from '../../../http/admin/screens.ts'
import { dayOf } from '../../parts/time.ts'
import { requestWords } from '../../parts/words.ts'
import { Card } from '../kit/Page.tsx'
import { Badge } from '../kit/Show.tsx'
import { Failure, Skeleton } from '../kit/States.tsx'
import { signalsQuery } from '../queries.ts'
import { ReasonName } from '../reasons.tsx'

/** What is known around a request: what is so, never what somebody is. Each line opens to what it is made of. */
export function SignalsCard({ id }: { id: string }) {
  const { data, error, isPending, refetch } = useQuery(signalsQuery(id))
  return (
    <Card title="Signals">
      {isPending ? (
        <Skeleton lines={4} />
      ) : data ? (
        <ul className="-my-1 divide-y divide-line">
          {data.signals.map((signal) => (
            <li key={signal.kind} data-signal={signal.kind} className="py-2">
              <Signal signal={signal} />
            </li>
          ))}
        </ul>
      ) : (
        <Failure error={error} retry={() => void refetch()} />
      )}
    </Card>
  )
}

function Signal({ signal }: { signal: SignalLine }) {
  const { requests, payments, notable, says, beside } = signal
  const head = (
    <>
      <span className={`mt-0.5 shrink-0 ${notable ? 'text-review' : 'text-quiet'}`}>
        {notable ? <CircleDot size={15} aria-hidden="true" /> : <Minus size={15} aria-hidden="true" />}
        <span className="sr-only">{notable ? 'Worth a look: ' : 'As usual: '}</span>
      </span>
      <span className={`min-w-0 flex-1 break-words ${notable ? '' : 'text-quiet'}`}>
        <bdi>{says}</bdi>
      </span>
    </>
  )
  if (requests.length + payments.length === 0) return <p className="flex gap-2">{head}</p>
  return (
    <details className="group">
      <summary className="flex cursor-pointer list-none gap-2 rounded-md hover:bg-sunken">
        {head}
        <ChevronRight
          size={15}
          aria-hidden="true"
          className="mt-0.5 shrink-0 text-quiet transition-transform group-open:rotate-90 rtl:-scale-x-100"
        />
      </summary>
      <div className="mt-1.5 pl-6">
        {beside && <p className="mb-1.5 text-small text-quiet">{beside}</p>}
        <ul className="space-y-1.5 text-small">
          {requests.map((request) => (
            <RequestLine key={`${request.link} ${request.id}`} request={request} />
          ))}
          {requests.length === 0 &&
            payments.map((payment) => <PaymentLine key={`${payment.link} ${payment.id}`} payment={payment} />)}
        </ul>
      </div>
    </details>
  )
}

const RequestLine = ({ request }: { request: LinkedRequestLine }) => (
  <li className="flex flex-wrap items-center justify-between gap-x-2 gap-y-0.5">
    <Link className="min-w-0 break-words text-accent underline" to="/requests/$id" params={{ id: request.id }}>
      <bdi>{request.who ?? 'Unknown customer'}</bdi>, <ReasonName code={request.reason} />, {dayOf(request.created_at)}
    </Link>
    <span className="flex items-center gap-1.5">
      {request.refunded_minor > 0 && (
        <span className="figures">{format(money(request.refunded_minor, request.currency))}</span>
      )}
      <Badge {...requestWords[request.status]} />
    </span>
  </li>
)

const disputes = {
  none: '',
  inquiry: 'inquiry',
  open: 'dispute open',
  won: 'dispute won',
  lost: 'dispute lost',
} as const

const PaymentLine = ({ payment }: { payment: LinkedPaymentLine }) => (
  <li className="flex flex-wrap items-center justify-between gap-x-2">
    <Link className="min-w-0 break-words text-accent underline" to="/payments/$id" params={{ id: payment.id }}>
      <bdi>{payment.who ?? 'Unknown customer'}</bdi>, {payment.description}, {dayOf(payment.paid_at)}
    </Link>
    <span className="figures text-quiet">
      {format(money(payment.captured_minor, payment.currency))}
      {payment.dispute !== 'none' && ` · ${disputes[payment.dispute]}`}
      {payment.fraud_warning && ' · fraud warning'}
    </span>
  </li>
)

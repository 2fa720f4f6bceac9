import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Eye, Maximize2, X } from 'lucide-react'
import { useEffect } from 'react'
import type { RequestScreen } from '../../../http/admin/screens.ts'
import { requestWords } from '../../parts/words.ts'
import { Button, buttonLook } from '../kit/Button.tsx'
import { Card } from '../kit/Page.tsx'
import { Amount, Badge, Time } from '../kit/Show.tsx'
import { Failure, Skeleton } from '../kit/States.tsx'
import { setOpen, useViewers } from '../presence.ts'
import { requestQuery } from '../queries.ts'
import { ReasonName } from '../reasons.tsx'
import { channelWords } from '../words.ts'
import { Assign } from './Assign.tsx'
import { ActionBar } from './ActionBar.tsx'
import { BundleCard } from './BundleCard.tsx'
import { Conversation } from './Conversation.tsx'
import { CustomerCard, PaymentCard, RefundCard } from './Cards.tsx'
import { ExceptionCard } from './Exceptions.tsx'
import { FirstApprovalCard } from './FirstApprovalCard.tsx'
import { Files } from './Files.tsx'
import { History } from './History.tsx'
import { askedPolicy, proposedMinor } from './outcome.ts'
import { RefundOrDisputeCard } from './RefundOrDispute.tsx'
import { SignalsCard } from './SignalsCard.tsx'
import { TimeLine } from './TimeLine.tsx'
import { Trace } from './Trace.tsx'

/** One screen to decide on. `onClose` is there when it stands beside a list. */
export function RequestView({ id, onClose, onDecided }: { id: string; onClose?: () => void; onDecided: () => void }) {
  const { data: screen, error, isPending, refetch } = useQuery(requestQuery(id))
  useEffect(() => {
    setOpen(id)
    return () => setOpen(null)
  }, [id])
  if (isPending) return <Skeleton alone lines={9} tall />
  if (!screen)
    return (
      <div>
        {onClose && (
          <div className="flex justify-end p-2">
            <CloseButton onClose={onClose} />
          </div>
        )}
        <Failure alone error={error} retry={() => void refetch()} />
      </div>
    )
  return (
    <div className="flex h-full flex-col bg-page">
      <TopLine screen={screen} {...(onClose && { onClose })} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div
          className={`grid items-start gap-4 p-4 ${onClose ? '2xl:grid-cols-[1fr_19rem]' : 'lg:grid-cols-[1fr_21rem] lg:p-6'}`}
        >
          <div className="min-w-0 space-y-4">
            {screen.exceptions.map((exception) => (
              <ExceptionCard key={exception.id} exception={exception} linked={false} />
            ))}
            <FirstApprovalCard screen={screen} />
            <Said screen={screen} />
            <Conversation screen={screen} />
            <Card title={screen.request.status === 'in_review' ? 'Why it is here' : 'What the policy said'}>
              <Reasons screen={screen} />
            </Card>
            <Card title="On a time line">
              <TimeLine screen={screen} />
            </Card>
            <Files files={screen.files} />
            <History screen={screen} />
          </div>
          <div className="min-w-0 space-y-4">
            <RefundCard screen={screen} />
            <BundleCard screen={screen} />
            <SignalsCard id={id} />
            <RefundOrDisputeCard screen={screen} />
            <CustomerCard screen={screen} />
            <PaymentCard payment={screen.payment} subscription={screen.subscription} />
          </div>
        </div>
      </div>
      <ActionBar screen={screen} onDecided={onDecided} />
    </div>
  )
}

function TopLine({ screen, onClose }: { screen: RequestScreen; onClose?: () => void }) {
  const { request, customer, payment, refunds } = screen
  const { word, tone } = requestWords[request.status]
  const refund = refunds.findLast(({ request_id }) => request_id === request.id)
  return (
    <header className="border-b border-line bg-surface px-4 py-3 lg:px-5">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="text-figure font-semibold tracking-tight">
              <Amount minor={refund?.amount_minor ?? proposedMinor(screen)} currency={payment.currency} />
            </h1>
            <Badge tone={tone} word={word} />
          </div>
          <p className="mt-0.5 truncate">
            <bdi className="font-medium">{customer?.name ?? customer?.email ?? 'Unknown customer'}</bdi>{' '}
            <span className="text-quiet">· {payment.description}</span>
          </p>
          <p className="text-small text-quiet">
            asked <Time at={request.created_at} /> through the {channelWords[request.channel] ?? request.channel}
            {request.due_at && request.status !== 'refunded' && (
              <>
                {' '}
                ·{' '}
                <span className={new Date(request.due_at) < new Date() ? 'font-medium text-deny' : ''}>
                  answer due <Time at={request.due_at} />
                </span>
              </>
            )}
          </p>
        </div>
        <Viewers id={request.id} />
        <Assign screen={screen} />
        {onClose && (
          <Link
            to="/requests/$id"
            params={{ id: request.id }}
            aria-label="Open as a page"
            title="Open as a page (Enter)"
            className={`${buttonLook('quiet')} hidden px-2! lg:inline-flex`}
          >
            <Maximize2 size={16} aria-hidden="true" />
          </Link>
        )}
        {onClose && <CloseButton onClose={onClose} />}
      </div>
    </header>
  )
}

/** Which colleagues have this open at the same moment. */
function Viewers({ id }: { id: string }) {
  const here = useViewers().filter(({ request }) => request === id)
  if (here.length === 0) return null
  return (
    <p role="status" className="flex items-center gap-1 text-small text-waiting">
      <Eye size={14} aria-hidden="true" />
      <bdi>{here.map(({ name }) => name).join(', ')}</bdi> {here.length === 1 ? 'has' : 'have'} this open
    </p>
  )
}

const CloseButton = ({ onClose }: { onClose: () => void }) => (
  <Button look="quiet" aria-label="Close" title="Close (Esc)" className="px-2!" onClick={onClose}>
    <X size={17} aria-hidden="true" />
  </Button>
)

function Said({ screen: { request, customer } }: { screen: RequestScreen }) {
  return (
    <Card>
      <p className="text-small text-quiet">
        {request.created_by.startsWith('customer:') ? 'The customer says' : 'The reason'}
      </p>
      <p className="mt-0.5 font-medium">
        <ReasonName code={request.reason} />
      </p>
      {request.comment ? (
        <blockquote
          dir="auto"
          className="mt-2 max-h-48 overflow-y-auto border-l-2 border-edge pl-3 break-words whitespace-pre-wrap"
        >
          {request.comment}
        </blockquote>
      ) : (
        <p className="mt-1 text-small text-quiet">{customer?.name ?? 'The customer'} wrote nothing beside it.</p>
      )}
      {request.attempt > 1 && (
        <p className="mt-2 text-small text-review">This is request number {request.attempt} for this payment.</p>
      )}
    </Card>
  )
}

function Reasons({ screen }: { screen: RequestScreen }) {
  const decision = askedPolicy(screen)
  if (decision) return <Trace decision={decision} />
  if (screen.request.channel === 'stripe')
    return (
      <p className="text-quiet">
        This refund was made outside of Moneyback, in Stripe. It was taken into the books; the policy was not asked.
      </p>
    )
  return (
    <p className="text-quiet">
      The facts are still being gathered, so the policy has not answered yet. {screen.request.last_error}
    </p>
  )
}

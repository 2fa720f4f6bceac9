import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { format, money } from '../../../domain/money.ts'
import type { CustomerDetail, PaymentDetail, RequestScreen, SubscriptionDetail } from '../../../http/admin/screens.ts'
import { dayOf } from '../../parts/time.ts'
import { methodName, refundWords, requestWords } from '../../parts/words.ts'
import { Card } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { ReasonName } from '../reasons.tsx'
import { CancelRefund } from './CancelRefund.tsx'

export function Facts({ rows }: { rows: readonly (readonly [string, ReactNode] | false | null | undefined | '')[] }) {
  return (
    <dl className="grid grid-cols-[minmax(5rem,auto)_1fr] gap-x-4 gap-y-1.5">
      {rows
        .filter((row) => row !== null && row !== undefined && row !== false && row !== '')
        .map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-quiet">{name}</dt>
            <dd className="min-w-0 text-right break-words">{value}</dd>
          </div>
        ))}
    </dl>
  )
}

const mono = (id: string) => <span className="font-mono text-[0.75rem] break-all select-all">{id}</span>

export function CustomerFacts({ customer }: { customer: CustomerDetail }) {
  return (
    <Facts
      rows={[
        ['Name', <bdi key="n">{customer.name ?? '–'}</bdi>],
        [
          'E-mail',
          <bdi key="e" className="break-all">
            {customer.email ?? '–'}
          </bdi>,
        ],
        customer.country && ['Country', customer.country],
        customer.created_at && ['Customer since', dayOf(customer.created_at)],
        ...customer.value.map(
          ({ currency, paid_minor, refunded_minor, payments }) =>
            [
              `Paid (${currency.toUpperCase()})`,
              <span key={currency} className="figures">
                {format(money(paid_minor, currency))} in {payments}
                {refunded_minor > 0 && (
                  <span className="text-review">, {format(money(refunded_minor, currency))} given back</span>
                )}
              </span>,
            ] as const,
        ),
        [
          'Disputes',
          customer.disputes > 0 ? <span className="font-medium text-deny">{customer.disputes}</span> : 'none',
        ],
      ]}
    />
  )
}

export function CustomerCard({ screen: { customer, others } }: { screen: RequestScreen }) {
  if (!customer)
    return (
      <Card title="Customer">
        <p className="text-quiet">Stripe knows no customer for this payment.</p>
      </Card>
    )
  return (
    <Card
      title="Customer"
      aside={
        <Link className="text-small text-accent underline" to="/payments" search={{ customer: customer.id }}>
          All payments
        </Link>
      }
    >
      <CustomerFacts customer={customer} />
      {others.length > 0 && (
        <>
          <h3 className="mt-4 mb-1 text-small font-medium text-quiet">Other requests</h3>
          <ul className="divide-y divide-line">
            {others.map((other) => (
              <li key={other.id} className="flex items-center justify-between gap-2 py-1.5">
                <Link className="min-w-0 truncate text-accent underline" to="/requests/$id" params={{ id: other.id }}>
                  <ReasonName code={other.reason} />, {dayOf(other.created_at)}
                </Link>
                <Badge {...requestWords[other.status]} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  )
}

const disputes = {
  none: undefined,
  inquiry: 'The bank asks (inquiry)',
  open: 'Open',
  won: 'Won',
  lost: 'Lost',
} as const

export function PaymentFacts({
  payment,
  subscription,
}: {
  payment: PaymentDetail
  subscription: SubscriptionDetail | null
}) {
  return (
    <Facts
      rows={[
        [
          'Captured',
          <span key="c" className="figures">
            {format(money(payment.captured_minor, payment.currency))}
          </span>,
        ],
        payment.reserved_minor > 0 && [
          'Given back',
          <span key="r" className="figures">
            {format(money(payment.reserved_minor, payment.currency))}
          </span>,
        ],
        [
          'Refundable',
          <span key="f" className="figures font-medium">
            {format(money(payment.refundable_minor, payment.currency))}
          </span>,
        ],
        ['Paid', <Time key="t" at={payment.paid_at} />],
        ['With', methodName(payment)],
        [
          'For',
          `${payment.product_name ?? payment.description}${payment.interval === 'once' ? '' : `, each ${payment.interval}`}${payment.first ? ', first payment' : ', renewal'}`,
        ],
        subscription && [
          'Subscription',
          `${subscription.status.replaceAll('_', ' ')}${subscription.cancel_at ? `, ends ${dayOf(subscription.cancel_at)}` : ''}`,
        ],
        payment.invoice_number && ['Invoice', mono(payment.invoice_number)],
        disputes[payment.dispute] && [
          'Dispute',
          <span key="d" className="font-medium text-deny">
            {disputes[payment.dispute]}
          </span>,
        ],
        payment.fraud_warning && [
          'Fraud warning',
          <span key="w" className="font-medium text-deny">
            yes, by the card’s network
          </span>,
        ],
        ['In Stripe', mono(payment.stripe_payment_intent ?? payment.stripe_charge)],
      ]}
    />
  )
}

export function PaymentCard({
  payment,
  subscription,
}: {
  payment: PaymentDetail
  subscription: SubscriptionDetail | null
}) {
  return (
    <Card
      title="Payment"
      aside={
        <Link className="text-small text-accent underline" to="/payments/$id" params={{ id: payment.id }}>
          Open
        </Link>
      }
    >
      <PaymentFacts payment={payment} subscription={subscription} />
    </Card>
  )
}

/** Where the money is: each refund of this request with Stripe's words for it. */
export function RefundCard({ screen: { refunds, request } }: { screen: RequestScreen }) {
  if (refunds.length === 0) return null
  return (
    <Card title={refunds.length === 1 ? 'Refund' : 'Refunds'}>
      <ul className="space-y-4">
        {refunds.map((refund) => (
          <li key={refund.id}>
            <div className="mb-1.5 flex items-center justify-between">
              <span className="figures font-semibold">{format(money(refund.amount_minor, refund.currency))}</span>
              <Badge {...refundWords[refund.status]} />
            </div>
            <Facts
              rows={[
                refund.request_id !== request.id && [
                  'From',
                  <Link key="o" className="text-accent underline" to="/requests/$id" params={{ id: refund.request_id }}>
                    another request
                  </Link>,
                ],
                refund.origin === 'stripe' && ['Made', 'in Stripe, outside of Moneyback'],
                refund.failure_reason && [
                  'Because',
                  <span key="b" className="text-deny">
                    {refund.failure_reason.replaceAll('_', ' ')}
                  </span>,
                ],
                refund.pending_reason && ['Waits for', refund.pending_reason.replaceAll('_', ' ')],
                refund.reference && ['Bank reference', mono(refund.reference)],
                refund.subscription_change && [
                  'Subscription',
                  `${refund.subscription_change.change === 'cancel_now' ? 'cancel now' : 'cancel at period end'}: ${refund.subscription_change.status.replaceAll('_', ' ')}`,
                ],
                refund.credit_note && [
                  'Credit note',
                  refund.credit_note.stripe_credit_note_id
                    ? mono(refund.credit_note.stripe_credit_note_id)
                    : refund.credit_note.status.replaceAll('_', ' '),
                ],
                refund.settled_at && ['Settled', <Time key="s" at={refund.settled_at} />],
                ['In Stripe', refund.stripe_refund_id ? mono(refund.stripe_refund_id) : 'not there yet'],
              ]}
            />
            {refund.status === 'requires_action' && refund.request_id === request.id && (
              <CancelRefund id={request.id} />
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}

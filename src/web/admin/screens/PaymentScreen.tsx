import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { requestWords } from '../../parts/words.ts'
import { Card, Head } from '../kit/Page.tsx'
import { Amount, Badge, Time } from '../kit/Show.tsx'
import { Failure, Skeleton } from '../kit/States.tsx'
import { paymentQuery } from '../queries.ts'
import { CustomerFacts, PaymentFacts } from '../request/Cards.tsx'
import { OpenRefund } from '../request/OpenRefund.tsx'
import { ReasonName } from '../reasons.tsx'

/** A payment, what was asked and given back on it, and the form that opens a refund for the customer. */
export function PaymentScreen() {
  const { id } = useParams({ from: '/staff/payments/$id' })
  const { data, error, isPending, refetch } = useQuery(paymentQuery(id))
  if (isPending) return <Skeleton alone lines={9} tall />
  if (!data) return <Failure alone error={error} retry={() => void refetch()} />
  const { payment, customer, requests } = data
  return (
    <div>
      <Head title={payment.description}>
        <p className="text-figure font-semibold tracking-tight">
          <Amount minor={payment.captured_minor} currency={payment.currency} />
        </p>
        <p className="text-quiet">
          paid <Time at={payment.paid_at} /> by <bdi>{customer?.name ?? customer?.email ?? 'an unknown customer'}</bdi>
        </p>
      </Head>
      <div className="grid items-start gap-4 p-4 lg:grid-cols-[1fr_21rem] lg:p-6">
        <div className="min-w-0 space-y-4">
          <Card title="Refund this payment">
            <OpenRefund payment={payment} requests={requests} />
          </Card>
          <Card title="Requests for this payment">
            {requests.length === 0 ? (
              <p className="text-quiet">Nobody has asked for this money back.</p>
            ) : (
              <ul className="divide-y divide-line">
                {requests.map((request) => (
                  <li key={request.id} className="flex flex-wrap items-center justify-between gap-2 py-2">
                    <Link className="text-accent underline" to="/requests/$id" params={{ id: request.id }}>
                      <ReasonName code={request.reason} />
                    </Link>
                    <span className="flex items-center gap-3">
                      <Time at={request.created_at} className="text-quiet" />
                      <Badge {...requestWords[request.status]} />
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </Card>
        </div>
        <div className="min-w-0 space-y-4">
          <Card title="Payment">
            <PaymentFacts payment={payment} subscription={null} />
          </Card>
          {customer && (
            <Card
              title="Customer"
              aside={
                <Link className="text-small text-accent underline" to="/payments" search={{ customer: customer.id }}>
                  All payments
                </Link>
              }
            >
              <CustomerFacts customer={customer} />
            </Card>
          )}
        </div>
      </div>
    </div>
  )
}

import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { Badge as PaymentBadge, PaymentListRow } from '../../../http/admin/screens.ts'
import { daysBetween, dayOf } from '../../parts/time.ts'
import { methodName, type Tone } from '../../parts/words.ts'
import { buttonLook } from '../kit/Button.tsx'
import { Head, SearchBox } from '../kit/Page.tsx'
import { Amount, Badge, Time } from '../kit/Show.tsx'
import { Empty, Failure, Skeleton } from '../kit/States.tsx'
import { paymentsQuery } from '../queries.ts'
import { canBeAsked, OpenSeveral } from '../request/OpenSeveral.tsx'

const badges = {
  refundable: { word: 'Refundable', tone: 'approve' },
  review: { word: 'A person would look', tone: 'review' },
  not_refundable: { word: 'Not by policy', tone: 'quiet' },
  on_its_way: { word: 'Refund on its way', tone: 'waiting' },
  refunded: { word: 'Refunded', tone: 'quiet' },
  in_review: { word: 'Request open', tone: 'review' },
} as const satisfies Record<PaymentBadge['kind'], { word: string; tone: Tone }>

function BadgeOf({ badge }: { badge: PaymentBadge | null }) {
  if (!badge) return null
  const { word, tone } = badges[badge.kind]
  const left = badge.until ? daysBetween(new Date(), badge.until) : undefined
  return (
    <Badge
      tone={tone}
      title={badge.because}
      word={
        badge.kind === 'refundable' && badge.until
          ? `Refundable until ${dayOf(badge.until).slice(0, -5)} (${left} ${left === 1 ? 'day' : 'days'})`
          : word
      }
    />
  )
}

/** Every payment that Stripe told us of; one click from a refund. */
export function PaymentsScreen() {
  const filter = useSearch({ from: '/staff/payments' })
  const navigate = useNavigate({ from: '/payments' })
  const { data, error, isPending, refetch } = useQuery(paymentsQuery(filter))
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set())
  const chosen = filter.customer ? (data?.rows ?? []).filter(({ id }) => picked.has(id)) : []
  const set = (change: Record<string, string | undefined>) =>
    void navigate({ search: (old) => ({ ...old, after: undefined, ...change }), replace: true })
  return (
    <div>
      <Head title="Payments">
        <SearchBox
          value={filter.q ?? ''}
          placeholder="E-mail, name, id, invoice, last four, amount"
          onSearch={(q) => set({ q: q || undefined })}
        />
        {filter.customer && (
          <button type="button" className={buttonLook('quiet')} onClick={() => set({ customer: undefined })}>
            One customer’s payments ✕<span className="sr-only"> remove</span>
          </button>
        )}
      </Head>
      {chosen.length > 1 && <OpenSeveral chosen={chosen} onDone={() => setPicked(new Set())} />}
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : isPending ? (
        <Skeleton lines={10} />
      ) : data.rows.length === 0 ? (
        <Empty title="No payment found">
          {filter.q || filter.customer
            ? 'Search by the customer’s e-mail or name, a pi_…, ch_… or cus_… id, the invoice number, the last four digits of the card, or the amount.'
            : 'Payments appear here as soon as Stripe reports them.'}
        </Empty>
      ) : (
        <Table
          rows={data.rows}
          {...(filter.customer && {
            picked,
            onPick: (id: string) =>
              setPicked(new Set(picked.has(id) ? [...picked].filter((one) => one !== id) : [...picked, id])),
          })}
        />
      )}
      {data && (data.next || filter.after) && (
        <div className="flex justify-center gap-2 p-4">
          {filter.after && (
            <button type="button" className={buttonLook()} onClick={() => set({})}>
              Newest
            </button>
          )}
          {data.next && (
            <button type="button" className={buttonLook()} onClick={() => set({ after: data.next! })}>
              Older
            </button>
          )}
        </div>
      )}
    </div>
  )
}

/** With `onPick` several of one customer's payments can be chosen. */
function Table({
  rows,
  picked,
  onPick,
}: {
  rows: PaymentListRow[]
  picked?: ReadonlySet<string>
  onPick?: (id: string) => void
}) {
  return (
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Payments">
      <table className="w-full min-w-[44rem] text-left">
        <thead className="text-small text-quiet">
          <tr className="border-b border-line [&>th]:px-3 [&>th]:py-2 [&>th]:font-medium [&>th:first-child]:pl-6 [&>th:last-child]:pr-6">
            {onPick && (
              <th>
                <span className="sr-only">Choose</span>
              </th>
            )}
            <th>Customer</th>
            <th>What for</th>
            <th>Refund</th>
            <th>With</th>
            <th className="text-right">Amount</th>
            <th className="text-right">Paid</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={row.id}
              className="relative border-b border-line bg-surface hover:bg-sunken [&>td]:px-3 [&>td]:py-2.5"
            >
              {onPick && (
                <td className="relative z-10 w-8 pl-6!">
                  {canBeAsked(row) && (
                    <input
                      type="checkbox"
                      className="size-4 accent-accent"
                      aria-label={`Choose ${row.description}, paid ${dayOf(row.paid_at)}`}
                      checked={picked?.has(row.id) ?? false}
                      onChange={() => onPick(row.id)}
                    />
                  )}
                </td>
              )}
              <td className={`max-w-60 ${onPick ? '' : 'pl-6!'}`}>
                <Link
                  to="/payments/$id"
                  params={{ id: row.id }}
                  className="block truncate font-medium after:absolute after:inset-0"
                >
                  <bdi>{row.customer_name ?? row.customer_email ?? 'Unknown customer'}</bdi>
                </Link>
                <span className="block truncate text-small text-quiet">{row.customer_email}</span>
              </td>
              <td className="max-w-52">
                <span className="block truncate">{row.description}</span>
                <span className="block truncate text-small text-quiet">{row.invoice_number}</span>
              </td>
              <td>
                <BadgeOf badge={row.badge} />
              </td>
              <td className="whitespace-nowrap text-quiet">{methodName(row)}</td>
              <td className="text-right">
                <Amount minor={row.captured_minor} currency={row.currency} />
                {row.reserved_minor > 0 && (
                  <span className="block text-small text-quiet">
                    −<Amount minor={row.reserved_minor} currency={row.currency} />
                  </span>
                )}
              </td>
              <td className="pr-6! text-right text-quiet">
                <Time at={row.paid_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

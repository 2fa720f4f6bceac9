import { CircleAlert, Eye, Gem, Repeat2, ShieldAlert, UserRound, type LucideIcon } from 'lucide-react'
import type { QueueRow, Signal, Viewer } from '../../../http/admin/screens.ts'
import type { Selection } from '../bulk/selection.ts'
import { Amount, Time } from '../kit/Show.tsx'
import { ReasonName } from '../reasons.tsx'
import { signalWords } from '../words.ts'

const icons = {
  repeat: Repeat2,
  dispute: ShieldAlert,
  fraud_warning: CircleAlert,
  high_value: Gem,
} as const satisfies Record<Signal, LucideIcon>

/** One row is one decision. */
export function QueueList({
  rows,
  viewers,
  open,
  narrow,
  selection,
  onOpen,
}: {
  rows: QueueRow[]
  viewers: readonly Viewer[]
  open: string | undefined
  narrow: boolean
  selection: Selection
  onOpen: (id: string) => void
}) {
  const all = rows.length > 0 && selection.ids.size === rows.length
  return (
    <>
      <label className="flex items-center gap-2.5 border-b border-line bg-surface px-4 py-1.5 text-small text-quiet lg:px-6">
        <input
          type="checkbox"
          className="size-4 accent-(--accent)"
          checked={all}
          ref={(box) => {
            if (box) box.indeterminate = selection.ids.size > 0 && !all
          }}
          onChange={() => selection.all(!all)}
        />
        Select all {rows.length} shown
      </label>
      <ul aria-label="Requests that wait for a person">
        {rows.map((row) => (
          <li key={row.id} id={`row-${row.id}`} className="flex border-b border-line">
            <label
              className={`flex cursor-pointer items-start py-3.5 pl-4 lg:pl-6 ${row.id === open ? 'bg-accent-soft shadow-[inset_3px_0_var(--accent)]' : selection.ids.has(row.id) ? 'bg-accent-soft' : 'bg-surface'}`}
            >
              <span className="sr-only">
                Select the request of {row.customer_name ?? row.customer_email ?? 'an unknown customer'}
              </span>
              <input
                type="checkbox"
                className="size-4 accent-(--accent)"
                checked={selection.ids.has(row.id)}
                onChange={() => undefined}
                onClick={(event) => (event.shiftKey ? selection.reach(row.id) : selection.toggle(row.id))}
              />
            </label>
            <button
              type="button"
              onClick={() => onOpen(row.id)}
              aria-current={row.id === open ? 'true' : undefined}
              className={`block w-full min-w-0 py-2.5 pr-4 pl-2.5 text-left outline-offset-[-2px] lg:pr-6 ${row.id === open || selection.ids.has(row.id) ? 'bg-accent-soft' : 'bg-surface hover:bg-sunken'}`}
            >
              <div
                className={
                  narrow ? '' : 'xl:grid xl:grid-cols-[7.5rem_minmax(10rem,15rem)_1fr_auto] xl:items-center xl:gap-4'
                }
              >
                <Line row={row} narrow={narrow} here={viewers.filter(({ request }) => request === row.id)} />
              </div>
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

function Line({ row, narrow, here }: { row: QueueRow; narrow: boolean; here: readonly Viewer[] }) {
  const wide = narrow ? 'hidden' : 'hidden xl:block'
  const small = narrow ? '' : 'xl:hidden'
  return (
    <>
      <div className={wide}>
        <Due row={row} />
      </div>
      <div className="flex items-baseline justify-between gap-3">
        <p className="min-w-0 truncate">
          <bdi className="font-medium">{row.customer_name ?? row.customer_email ?? 'Unknown customer'}</bdi>
        </p>
        <Amount minor={row.amount_minor} currency={row.currency} className={`font-semibold ${small}`} />
      </div>
      <div className="min-w-0">
        <p className="truncate">{row.because}</p>
        <div className="mt-0.5 flex flex-wrap items-center gap-x-3 gap-y-0.5 text-small text-quiet">
          <span className={small}>
            <Due row={row} />
          </span>
          <span className="max-w-full truncate">
            <ReasonName code={row.reason} /> · {row.description}
          </span>
          {row.signals.map((signal) => (
            <SignalMark key={signal} signal={signal} earlier={row.earlier} />
          ))}
          {row.approvers && row.approvers.count > 1 && (
            <span>
              {row.approvals} of {row.approvers.count} approvals
            </span>
          )}
          {row.asked_at && <span className="text-waiting">waits for the customer</span>}
          {row.escalated_to && <span className="font-medium text-review">escalated to {row.escalated_to}</span>}
          {here.length > 0 && (
            <span className="inline-flex items-center gap-1 text-waiting">
              <Eye size={13} aria-hidden="true" />
              <bdi>{here.map(({ name }) => name).join(', ')}</bdi>
            </span>
          )}
          {row.assignee && (
            <span className="inline-flex items-center gap-1">
              <UserRound size={13} aria-hidden="true" />
              {row.assignee_name ?? 'a colleague'}
            </span>
          )}
        </div>
      </div>
      <Amount
        minor={row.amount_minor}
        currency={row.currency}
        className={`text-right text-[0.9375rem] font-semibold ${wide}`}
      />
    </>
  )
}

function Due({ row }: { row: QueueRow }) {
  if (row.status === 'failed') return <span className="font-medium text-deny">Refund failed</span>
  if (!row.due_at)
    return (
      <span className="text-quiet">
        asked <Time at={row.created_at} />
      </span>
    )
  const late = new Date(row.due_at).getTime() < Date.now()
  return (
    <span className={late ? 'font-medium text-deny' : 'text-quiet'}>
      {late ? 'overdue, ' : 'due '}
      <Time at={row.due_at} />
    </span>
  )
}

export function SignalMark({ signal, earlier }: { signal: Signal; earlier: number }) {
  const Icon = icons[signal]
  return (
    <span className="inline-flex items-center gap-1 text-review">
      <Icon size={13} aria-hidden="true" />
      {signalWords[signal]}
      {signal === 'repeat' && earlier > 0 ? ` (${earlier})` : ''}
    </span>
  )
}

import { format, money } from '../../../domain/money.ts'
import type { RequestScreen } from '../../../http/admin/screens.ts'
import { dayOf } from '../../parts/time.ts'
import { askedPolicy } from './outcome.ts'

const dayMs = 24 * 60 * 60 * 1000

type Mark = { at: number; word: string; look: string }

/** Where a window of days after the payment ends, as the policy's own line has it: `payment.age <= days(30)`. */
export function windowEnd(screen: RequestScreen): number | undefined {
  for (const { condition } of askedPolicy(screen)?.findings ?? []) {
    const days = /payment\.age\s*<=?\s*days\((\d+)\)/.exec(condition)?.[1]
    if (days) return new Date(screen.payment.paid_at).getTime() + Number(days) * dayMs
  }
  return undefined
}

function marksOf(screen: RequestScreen): Mark[] {
  const { payment, request, refunds } = screen
  const time = (at: string) => new Date(at).getTime()
  const end = windowEnd(screen)
  return [
    { at: time(payment.paid_at), word: 'Paid', look: 'bg-ink' },
    { at: time(request.created_at), word: 'Asked', look: 'bg-accent' },
    ...(end ? [{ at: end, word: 'Window ends', look: 'bg-review' }] : []),
    ...refunds.map((refund) => ({
      at: time(refund.created_at),
      word: `Refund ${format(money(refund.amount_minor, refund.currency))}${refund.status === 'failed' ? ' (failed)' : ''}`,
      look: refund.status === 'failed' ? 'bg-deny' : 'bg-approve',
    })),
    { at: Date.now(), word: 'Now', look: 'bg-quiet' },
  ].sort((a, b) => a.at - b.at)
}

/** Purchase, paid period, window, refunds and request on one line, drawn to scale; the list below says the same in words. */
export function TimeLine({ screen }: { screen: RequestScreen }) {
  const { payment } = screen
  const marks = marksOf(screen)
  const period =
    payment.period_start && payment.period_end
      ? ([new Date(payment.period_start).getTime(), new Date(payment.period_end).getTime()] as const)
      : undefined
  const from = Math.min(marks[0]!.at, period?.[0] ?? Infinity)
  const to = Math.max(marks.at(-1)!.at, period?.[1] ?? -Infinity)
  const x = (at: number) => `${(((at - from) / Math.max(1, to - from)) * 100).toFixed(2)}%`
  const end = windowEnd(screen)
  const paid = new Date(payment.paid_at).getTime()
  return (
    <figure>
      <div className="relative mx-1 h-12" aria-hidden="true">
        {period && (
          <div
            className="absolute top-2 h-2.5 rounded-full bg-waiting-soft ring-1 ring-waiting/40"
            style={{ left: x(period[0]), right: `${100 - Number.parseFloat(x(period[1]))}%` }}
          />
        )}
        {end && (
          <div
            className="absolute top-7 h-1.5 rounded-full bg-review/35"
            style={{ left: x(paid), right: `${100 - Number.parseFloat(x(end))}%` }}
          />
        )}
        <div className="absolute inset-x-0 top-6 h-px bg-edge" />
        {marks.map((mark) => (
          <div
            key={`${mark.word}${mark.at}`}
            title={`${mark.word}, ${dayOf(new Date(mark.at))}`}
            className={`absolute top-4 h-4.5 w-1 -translate-x-1/2 rounded-full ring-2 ring-surface ${mark.look}`}
            style={{ left: x(mark.at) }}
          />
        ))}
      </div>
      <figcaption>
        <ol className="flex flex-wrap gap-x-4 gap-y-1 text-small">
          {marks.map((mark) => (
            <li key={`${mark.word}${mark.at}`} className="flex items-center gap-1.5">
              <span className={`size-2 rounded-full ${mark.look}`} aria-hidden="true" />
              {mark.word} <span className="figures text-quiet">{dayOf(new Date(mark.at))}</span>
            </li>
          ))}
          {period && (
            <li className="flex items-center gap-1.5">
              <span className="h-2 w-4 rounded-full bg-waiting-soft ring-1 ring-waiting/40" aria-hidden="true" />
              Paid period{' '}
              <span className="figures text-quiet">
                {dayOf(new Date(period[0]))} – {dayOf(new Date(period[1]))}
              </span>
            </li>
          )}
        </ol>
      </figcaption>
    </figure>
  )
}

/** @jsxImportSource preact */
import type { Badge as BadgeOf } from '../../../http/portal/wire.ts'
import { day, daysLeft } from '../format.ts'
import { useSpoken } from '../language.ts'
import { counted, fill } from '../words/fill.ts'
import { Icon, type Shape } from './Icon.tsx'

const marks = {
  refundable: { shape: 'check', tone: 'approve' },
  review: { shape: 'person', tone: 'review' },
  in_review: { shape: 'person', tone: 'review' },
  not_refundable: { shape: 'cross', tone: 'quiet' },
  on_its_way: { shape: 'sent', tone: 'waiting' },
  refunded: { shape: 'undo', tone: 'approve' },
} as const satisfies Record<BadgeOf['kind'], { shape: Shape; tone: string }>

/** What can be done about a payment, in one line. */
export function Badge({ badge }: { badge: BadgeOf }) {
  const { shape, tone } = marks[badge.kind]
  return (
    <span class="standing">
      <span class="badge" data-tone={tone} data-kind={badge.kind}>
        <Icon shape={shape} />
        <span>{badgeWords(badge, useSpoken())}</span>
      </span>
      {badge.kind === 'not_refundable' && badge.because !== null && (
        <span class="details" dir="auto">
          {badge.because}
        </span>
      )}
    </span>
  )
}

// A count of days is only helpful while it can be felt.
const countedDays = 60

function badgeWords({ kind, until }: BadgeOf, reader: ReturnType<typeof useSpoken>): string {
  const { badges } = reader.words
  if (kind !== 'refundable' || until === null) return badges[kind]
  const days = daysLeft(until)
  const values = { until: day(until, reader.locale) }
  if (days === 0) return fill(badges.refundable_last_day, values)
  return days > countedDays
    ? fill(badges.refundable_until, values)
    : counted(badges.refundable_days, reader, { days }, values)
}

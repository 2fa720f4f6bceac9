/** @jsxImportSource preact */
import type { Badge as BadgeOf } from '../../../http/portal/wire.ts'
import { day, daysLeft } from '../format.ts'
import { useLocale, useWords } from '../language.ts'
import type { Words } from '../words/words.ts'
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
  const words = useWords()
  const locale = useLocale()
  const { shape, tone } = marks[badge.kind]
  return (
    <span class="standing">
      <span class="badge" data-tone={tone} data-kind={badge.kind}>
        <Icon shape={shape} />
        <span>{badgeWords(badge, words, locale)}</span>
      </span>
      {badge.kind === 'not_refundable' && badge.because !== null && <span class="details">{badge.because}</span>}
    </span>
  )
}

// A count of days is only helpful while it can be felt.
const countedDays = 60

function badgeWords({ kind, until }: BadgeOf, { badges }: Words, locale: string): string {
  if (kind !== 'refundable') return badges[kind]
  const left = until === null ? null : daysLeft(until)
  return badges.refundable(until && day(until, locale), left !== null && left <= countedDays ? left : null)
}

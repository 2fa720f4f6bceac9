import { UserCheck } from 'lucide-react'
import { format, money } from '../../../domain/money.ts'
import type { RequestScreen } from '../../../http/admin/screens.ts'
import { Card } from '../kit/Page.tsx'
import { Time } from '../kit/Show.tsx'
import { actorWord } from '../words.ts'

const kinds = {
  amount: 'Amount',
  fact: 'Fact',
  signal: 'Signal',
  policy: 'Policy',
  note: 'Note',
  message: 'Letter',
  question: 'Question',
  answer: 'Answer',
  file: 'File',
  deed: 'Deed',
} as const

/** For the second of two: what is otherwise since the first approval, so that nobody nods at an old picture. */
export function FirstApprovalCard({ screen: { first_approval: first, payment, people } }: { screen: RequestScreen }) {
  if (!first) return null
  return (
    <Card>
      <p className="flex items-start gap-2">
        <UserCheck size={17} aria-hidden="true" className="mt-0.5 shrink-0 text-approve" />
        <span>
          <bdi className="font-medium">{actorWord(first.by, people)}</bdi> approved{' '}
          <span className="figures font-medium">{format(money(first.amount_minor, payment.currency))}</span>{' '}
          <Time at={first.at} />.
          {first.note && (
            <span dir="auto" className="block break-words whitespace-pre-wrap text-quiet">
              Note: {first.note}
            </span>
          )}
        </span>
      </p>
      <h2 className="mt-3 mb-1 text-small font-medium text-quiet">Since then</h2>
      {first.changes.length === 0 ? (
        <p>Nothing has changed: amount, facts, signals, policy, notes and letters are as they were.</p>
      ) : (
        <ul className="space-y-1">
          {first.changes.map(({ kind, says, at }, line) => (
            <li key={line} data-change={kind} className="grid grid-cols-[4.5rem_1fr] gap-x-2">
              <span className="text-small text-quiet">{kinds[kind]}</span>
              <span className="min-w-0 break-words">
                <bdi>{says}</bdi>
                {at && (
                  <span className="text-small text-quiet">
                    {' '}
                    · <Time at={at} />
                  </span>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

import { Scale } from 'lucide-react'
import { fromSettlement } from '../../../domain/desk.ts'
import { format, money } from '../../../domain/money.ts'
import { disputeFee, disputeSources, refundOrDispute } from '../../../domain/refund-or-dispute.ts'
import type { RequestScreen } from '../../../http/admin/screens.ts'
import { Card } from '../kit/Page.tsx'
import { proposedMinor } from './outcome.ts'

/** What a refund costs beside what a dispute would, with its working: whoever decides sees which figure is assumed. */
export function RefundOrDisputeCard({ screen }: { screen: RequestScreen }) {
  const { payment, you, request } = screen
  const amount = proposedMinor(screen)
  const open = request.status === 'in_review' || request.status === 'failed' || request.status === 'denied'
  if (!open || amount === 0 || !payment.captured) return null
  const { currency, dispute, fraud_warning } = payment
  const fee = disputeFee(currency, you.desk, (fee_, into) => fromSettlement(fee_.minor, into, you.desk))
  if (fee === undefined)
    return (
      <Card title="Refund or dispute">
        <p className="text-quiet">
          Set the fee of a dispute in {currency.toUpperCase()} under Settings, Limits and hours, and the two are
          compared here.
        </p>
      </Card>
    )
  const found = refundOrDispute({
    amount_minor: amount,
    left_minor: payment.refundable_minor,
    currency,
    dispute,
    fraud_warning,
    fee_minor: fee,
    win_percent: you.desk.win_percent,
  })
  const say = (minor: number) => format(money(minor, currency))
  const { won, lost } = you.disputes_decided
  const row = (what: string, figure: string, strong = false) => (
    <div key={what} className="contents">
      <dt className={strong ? 'font-medium' : 'text-quiet'}>{what}</dt>
      <dd className={`figures text-right ${strong ? 'font-medium' : ''}`}>{figure}</dd>
    </div>
  )
  return (
    <Card title="Refund or dispute">
      <p className="flex items-start gap-2">
        <Scale size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-quiet" />
        <span>{found.says}</span>
      </p>
      <details className="mt-2" open={dispute !== 'none' || fraud_warning || undefined}>
        <summary className="w-fit cursor-pointer text-small text-quiet">How this is worked out</summary>
        <dl className="mt-2 grid grid-cols-[1fr_auto] gap-x-4 gap-y-1 text-small">
          {row('The refund costs', say(found.refund.minor), true)}
          {found.dispute.lost.map(({ what, minor, from }) => row(`${what} (${from})`, say(minor)))}
          {row('A lost dispute costs', say(found.dispute.lost_minor))}
          {row('A won dispute costs', say(found.dispute.won_minor))}
          {row(
            `A dispute costs on average, ${found.dispute.win_percent} % won (assumed)`,
            say(found.dispute.likely_minor),
            true,
          )}
        </dl>
        <ul className="mt-2 list-disc space-y-1 pl-4 text-small text-quiet">
          <li>
            {won + lost === 0
              ? 'No dispute of yours was decided yet, so your own share is not known.'
              : `Of your own ${won + lost} decided ${won + lost === 1 ? 'dispute' : 'disputes'} you won ${won}.`}
          </li>
          {found.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
          {disputeSources.map(({ says, at }) => (
            <li key={at}>
              {says}{' '}
              <a className="text-accent underline" href={at} target="_blank" rel="noreferrer">
                {at.replace('https://', '')}
              </a>
            </li>
          ))}
        </ul>
      </details>
    </Card>
  )
}

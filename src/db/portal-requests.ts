import { sql } from 'kysely'
import type { RefundStatus } from '../domain/refund.ts'
import { attachmentsOf, type AttachmentRow } from './attachments.ts'
import type { Db } from './connect.ts'
import type { DecisionRow } from './decisions.ts'
import type { PaymentRow } from './payments.ts'
import { questionsOf, type QuestionRow } from './questions.ts'
import type { RequestStatus } from '../domain/request.ts'
import type { RequestRow } from './requests.ts'

export type PortalRefund = {
  status: RefundStatus
  amount_minor: number
  currency: string
  reference: string | null
  first_sent_at: string | null
  succeeded_at: string | null
  failed_at: string | null
}

export type Together = { id: string; what: string; amount_minor: number; currency: string; status: RequestStatus }

/** Everything that a status page shows. Of what comes as JSON, instants are texts. */
export type PortalRequestRow = {
  request: RequestRow
  payment: PaymentRow
  decision: (Omit<DecisionRow, 'at'> & { at: string }) | null
  refund: PortalRefund | null
  appealed_at: Date | null
  questions: QuestionRow[]
  files: AttachmentRow[]
  together: Together[]
}

/** A request of these owners with its payment, its newest decision and refund. Of somebody else's there is no row. */
export async function portalRequest(
  db: Db,
  account: string,
  owners: readonly string[],
  id: string,
  now: Date,
): Promise<PortalRequestRow | undefined> {
  const { rows } = await sql<RequestRow & Pick<PortalRequestRow, 'decision' | 'refund' | 'appealed_at' | 'together'>>`
    select r.*,
      (select to_jsonb(d) - 'facts' - 'note' from decision d where d.account_id = r.account_id and d.request_id = r.id
       order by at desc, id desc limit 1) as decision,
      (select jsonb_build_object(
         'status', f.status, 'amount_minor', f.amount_minor, 'currency', f.currency, 'reference', f.reference,
         'first_sent_at', f.first_sent_at,
         'succeeded_at', coalesce((select max(at) from move m where m.account_id = f.account_id and m.subject_id = f.id and m.to_status = 'succeeded'),
                                  case when f.status = 'succeeded' then f.settled_at end),
         'failed_at', case when f.status in ('failed', 'canceled') then f.settled_at end)
       from refund f where f.account_id = r.account_id and f.request_id = r.id order by created_at desc, id desc limit 1) as refund,
      (select max(at) from move m where m.account_id = r.account_id and m.subject_id = r.id and m.event = 'appeal') as appealed_at,
      coalesce((select jsonb_agg(jsonb_build_object('id', o.id, 'what', coalesce(op.product_name, op.description),
          'status', case when o.undo_until > ${now} then 'in_review' else o.status end,
          'amount_minor', coalesce(o.asked_minor, op.captured_minor), 'currency', o.currency) order by o.payment_id)
        from refund_request o join payment op on op.account_id = o.account_id and op.id = o.payment_id
        where o.account_id = r.account_id and o.bundle_id = r.bundle_id and o.id <> r.id and op.owner_id = any(${owners}::text[])), '[]') as together
    from refund_request r join payment p on p.account_id = r.account_id and p.id = r.payment_id
    where r.account_id = ${account} and r.id = ${id} and p.owner_id = any(${owners}::text[])`.execute(db)
  const found = rows[0]
  if (found === undefined) return undefined
  const { rows: paid } = await sql<PaymentRow>`
    select * from payment where account_id = ${account} and id = ${found.payment_id}`.execute(db)
  const { decision, refund, appealed_at, together, ...request } = found
  if (paid[0] === undefined) return undefined
  const [questions, files] = await Promise.all([questionsOf(db, account, id), attachmentsOf(db, account, id)])
  return { request, payment: paid[0], decision, refund, appealed_at, together, questions, files }
}

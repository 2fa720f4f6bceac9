import { sql } from 'kysely'
import type { App } from '../app.ts'
import { deskOf } from '../db/desk.ts'
import { afterWorkingMinutes } from '../domain/working-time.ts'

/**
 * What time does at the desk: snoozed requests come back, questions without an answer bring their request back, whoever has
 * taken on what is due soon is reminded, what is overdue goes to the role that the owner named. Decides and pays nothing.
 * Each change is one statement with its line in the audit trail, so that any number of processes may run this.
 */
export async function watchDesk(app: App): Promise<void> {
  const { account } = app
  const now = app.now()
  const desk = await deskOf(app.db, account)
  await sql`
    with woken as (
      update refund_request set snoozed_until = null
      where account_id = ${account} and snoozed_until <= ${now} and status in ('in_review', 'failed') returning id)
    insert into audit (account_id, at, actor, action, subject_id)
    select ${account}, ${now}, 'moneyback', 'request.woken', id from woken`.execute(app.db)
  await sql`
    with over as (
      update question set closed_at = ${now}
      where account_id = ${account} and answer_by <= ${now} and answered_at is null and closed_at is null returning request_id),
    back as (
      update refund_request set asked_at = null, due_at = ${now}
      where account_id = ${account} and id in (select request_id from over) and asked_at is not null returning id)
    insert into audit (account_id, at, actor, action, subject_id)
    select ${account}, ${now}, 'moneyback', 'request.not_answered', id from back`.execute(app.db)
  const soon = afterWorkingMinutes(now, desk.remind_before, desk.hours)
  await sql`
    with due as (
      update refund_request set reminded_at = ${now}
      where account_id = ${account} and status in ('in_review', 'failed') and due_at <= ${soon} and reminded_at is null
        and assignee like 'staff:%' and asked_at is null returning id, assignee),
    named as (
      insert into mention (account_id, request_id, staff_id, by, at)
      select ${account}, due.id, s.id, 'moneyback', ${now} from due join staff s on 'staff:' || s.id = due.assignee
      on conflict (account_id, staff_id, request_id) do update set by = excluded.by, at = excluded.at, seen_at = null)
    insert into audit (account_id, at, actor, action, subject_id, detail)
    select ${account}, ${now}, 'moneyback', 'request.reminded', id, jsonb_build_object('to', assignee) from due`.execute(
    app.db,
  )
  if (desk.escalate_to === null) return
  await sql`
    with late as (
      update refund_request set escalated_to = ${desk.escalate_to}
      where account_id = ${account} and status in ('in_review', 'failed') and due_at <= ${now} and escalated_to is null
        and asked_at is null returning id)
    insert into audit (account_id, at, actor, action, subject_id, detail)
    select ${account}, ${now}, 'moneyback', 'request.escalated', id,
      jsonb_build_object('to', ${desk.escalate_to}::text, 'note', 'It is overdue.') from late`.execute(app.db)
}

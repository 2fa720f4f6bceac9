import { sql } from 'kysely'
import type { Actor } from '../domain/actor.ts'
import type { QuestionId } from '../domain/ids.ts'
import type { Db, Tx } from './connect.ts'

export type QuestionRow = {
  account_id: string
  id: QuestionId
  request_id: string
  question: string
  asked_by: Actor
  asked_at: Date
  /** Without an answer until then, the request is back with staff. */
  answer_by: Date
  answer: string | null
  answered_by: Actor | null
  answered_at: Date | null
  /** Over without an answer. */
  closed_at: Date | null
}

export type NewQuestion = Pick<
  QuestionRow,
  'account_id' | 'id' | 'request_id' | 'question' | 'asked_by' | 'asked_at' | 'answer_by'
>

/** Writes a question and lets the request wait for the customer. The request is locked and has no open question. */
export async function insertQuestion(tx: Tx, q: NewQuestion): Promise<void> {
  await sql`
    insert into question (account_id, id, request_id, question, asked_by, asked_at, answer_by)
    values (${q.account_id}, ${q.id}, ${q.request_id}, ${q.question}, ${q.asked_by}, ${q.asked_at}, ${q.answer_by})`.execute(
    tx,
  )
  await sql`
    update refund_request set asked_at = ${q.asked_at}, due_at = null
    where account_id = ${q.account_id} and id = ${q.request_id}`.execute(tx)
}

/** The question that waits for the customer, if there is one. */
export async function openQuestion(db: Db, account: string, request: string): Promise<QuestionRow | undefined> {
  const { rows } = await sql<QuestionRow>`
    select * from question where account_id = ${account} and request_id = ${request}
      and answered_at is null and closed_at is null`.execute(db)
  return rows[0]
}

/** All questions of a request with their answers, oldest first. */
export async function questionsOf(db: Db, account: string, request: string): Promise<QuestionRow[]> {
  const { rows } = await sql<QuestionRow>`
    select * from question where account_id = ${account} and request_id = ${request} order by asked_at, id`.execute(db)
  return rows
}

/** Keeps the customer's answer; the request waits for staff again, until `due_at`. */
export async function keepAnswer(
  tx: Tx,
  { account_id, id, request_id }: QuestionRow,
  { answer, by, at, due_at }: { answer: string; by: Actor; at: Date; due_at: Date },
): Promise<void> {
  await sql`
    update question set answer = ${answer}, answered_by = ${by}, answered_at = ${at}
    where account_id = ${account_id} and id = ${id}`.execute(tx)
  await sql`
    update refund_request set asked_at = null, due_at = ${due_at}
    where account_id = ${account_id} and id = ${request_id}`.execute(tx)
}

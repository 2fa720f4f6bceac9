import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { lockPayment } from '../db/payments.ts'
import { insertQuestion, openQuestion } from '../db/questions.ts'
import { findRequest, lockRequest } from '../db/requests.ts'
import { mayAs, type Actor, type Role } from '../domain/actor.ts'
import { commentAtMost, lengthOf } from '../domain/comment.ts'
import { newId, type QuestionId } from '../domain/ids.ts'
import { no, ok, type Result } from '../domain/refusal.ts'
import { tell } from './tell.ts'

/** How long the customer has. After that the request is back with staff: silence decides nothing. */
const answerWithinMs = 7 * 24 * 60 * 60 * 1000

export type Asked = {
  readonly id: string
  readonly by: Actor
  readonly role: Role
  /** What the customer reads, word for word. At most 10,000 characters. */
  readonly question: string
}

/**
 * Asks the customer something before anybody decides. The request waits for the customer, and comes back to the queue with
 * the answer, or after seven days without one. Refuses: request_not_found, role_too_low, question_missing, text_too_long,
 * already_decided, question_already_open.
 */
export async function askCustomer(
  app: App,
  { id, by, role, question }: Asked,
): Promise<Result<{ id: string; question: QuestionId }>> {
  if (!mayAs(role, 'support')) return no({ code: 'role_too_low', needed: 'support' })
  if (question.trim() === '') return no({ code: 'question_missing' })
  if (lengthOf(question) > commentAtMost) return no({ code: 'text_too_long', field: 'question', most: commentAtMost })
  const known = await findRequest(app.db, app.account, id)
  if (known === undefined) return no({ code: 'request_not_found' })
  return inTransaction(app.db, async (tx) => {
    await lockPayment(tx, app.account, known.payment_id)
    const request = await lockRequest(tx, app.account, known.id)
    if (request.status !== 'in_review' && request.status !== 'failed')
      return no({ code: 'already_decided', status: request.status })
    if (await openQuestion(tx, app.account, request.id)) return no({ code: 'question_already_open' })
    const at = app.now()
    const asked = {
      account_id: app.account,
      id: newId('que'),
      request_id: request.id,
      question: question.trim(),
      asked_by: by,
      asked_at: at,
      answer_by: new Date(at.getTime() + answerWithinMs),
    }
    await insertQuestion(tx, asked)
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'request.asked',
      subject: request.id,
      detail: { question: asked.id, customer: request.customer_id },
    })
    await tell(app, tx, { request, kind: 'question', quote: asked.question, due_at: asked.answer_by })
    return ok({ id: request.id, question: asked.id })
  })
}

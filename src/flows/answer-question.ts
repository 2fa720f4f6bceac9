import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { lockPayment } from '../db/payments.ts'
import { keepAnswer, openQuestion } from '../db/questions.ts'
import { findRequest, lockRequest } from '../db/requests.ts'
import type { Actor } from '../domain/actor.ts'
import { commentAtMost, lengthOf } from '../domain/comment.ts'
import type { QuestionId } from '../domain/ids.ts'
import { no, ok, type Result } from '../domain/refusal.ts'
import { dueTime } from './due-time.ts'
import { filesAreThere, tieFiles, type SentFiles } from './tie-files.ts'

export type Answered = {
  readonly id: string
  readonly by: Actor
  /** When given, the request must be theirs: anybody else's is answered as one that doesn't exist. */
  readonly customer?: string | undefined
  /** At most 10,000 characters, kept as it was written. */
  readonly answer: string
  readonly files?: SentFiles | undefined
}

/**
 * The customer's answer to the open question. The request is back in the queue with a new due time; nothing is decided.
 * Refuses: request_not_found, answer_missing, text_too_long, attachment_not_found, no_open_question.
 */
export async function answerQuestion(
  app: App,
  { id, by, customer, answer, files }: Answered,
): Promise<Result<{ id: string; question: QuestionId }>> {
  const known = await findRequest(app.db, app.account, id)
  if (known === undefined || (customer !== undefined && known.owner_id !== customer))
    return no({ code: 'request_not_found' })
  if (answer.trim() === '') return no({ code: 'answer_missing' })
  if (lengthOf(answer) > commentAtMost) return no({ code: 'text_too_long', field: 'answer', most: commentAtMost })
  if (!(await filesAreThere(app, files))) return no({ code: 'attachment_not_found' })
  return inTransaction(app.db, async (tx) => {
    await lockPayment(tx, app.account, known.payment_id)
    const request = await lockRequest(tx, app.account, known.id)
    const question = await openQuestion(tx, app.account, request.id)
    if (question === undefined) return no({ code: 'no_open_question' })
    const at = app.now()
    await keepAnswer(tx, question, { answer: answer.trim(), by, at, due_at: await dueTime(app, tx, at) })
    await tieFiles(app, tx, files, { request: request.id, question: question.id })
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'request.answered',
      subject: request.id,
      detail: { question: question.id, customer: request.customer_id },
    })
    return ok({ id: request.id, question: question.id })
  })
}

import { describe, expect, test } from 'vitest'
import { answerQuestion } from '../src/flows/answer-question.ts'
import { approve, inReview, messages } from './cases.ts'
import { openWorld, type Problem } from './world.ts'

describe('asking the customer', () => {
  test('the request waits for the customer, and comes back to staff with the answer', async () => {
    await using world = await openWorld()
    const {
      customer,
      request: { id },
    } = await inReview(world)
    const asked = await world.api('POST', `/v1/refund_requests/${id}/ask`, { question: ' Which plan did you mean? ' })
    expect(asked).toMatchObject({
      status: 200,
      body: { status: 'in_review', waiting_for: 'customer', due_at: null, questions: [{ answer: null }] },
    })
    expect(asked.body.questions[0]!.question).toBe('Which plan did you mean?')
    expect(await messages(world)).toContain('question kept')
    const [message] = await world.rows<{ body: string }>(`select body from message where kind = 'question'`)
    expect(message!.body).toContain('Which plan did you mean?')

    const stranger = await answerQuestion(world.app, { id, by: 'customer:cus_x', customer: 'cus_x', answer: 'Mine.' })
    expect(stranger).toMatchObject({ ok: false, no: { code: 'request_not_found' } })
    const answer = 'The yearly one 🙏 <b>please</b>'
    expect(await answerQuestion(world.app, { id, by: `customer:${customer}`, customer, answer })).toMatchObject({
      ok: true,
    })
    const back = await world.request(id)
    expect(back).toMatchObject({ waiting_for: 'staff', questions: [{ answer, answered_at: expect.any(String) }] })
    expect(back.due_at).not.toBeNull()
    const twice = await world.api<Problem>('POST', `/v1/refund_requests/${id}/answer`, { answer: 'And more.' })
    expect([twice.status, twice.body.code]).toEqual([409, 'no_open_question'])
  })

  test('a decision ends the question; a second one while one is open is refused', async () => {
    await using world = await openWorld()
    const {
      request: { id },
    } = await inReview(world)
    await world.api('POST', `/v1/refund_requests/${id}/ask`, { question: 'Why?' })
    const second = await world.api<Problem>('POST', `/v1/refund_requests/${id}/ask`, { question: 'And why?' })
    expect([second.status, second.body.code]).toEqual([409, 'question_already_open'])
    await approve(world, id, {})
    expect((await world.request(id)).waiting_for).toBe('stripe')
    const late = await world.api<Problem>('POST', `/v1/refund_requests/${id}/answer`, { answer: 'Because.' })
    expect([late.status, late.body.code]).toEqual([409, 'no_open_question'])
  })

  test('an empty question, one of 10,001 characters, and a decided request are refused, each with its reason', async () => {
    await using world = await openWorld()
    const {
      request: { id },
    } = await inReview(world)
    const ask = async (question: string) => {
      const { status, body } = await world.api<Problem>('POST', `/v1/refund_requests/${id}/ask`, { question })
      return [status, body.code]
    }
    expect(await ask('  ')).toEqual([422, 'question_missing'])
    expect(await ask('😀'.repeat(10_001))).toEqual([422, 'text_too_long'])
    await approve(world, id, {})
    expect(await ask('Why?')).toEqual([409, 'already_decided'])
  })
})

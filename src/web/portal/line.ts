import type { DecisionView, RefundView, RequestView } from '../../http/portal/wire.ts'
import { day, weekday } from './format.ts'
import { fill } from './words/fill.ts'
import type { Words } from './words/words.ts'

/** One step of a request's time line. `no` is done, and the answer was no. */
export type LineStep = {
  readonly words: string
  readonly state: 'done' | 'now' | 'next' | 'stopped' | 'no'
  readonly at: string | null
  readonly detail: string | null
}

type Told = { readonly words: Words; readonly locale: string; readonly now: Date }

const step = (
  words: string,
  state: LineStep['state'],
  at: string | null = null,
  detail: string | null = null,
): LineStep => ({ words, state, at, detail })

/** What has happened to a request, what is happening, and what will. */
export function lineOf(request: RequestView, told: Told): LineStep[] {
  return [...receivedSteps(request, told), ...decidedSteps(request, told), ...moneySteps(request, told)]
}

function receivedSteps({ created_at, appealed_at, decision }: RequestView, { words: { line } }: Told): LineStep[] {
  if (decision?.by === 'elsewhere') return [step(line.made_elsewhere, 'done', created_at)]
  const received = step(line.received, 'done', created_at)
  return appealed_at === null
    ? [received]
    : [received, step(line.denied_policy, 'no'), step(line.asked_person, 'done', appealed_at)]
}

function decidedSteps(
  { status, due_at, decision, closed_at, questions }: RequestView,
  { words: { line, asked }, locale }: Told,
): LineStep[] {
  const open = questions.find((question) => question.open)
  if (status === 'submitted') return [step(line.checking, 'now')]
  if (status === 'withdrawn') return [step(line.withdrawn, 'no', closed_at)]
  if (status === 'in_review' && open)
    return [step(asked.title, 'now', open.asked_at, fill(line.by, { date: weekday(open.answer_by, locale) }))]
  if (status === 'handled' || status === 'merged') return [step(line[status], 'done', closed_at)]
  if (status === 'in_review')
    return [step(line.person_looks, 'now', null, due_at && fill(line.by, { date: weekday(due_at, locale) }))]
  if (decision === null || decision.by === 'elsewhere') return []
  return [decidedStep(decision, status === 'denied', line)]
}

function decidedStep({ by, at }: DecisionView, denied: boolean, line: Words['line']): LineStep {
  if (denied) return step(by === 'policy' ? line.denied_policy : line.denied_person, 'no', at)
  return step(by === 'policy' ? line.approved_policy : line.approved_person, 'done', at)
}

function moneySteps({ status, refund }: RequestView, told: Told): LineStep[] {
  const { line } = told.words
  if (['denied', 'withdrawn', 'handled', 'merged'].includes(status)) return []
  if (status === 'submitted' || status === 'in_review') return [step(line.answer, 'next')]
  if (refund === null) return status === 'failed' ? [] : [step(line.sent, 'next'), step(line.arrives, 'next')]
  if (status === 'failed') return [...failedSteps(refund, told), step(line.person_solves, 'now')]
  if (refund.status !== 'succeeded') return [step(line.sending, 'now'), step(line.arrives, 'next')]
  return [step(line.sent, 'done', refund.succeeded_at ?? refund.sent_at), arrivalStep(refund, told)]
}

function failedSteps({ succeeded_at, failed_at }: RefundView, { words: { line } }: Told): LineStep[] {
  if (succeeded_at === null) return [step(line.not_sent, 'stopped', failed_at)]
  return [step(line.sent, 'done', succeeded_at), step(line.returned, 'stopped', failed_at)]
}

function arrivalStep({ expected }: RefundView, { words: { line, arrival }, locale, now }: Told): LineStep {
  if (expected === null) return step(line.arrives, 'next')
  const span = fill(arrival.between, { from: day(expected.from, locale), to: day(expected.to, locale) })
  return isLate(expected.to, now) ? step(line.arrived, 'done', null, span) : step(line.arrives, 'now', null, span)
}

/** Whether the last day on which money was expected is over. */
export const isLate = (lastDay: string, now: Date): boolean => now.getTime() > new Date(lastDay).getTime() + 86_400_000

import { convertGiven } from '../given.ts'
import type { Given } from '../given.ts'
import type { Policy } from '../policy.ts'
import { factWords } from '../value-names.ts'
import { moneyWords } from '../words.ts'
import type { Bounds } from './bounds.ts'
import type { CaseAnswer, Difference } from './differences.ts'

const histories: Readonly<Record<string, string>> = {
  'customer.refunds': 'earlier refunds, before the request',
  'customer.requests': 'earlier requests, before the request',
  'customer.payments': 'other payments, before the request',
}

/** A case for the owner of a policy: each fact that is not ordinary. */
export function caseWords(given: Given, policies: readonly Policy[]): string {
  const facts = Object.entries(given).map(([name, value]) => {
    const own = policies
      .map((policy) => ({ fact: policy.facts.get(name), zone: policy.scope.zone }))
      .find(({ fact }) => fact)
    if (!own?.fact)
      return `${histories[name] ?? name}: ${Array.isArray(value) && value.length > 0 ? value.join(', ') : 'none'}`
    const { fact, zone } = own
    const words = Array.isArray(value)
      ? value.join(', ') || 'none'
      : factWords(fact, convertGiven(fact, value, zone), 'en', zone)
    return `${fact.label['en'] ?? name}: ${words}`
  })
  return facts.length === 0 ? 'an ordinary request' : facts.join('; ')
}

/** What an ordinary request is: what every case is, but for the facts that it names. */
export const ordinaryWords =
  'Where a case names no fact, it is ordinary: a monthly payment of $49.00 made ten days ago and asked back in full by a customer of one year without a history.'

const accessWords = {
  now: 'access ends at once',
  period_end: 'access ends with the period',
  keep: 'access stays',
} as const

/** An answer in words, with what else is different from another one. */
export function answerWords(answer: CaseAnswer, other?: CaseAnswer): string {
  const { verdict, amount, rule, approvers } = answer
  const more = [
    ...(other && answer.access !== other.access ? [accessWords[answer.access]] : []),
    ...(other && verdict !== 'deny' && answer.destination !== other.destination
      ? [answer.destination === 'credit' ? 'to the balance' : 'back the way it came']
      : []),
    ...(approvers && other?.verdict === 'review' ? [`${approvers.count} × ${approvers.role}`] : []),
    ...(other && answer.appeal !== other.appeal ? [answer.appeal ? 'may be appealed' : 'no appeal'] : []),
  ]
  const paid = verdict === 'deny' ? 'deny' : `${verdict} ${moneyWords(amount, 'en')}`
  return `${paid} by ${rule}${more.length > 0 ? `, ${more.join(', ')}` : ''}`
}

/** What a difference means in money, paid without anybody in the loop. */
export function moreWords({ more }: Pick<Difference, 'more'>): string {
  if (more.minor === 0) return 'no money more or less'
  const amount = moneyWords({ ...more, minor: Math.abs(more.minor) }, 'en')
  return more.minor > 0 ? `${amount} more` : `${amount} less`
}

/** Within what bounds a proof holds. */
export function boundsWords({ now, longest, amount, count, share, currencies }: Bounds): string {
  const date = (instant: number): string => new Date(instant).toISOString().slice(0, 10)
  return [
    `requests from ${date(now[0])} to ${date(now[1])}, up to ${Math.round(longest / 86_400_000)} days after the payment`,
    `amounts up to ${(amount / 100).toLocaleString('en')} (as two-decimal units)`,
    `counts up to ${count.toLocaleString('en')}, shares up to ${share * 100}%`,
    `paid periods up to a year`,
    `the currencies ${currencies.join(', ')}`,
    'your own facts known or unknown',
    'payments that no guard refuses',
  ].join('; ')
}

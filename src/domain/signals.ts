import { format, money } from './money.ts'
import type { RequestStatus } from './request.ts'

/** By what another payment belongs together with the one that is looked at. */
export type LinkedBy = 'customer' | 'card' | 'domain'

export type LinkedPayment = {
  readonly link: LinkedBy
  readonly id: string
  readonly owner: string | null
  readonly customer: string | null
  readonly who: string | null
  readonly description: string
  readonly captured_minor: number
  readonly refunded_minor: number
  readonly currency: string
  readonly paid_at: Date
  readonly dispute: 'none' | 'inquiry' | 'open' | 'won' | 'lost'
  readonly fraud_warning: boolean
}

export type LinkedRequest = {
  readonly link: LinkedBy
  readonly id: string
  readonly payment: string
  readonly who: string | null
  readonly status: RequestStatus
  readonly reason: string
  readonly channel: string
  readonly created_at: Date
  readonly currency: string
  readonly refunded_minor: number
}

/** What a person paid in all and got back, in one currency. */
export type Value = {
  readonly currency: string
  readonly payments: number
  readonly paid_minor: number
  readonly refunded_minor: number
  readonly since: Date
}

export type SignalFacts = {
  readonly now: Date
  /** The payment that is asked about, and when it was asked. */
  readonly payment: string
  readonly asked_at: Date
  readonly domain: string | undefined
  /** Whether more payments than were read may be linked so. */
  readonly more: Readonly<Record<LinkedBy, boolean>>
  readonly payments: readonly LinkedPayment[]
  readonly requests: readonly LinkedRequest[]
  readonly value: readonly Value[]
}

export type SignalKind = 'earlier' | 'card' | 'domain' | 'dispute' | 'fraud_warning' | 'velocity' | 'value'

/** One thing that is so, in words, with what it is made of. It says nothing about what somebody is. */
export type Signal = {
  readonly kind: SignalKind
  /** Whether it is worth a second look. What is as usual is shown quietly. */
  readonly notable: boolean
  readonly says: string
  /** What else can be the reason for it, or how it was counted. */
  readonly beside: string | null
  readonly requests: readonly LinkedRequest[]
  readonly payments: readonly LinkedPayment[]
}

/** So many lines stand under a signal at most; the sentence counts all. */
const linesMax = 25
const dayMs = 24 * 60 * 60 * 1000

/** What is known around a request, for whoever decides. Only facts, each with its list; whether they weigh is for a person. */
export function signalsOf(facts: SignalFacts): Signal[] {
  const of = (link: LinkedBy) => ({
    requests: facts.requests.filter((request) => request.link === link),
    payments: facts.payments.filter((payment) => payment.link === link),
    orMore: facts.more[link] ? ' or more' : '',
  })
  return [
    earlier(of('customer'), facts.asked_at),
    card(of('card')),
    domain(of('domain'), facts.domain),
    dispute(of('customer').payments, of('card').payments, facts.payment),
    warning(of('customer').payments, of('card').payments, facts.payment),
    velocity(facts),
    value(facts.value),
  ].filter((signal) => signal !== undefined)
}

type Linked = { requests: readonly LinkedRequest[]; payments: readonly LinkedPayment[]; orMore: string }

function earlier({ requests }: Linked, asked: Date): Signal {
  const before = requests.filter(({ created_at }) => created_at <= asked)
  return {
    kind: 'earlier',
    notable: before.length > 0,
    says:
      before.length === 0
        ? 'No earlier request or refund of this customer.'
        : `${times(before.length, 'earlier request or refund', 'earlier requests or refunds')} of this customer: ${outcomes(before)}.`,
    beside: null,
    ...lines(before, []),
  }
}

function card({ requests, payments, orMore }: Linked): Signal | undefined {
  if (payments.length === 0) return undefined
  return {
    kind: 'card',
    notable: requests.length > 0,
    says: `The same card also paid for ${people(payments)}${orMore}: ${
      requests.length === 0 ? 'no request there' : `${times(requests.length, 'request')}, ${outcomes(requests)}`
    }.`,
    beside: 'Families and companies share cards, and one person may have two addresses.',
    ...lines(requests, payments),
  }
}

function domain({ requests, payments, orMore }: Linked, name: string | undefined): Signal | undefined {
  if (name === undefined || payments.length === 0) return undefined
  return {
    kind: 'domain',
    notable: requests.length > 0,
    says: `${capital(people(payments))}${orMore} with an address at ${name}: ${
      requests.length === 0 ? 'no request there' : `${times(requests.length, 'request')}, ${outcomes(requests)}`
    }.`,
    beside: 'Often a company or a school. Addresses at public mail providers are not compared.',
    ...lines(requests, payments),
  }
}

const disputeWords = { inquiry: 'an inquiry', open: 'open', won: 'won', lost: 'lost' } as const

function dispute(own: readonly LinkedPayment[], card: readonly LinkedPayment[], payment: string): Signal {
  const disputed = [...own, ...card].filter((one) => one.dispute !== 'none')
  const here = disputed.find(({ id }) => id === payment)
  const others = disputed.filter(({ id }) => id !== payment)
  const states = [...new Set(others.map((one) => disputeWords[one.dispute as keyof typeof disputeWords]))].join(', ')
  return {
    kind: 'dispute',
    notable: disputed.length > 0,
    says: [
      here && `The bank has a dispute about this payment: ${disputeWords[here.dispute as keyof typeof disputeWords]}.`,
      others.length > 0 && `${times(others.length, 'dispute')} on other payments of this customer or card: ${states}.`,
      disputed.length === 0 && 'No dispute on any payment of this customer or card.',
    ]
      .filter(Boolean)
      .join(' '),
    beside:
      disputed.length > 0
        ? 'A dispute is a customer asking their bank. It says that they asked, not who was right.'
        : null,
    ...lines([], disputed),
  }
}

function warning(own: readonly LinkedPayment[], card: readonly LinkedPayment[], payment: string): Signal | undefined {
  const warned = [...own, ...card].filter(({ fraud_warning }) => fraud_warning)
  if (warned.length === 0) return undefined
  const here = warned.some(({ id }) => id === payment)
  const others = warned.length - (here ? 1 : 0)
  return {
    kind: 'fraud_warning',
    notable: true,
    says: [
      here && 'The card’s issuer reported this payment as fraudulent before any dispute.',
      others > 0 && `${times(others, 'early fraud warning')} on other payments of this customer or card.`,
    ]
      .filter(Boolean)
      .join(' '),
    beside: 'The cardholder may be the one who was harmed. A refund in time often avoids the dispute.',
    ...lines([], warned),
  }
}

function velocity({ requests, now, asked_at }: SignalFacts): Signal {
  // A shared domain says nothing about how often somebody asks.
  const near = requests.filter(({ link }) => link !== 'domain')
  const within = (days: number) =>
    near.filter(({ created_at }) => now.getTime() - created_at.getTime() <= days * dayMs).length +
    (now.getTime() - asked_at.getTime() <= days * dayMs ? 1 : 0)
  const [week, month, quarter] = [within(7), within(30), within(90)]
  return {
    kind: 'velocity',
    notable: week > 1 || month > 2,
    says: `Requests in the last 7, 30 and 90 days: ${week}, ${month}, ${quarter}.`,
    beside: 'Of this customer and this card, this one included.',
    ...lines(
      near.filter(({ created_at }) => now.getTime() - created_at.getTime() <= 90 * dayMs),
      [],
    ),
  }
}

function value(values: readonly Value[]): Signal | undefined {
  if (values.length === 0) return undefined
  const since = new Date(Math.min(...values.map((one) => one.since.getTime())))
  const parts = values.map(({ currency, payments, paid_minor, refunded_minor }) => {
    const share = paid_minor > 0 ? Math.round((refunded_minor * 100) / paid_minor) : 0
    const back =
      refunded_minor > 0
        ? `, ${format(money(refunded_minor, currency))} given back (${share} %)`
        : ', nothing given back'
    return `${format(money(paid_minor, currency))} in ${times(payments, 'payment')}${back}`
  })
  return {
    kind: 'value',
    notable: false,
    says: `Paid ${parts.join('; ')}. First payment on ${day(since)}.`,
    beside: null,
    ...lines([], []),
  }
}

const lines = (requests: readonly LinkedRequest[], payments: readonly LinkedPayment[]) => ({
  requests: requests.slice(0, linesMax),
  payments: payments.slice(0, linesMax),
})

const times = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
const people = (payments: readonly LinkedPayment[]): string =>
  times(new Set(payments.map(({ owner, id }) => owner ?? id)).size, 'other customer')
const day = (at: Date): string => new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(at)

const groups: readonly (readonly [string, readonly RequestStatus[]])[] = [
  ['refunded', ['refunded', 'approved', 'handled']],
  ['denied', ['denied']],
  ['taken back', ['withdrawn', 'merged']],
  ['failed', ['failed']],
  ['undecided', ['submitted', 'in_review']],
]

/** "2 refunded (€98.00), 1 denied". */
function outcomes(requests: readonly LinkedRequest[]): string {
  const sums = new Map<string, number>()
  for (const { currency, refunded_minor } of requests)
    if (refunded_minor > 0) sums.set(currency, (sums.get(currency) ?? 0) + refunded_minor)
  const given = [...sums].map(([currency, minor]) => format(money(minor, currency))).join(', ')
  return groups
    .map(([word, statuses]) => {
      const n = requests.filter(({ status }) => statuses.includes(status)).length
      return n === 0 ? '' : `${n} ${word}${word === 'refunded' && given ? ` (${given})` : ''}`
    })
    .filter(Boolean)
    .join(', ')
}

/** The counts that two looks at the same request are compared by. */
export type SignalCounts = {
  readonly earlier: number
  readonly card: number
  readonly domain: number
  readonly disputes: number
  readonly fraud_warnings: number
}

/** How many there are of each, for comparing what one approver saw with what is so now. */
export function countSignals({ requests, payments }: Pick<SignalFacts, 'requests' | 'payments'>): SignalCounts {
  const near = payments.filter(({ link }) => link !== 'domain')
  const by = (link: LinkedBy) => requests.filter((request) => request.link === link).length
  return {
    earlier: by('customer'),
    card: by('card'),
    domain: by('domain'),
    disputes: near.filter(({ dispute: state }) => state !== 'none').length,
    fraud_warnings: near.filter(({ fraud_warning }) => fraud_warning).length,
  }
}

import type { Facts } from '../facts.ts'
import { firstReasonCodes } from '../reasons.ts'
import { dayOf, wholeMonthsBetween } from './calendar.ts'
import type { Zone } from './calendar.ts'
import type { Fraction, Known, ValueType } from './values.ts'

/** A fact that an expression may name: what it is, what people call it, and where it is read. */
export type Fact = {
  readonly name: string
  readonly type: ValueType
  readonly label: Readonly<Record<string, string>>
  /** The only values that a text can have. */
  readonly values?: readonly string[]
  /** `runs` grows with the clock one for one; `falls` shrinks while the paid period passes. Otherwise time leaves it as it is. */
  readonly clock?: 'runs' | 'falls'
  /** What the customer can still do about it, by language: "Downgrade your plan first". */
  readonly step?: Readonly<Record<string, string>>
  /** Pushed by the merchant, so it can be missing or late. */
  readonly merchant?: true
  readonly read: (facts: Facts, zone: Zone) => Known
}

const at = (instant: Date | undefined): number | undefined => instant?.getTime()

const none: Fraction = { part: 0, whole: 1 }

/** A one-off payment has no period, which is known; a subscription payment without one is a fact still missing. */
function period(facts: Facts): { start: number; end: number } | null | undefined {
  const { period_start: start, period_end: end, interval } = facts.payment
  if (start && end) return end > start ? { start: start.getTime(), end: end.getTime() } : undefined
  return interval === 'once' ? null : undefined
}

/** How much of the paid period is left, by the millisecond. */
function unusedShare(facts: Facts): Fraction | null | undefined {
  const paid = period(facts)
  if (!paid) return paid
  const left = Math.min(Math.max(paid.end - facts.now.getTime(), 0), paid.end - paid.start)
  return left === 0 ? none : { part: left, whole: paid.end - paid.start }
}

/** Calendar days left after today, of the days in the paid period. */
function unusedDaysShare(facts: Facts, zone: Zone): Fraction | null | undefined {
  const paid = period(facts)
  if (!paid) return paid
  const [first, end] = [dayOf(zone, paid.start), dayOf(zone, paid.end)]
  const whole = Math.max(end - first, 1)
  const left = end - dayOf(zone, facts.now.getTime()) - 1
  return { part: Math.min(Math.max(left, 0), whole), whole }
}

/** Whole months left, of the whole months in the paid period. */
function unusedMonthsShare(facts: Facts, zone: Zone): Fraction | null | undefined {
  const paid = period(facts)
  if (!paid) return paid
  const whole = wholeMonthsBetween(zone, paid.start, paid.end)
  if (whole === 0) return none
  return { part: Math.min(wholeMonthsBetween(zone, facts.now.getTime(), paid.end), whole), whole }
}

const subscriptionStatuses = [
  'incomplete',
  'incomplete_expired',
  'trialing',
  'active',
  'past_due',
  'canceled',
  'unpaid',
  'paused',
]

/** Every built-in fact by name. */
export const builtInFacts: ReadonlyMap<string, Fact> = new Map(
  (
    [
      {
        name: 'now',
        type: 'instant',
        clock: 'runs',
        read: (f) => f.now.getTime(),
        label: { en: 'the time of the request', de: 'der Zeitpunkt der Anfrage' },
      },
      {
        name: 'payment.amount',
        type: 'money',
        read: (f) => f.payment.amount,
        label: { en: 'the payment', de: 'die Zahlung' },
      },
      {
        name: 'payment.refunded',
        type: 'money',
        read: (f) => f.payment.refunded,
        label: { en: 'what was already refunded', de: 'der bereits erstattete Betrag' },
      },
      {
        name: 'payment.refundable',
        type: 'money',
        read: (f) => f.payment.refundable,
        label: { en: 'what can still be refunded', de: 'der noch erstattbare Betrag' },
      },
      {
        name: 'payment.currency',
        type: 'text',
        read: (f) => f.payment.amount.currency,
        label: { en: 'the currency', de: 'die Währung' },
      },
      {
        name: 'payment.paid_at',
        type: 'instant',
        read: (f) => f.payment.paid_at.getTime(),
        label: { en: 'the time of the payment', de: 'der Zeitpunkt der Zahlung' },
      },
      {
        name: 'payment.age',
        type: 'duration',
        clock: 'runs',
        read: (f) => f.now.getTime() - f.payment.paid_at.getTime(),
        label: { en: 'the time since the payment', de: 'die Zeit seit der Zahlung' },
      },
      {
        name: 'payment.captured',
        type: 'bool',
        read: (f) => f.payment.captured,
        label: { en: 'the payment was captured', de: 'die Zahlung wurde eingezogen' },
      },
      {
        name: 'payment.method',
        type: 'text',
        read: (f) => f.payment.method,
        label: { en: 'the payment method', de: 'die Zahlungsart' },
      },
      {
        name: 'payment.dispute',
        type: 'text',
        values: ['none', 'inquiry', 'open', 'won', 'lost'],
        read: (f) => f.payment.dispute,
        label: { en: 'the dispute', de: 'die Rückbuchung' },
      },
      {
        name: 'payment.fraud_warning',
        type: 'bool',
        read: (f) => f.payment.fraud_warning,
        label: { en: 'the bank warned of fraud', de: 'die Bank hat vor Betrug gewarnt' },
      },
      {
        name: 'payment.product',
        type: 'text',
        read: (f) => f.payment.product,
        label: { en: 'the product', de: 'das Produkt' },
      },
      {
        name: 'payment.product_name',
        type: 'text',
        read: (f) => f.payment.product_name,
        label: { en: 'the name of the product', de: 'der Name des Produkts' },
      },
      {
        name: 'payment.interval',
        type: 'text',
        values: ['day', 'week', 'month', 'year', 'once'],
        read: (f) => f.payment.interval,
        label: { en: 'the billing', de: 'die Abrechnung' },
      },
      {
        name: 'payment.interval_count',
        type: 'count',
        read: (f) => f.payment.interval_count,
        label: { en: 'the number of intervals billed at once', de: 'die Zahl der auf einmal berechneten Intervalle' },
      },
      {
        name: 'payment.first',
        type: 'bool',
        read: (f) => f.payment.first,
        label: { en: 'it is the first payment for the product', de: 'es ist die erste Zahlung für das Produkt' },
      },
      {
        name: 'payment.renewal',
        type: 'bool',
        read: (f) => !f.payment.first && f.payment.interval !== 'once',
        label: { en: 'it is a renewal', de: 'es ist eine Verlängerung' },
      },
      {
        name: 'payment.invoice',
        type: 'text',
        read: (f) => f.payment.invoice,
        label: { en: 'the invoice', de: 'die Rechnung' },
      },
      {
        name: 'payment.period_start',
        type: 'instant',
        read: (f) => at(f.payment.period_start) ?? (period(f) as null | undefined),
        label: { en: 'the start of the paid period', de: 'der Beginn des bezahlten Zeitraums' },
      },
      {
        name: 'payment.period_end',
        type: 'instant',
        read: (f) => at(f.payment.period_end) ?? (period(f) as null | undefined),
        label: { en: 'the end of the paid period', de: 'das Ende des bezahlten Zeitraums' },
      },
      {
        name: 'payment.quantity',
        type: 'count',
        read: (f) => f.payment.quantity,
        label: { en: 'the quantity', de: 'die Menge' },
      },
      {
        name: 'payment.unused_share',
        type: 'fraction',
        clock: 'falls',
        read: unusedShare,
        label: { en: 'the unused share of the paid period', de: 'der ungenutzte Anteil des bezahlten Zeitraums' },
      },
      {
        name: 'payment.unused_days_share',
        type: 'fraction',
        clock: 'falls',
        read: unusedDaysShare,
        label: {
          en: 'the share of days left in the paid period',
          de: 'der Anteil der verbleibenden Tage im bezahlten Zeitraum',
        },
      },
      {
        name: 'payment.unused_months_share',
        type: 'fraction',
        clock: 'falls',
        read: unusedMonthsShare,
        label: {
          en: 'the share of whole months left in the paid period',
          de: 'der Anteil der vollen Monate, die im bezahlten Zeitraum bleiben',
        },
      },
      {
        name: 'customer.age',
        type: 'duration',
        clock: 'runs',
        read: (f) => f.customer.created_at && f.now.getTime() - f.customer.created_at.getTime(),
        label: { en: 'the time as a customer', de: 'die Zeit als Kunde' },
      },
      {
        name: 'customer.created_at',
        type: 'instant',
        read: (f) => at(f.customer.created_at),
        label: { en: 'the time of becoming a customer', de: 'der Zeitpunkt der Anmeldung' },
      },
      {
        name: 'customer.country',
        type: 'text',
        read: (f) => f.customer.country,
        label: { en: 'the country', de: 'das Land' },
      },
      {
        name: 'customer.lifetime_value',
        type: 'money',
        read: (f) => f.customer.lifetime_value,
        label: { en: 'all that the customer has paid', de: 'alles, was der Kunde bezahlt hat' },
      },
      {
        name: 'customer.disputes',
        type: 'count',
        read: (f) => f.customer.disputes,
        label: { en: 'the number of disputes', de: 'die Zahl der Rückbuchungen' },
      },
      {
        name: 'customer.tags',
        type: 'texts',
        read: (f) => f.customer.tags,
        label: { en: 'the tags of the customer', de: 'die Merkmale des Kunden' },
      },
      {
        name: 'subscription.exists',
        type: 'bool',
        read: (f) => f.subscription !== undefined,
        label: { en: 'the payment belongs to a subscription', de: 'die Zahlung gehört zu einem Abonnement' },
      },
      {
        name: 'subscription.status',
        type: 'text',
        values: subscriptionStatuses,
        read: (f) => f.subscription?.status ?? null,
        label: { en: 'the status of the subscription', de: 'der Status des Abonnements' },
      },
      {
        name: 'subscription.started_at',
        type: 'instant',
        read: (f) => at(f.subscription?.started_at) ?? null,
        label: { en: 'the start of the subscription', de: 'der Beginn des Abonnements' },
      },
      {
        name: 'subscription.age',
        type: 'duration',
        clock: 'runs',
        read: (f) => (f.subscription ? f.now.getTime() - f.subscription.started_at.getTime() : null),
        label: { en: 'the time since the subscription started', de: 'die Zeit seit Beginn des Abonnements' },
      },
      {
        name: 'subscription.trial_end',
        type: 'instant',
        read: (f) => at(f.subscription?.trial_end) ?? null,
        label: { en: 'the end of the trial', de: 'das Ende der Probezeit' },
      },
      {
        name: 'subscription.current_period',
        type: 'bool',
        read: (f) => f.subscription?.current_period ?? null,
        label: { en: 'the payment is for the period that runs now', de: 'die Zahlung ist für den laufenden Zeitraum' },
      },
      {
        name: 'subscription.unused_share',
        type: 'fraction',
        clock: 'falls',
        read: (f) => (f.subscription ? unusedShare(f) : null),
        label: { en: 'the unused share of the paid period', de: 'der ungenutzte Anteil des bezahlten Zeitraums' },
      },
      {
        name: 'request.amount',
        type: 'money',
        read: (f) => f.request.amount,
        label: { en: 'the amount asked for', de: 'der gewünschte Betrag' },
      },
      {
        name: 'request.reason',
        type: 'text',
        values: firstReasonCodes,
        read: (f) => f.request.reason,
        label: { en: 'the reason', de: 'der Grund' },
      },
      {
        name: 'request.channel',
        type: 'text',
        read: (f) => f.request.channel,
        label: { en: 'the channel', de: 'der Weg der Anfrage' },
      },
      {
        name: 'request.comment_length',
        type: 'count',
        read: (f) => f.request.comment_length,
        label: { en: 'the length of the comment', de: 'die Länge des Kommentars' },
      },
      {
        name: 'request.attempt',
        type: 'count',
        read: (f) => f.request.attempt,
        label: {
          en: 'the number of this request for the payment',
          de: 'die wievielte Anfrage zu dieser Zahlung es ist',
        },
      },
    ] satisfies Fact[]
  ).map((fact: Fact) => [fact.name, fact] as const),
)

/** The first words of built-in facts: a merchant's fact can't begin with one of them. */
export const builtInRoots: ReadonlySet<string> = new Set([
  'now',
  'payment',
  'customer',
  'subscription',
  'request',
  'decision',
])

import type { Zone } from './calendar.ts'
import type { Fact } from './catalog.ts'
import type { Known } from './values.ts'
import { listWords, valueWords } from './words.ts'
import type { Language } from './words.ts'

type Names = Readonly<Record<string, Readonly<Record<Language, string>>>>

/** What people call the values that are codes in a policy. A value without an entry is said as it is written. */
const names: Readonly<Record<string, Names>> = {
  'payment.interval': {
    day: { en: 'daily', de: 'täglich' },
    week: { en: 'weekly', de: 'wöchentlich' },
    month: { en: 'monthly', de: 'monatlich' },
    year: { en: 'yearly', de: 'jährlich' },
    once: { en: 'one-off', de: 'einmalig' },
  },
  'payment.dispute': {
    none: { en: 'none', de: 'keine' },
    inquiry: { en: 'only an inquiry of the bank', de: 'nur eine Rückfrage der Bank' },
    open: { en: 'open', de: 'offen' },
    won: { en: 'won', de: 'gewonnen' },
    lost: { en: 'lost', de: 'verloren' },
  },
  'payment.method': {
    card: { en: 'card', de: 'Karte' },
    sepa_debit: { en: 'SEPA direct debit', de: 'SEPA-Lastschrift' },
    us_bank_account: { en: 'US bank account', de: 'US-Bankkonto' },
    customer_balance: { en: 'bank transfer', de: 'Überweisung' },
    paypal: { en: 'PayPal', de: 'PayPal' },
    klarna: { en: 'Klarna', de: 'Klarna' },
    ideal: { en: 'iDEAL', de: 'iDEAL' },
  },
  'subscription.status': {
    incomplete: { en: 'incomplete', de: 'unvollständig' },
    incomplete_expired: { en: 'never paid', de: 'nie bezahlt' },
    trialing: { en: 'on trial', de: 'in der Probezeit' },
    active: { en: 'active', de: 'aktiv' },
    past_due: { en: 'past due', de: 'überfällig' },
    canceled: { en: 'canceled', de: 'gekündigt' },
    unpaid: { en: 'unpaid', de: 'unbezahlt' },
    paused: { en: 'paused', de: 'pausiert' },
  },
  'request.reason': {
    changed_mind: { en: 'a change of mind', de: 'eine Meinungsänderung' },
    unwanted_renewal: { en: 'an unwanted renewal', de: 'eine ungewollte Verlängerung' },
    product_unsatisfactory: { en: 'a product that is not as expected', de: 'ein Produkt, das nicht wie erwartet ist' },
    service_unsatisfactory: { en: 'an unsatisfactory service', de: 'ein Service, der nicht zufriedenstellt' },
    missing_feature: { en: 'something that is missing', de: 'etwas, das fehlt' },
    too_expensive: { en: 'too high a price', de: 'ein zu hoher Preis' },
    duplicate: { en: 'a double charge', de: 'eine doppelte Belastung' },
    other: { en: 'something else', de: 'etwas anderes' },
    fraudulent: { en: 'a fraudulent payment', de: 'eine betrügerische Zahlung' },
    waiver: { en: 'goodwill', de: 'Kulanz' },
  },
  'request.channel': {
    api: { en: 'your own app', de: 'die eigene App' },
    portal: { en: 'the portal', de: 'das Portal' },
    admin: { en: 'staff', de: 'das Team' },
    withdrawal: { en: 'the withdrawal function', de: 'die Widerrufsfunktion' },
    stripe: { en: 'Stripe', de: 'Stripe' },
    fraud_warning: { en: 'a fraud warning', de: 'eine Betrugswarnung' },
  },
}

/** One text of a fact as people read it. A code out of a closed list loses its underscores: "one time fee". */
function nameOf(fact: Fact, text: string, language: Language): string {
  if (fact.name === 'payment.currency') return text.toUpperCase()
  const known = names[fact.name]
  if (known && Object.hasOwn(known, text)) return known[text]?.[language] ?? text
  return fact.values?.includes(text) ? text.replaceAll('_', ' ') : text
}

/** A value of a fact, or a list of values that it is compared with, as people read it. */
export function factWords(fact: Fact, value: Known, language: Language, zone: Zone): string {
  if (fact.type !== 'text' || value === undefined || value === null) return valueWords(fact.type, value, language, zone)
  if (!Array.isArray(value)) return nameOf(fact, value as string, language)
  return listWords(
    (value as readonly string[]).map((text) => nameOf(fact, text, language)),
    language,
  )
}

/** A built-in yes-or-no fact that is not so: what stands instead of "it is not so that …". */
export const notSo: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  'payment.captured': { en: 'the payment was not captured', de: 'die Zahlung wurde nicht eingezogen' },
  'payment.fraud_warning': { en: 'the bank did not warn of fraud', de: 'die Bank hat nicht vor Betrug gewarnt' },
  'payment.first': {
    en: 'it is not the first payment for the product',
    de: 'es ist nicht die erste Zahlung für das Produkt',
  },
  'payment.renewal': { en: 'it is not a renewal', de: 'es ist keine Verlängerung' },
  'subscription.exists': {
    en: 'the payment belongs to no subscription',
    de: 'die Zahlung gehört zu keinem Abonnement',
  },
  'subscription.current_period': {
    en: 'the payment is not for the period that runs now',
    de: 'die Zahlung ist nicht für den laufenden Zeitraum',
  },
}

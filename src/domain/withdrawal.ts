import { dayOf, endOfDay, workingDayFrom, zoneOf } from './policy/calendar.ts'

/** Where a consumer has a right of withdrawal that this function is for: the EU and EEA, and the UK. */
export type WithdrawalLaw = 'eu' | 'uk'

const euAndEea = new Set(
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO'.split(' '),
)

/** Every country in which one of the laws applies. */
export const withdrawalCountries: readonly string[] = [...euAndEea, 'GB']

/** The law for a country as ISO 3166 writes it; undefined where neither applies or the country is not known. */
export function withdrawalLawOf(country: string | null | undefined): WithdrawalLaw | undefined {
  if (country === 'GB') return 'uk'
  return country != null && euAndEea.has(country) ? 'eu' : undefined
}

const days = 14

/**
 * The last instant at which a contract that was concluded then can be withdrawn from: 14 days, the day of the conclusion not
 * counted (directive 2011/83/EU, article 9). In the EU an end on a Saturday, Sunday or public holiday moves to the end of the
 * next working day (regulation 1182/71, article 3(4)); in the UK it doesn't (Consumer Contracts Regulations 2013, reg. 30).
 * `holidays` are days since 1970; public holidays differ by country, so without them only weekends move the end.
 */
export function withdrawalEnds(
  concludedAt: Date,
  { law, timezone, holidays = new Set() }: { law: WithdrawalLaw; timezone: string; holidays?: ReadonlySet<number> },
): Date {
  const zone = zoneOf(timezone) ?? zoneOf('UTC')!
  const last = dayOf(zone, concludedAt.getTime()) + days
  return new Date(endOfDay(zone, law === 'eu' ? workingDayFrom(last, holidays) : last))
}

/** When the function is offered: always, never, or when customers in the EU, the EEA or the UK are known. */
export type WithdrawalOffer = 'auto' | 'on' | 'off'

/** Why what somebody wrote can't be a statement yet, by field. */
export type WithdrawalFault = 'missing' | 'too_long' | 'no_address'
export type WithdrawalForm = { readonly name: string; readonly contract: string; readonly email: string }

const lengths = { name: 200, contract: 1000, email: 254 } as const

/** What is wrong with a form, field by field; nothing when it can be confirmed. */
export function withdrawalFaults(form: WithdrawalForm): Partial<Record<keyof WithdrawalForm, WithdrawalFault>> {
  const faults: Partial<Record<keyof WithdrawalForm, WithdrawalFault>> = {}
  for (const field of ['name', 'contract', 'email'] as const) {
    if (form[field].trim() === '') faults[field] = 'missing'
    else if ([...form[field]].length > lengths[field]) faults[field] = 'too_long'
  }
  if (!faults.email && !/^[^\s<>()[\]\\,;:"@]+@[^\s<>()[\]\\,;:"@]+$/.test(form.email.trim()))
    faults.email = 'no_address'
  return faults
}

type Named = {
  readonly id: string
  readonly stripe_payment_intent: string | null
  readonly stripe_charge: string
  readonly invoice_number: string | null
  readonly invoice_id: string | null
  readonly receipt_number: string | null
}

/**
 * The one payment that a text names by a number: of an invoice, a receipt, or the payment. Undefined when none or several are
 * named. The name of a product is not enough: whoever guesses it could end somebody else's contract.
 */
export function namedPayment<P extends Named>(contract: string, payments: readonly P[]): P | undefined {
  const words = new Set(
    contract
      .toLowerCase()
      .split(/[\s,;:()"'„“”«»]+/)
      .map((word) => word.replaceAll(/^[#.]+|[.!?]+$/g, '')),
  )
  const named = payments.filter((payment) =>
    [
      payment.id,
      payment.stripe_payment_intent,
      payment.stripe_charge,
      payment.invoice_number,
      payment.invoice_id,
      payment.receipt_number,
    ].some((number) => number !== null && words.has(number.toLowerCase())),
  )
  return named.length === 1 ? named[0] : undefined
}

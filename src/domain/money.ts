/**
 * An amount in the smallest unit that Stripe's API uses for its currency, and that currency.
 * `minor` is a safe integer (¥500 is 500, $5.00 is 500, 5 ISK is 500); `currency` is ISO 4217 in lower case, as Stripe writes it.
 */
export type Money = { readonly minor: number; readonly currency: string }

// The exceptions to two decimals in Stripe's API (docs.stripe.com/currencies). ISK and UGX have no decimals in life but two
// in the API, so Intl's own digits are wrong for them here.
const zeroDecimal = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))
const threeDecimal = new Set('bhd jod kwd omr tnd'.split(' '))
const wholeUnitsOnly = new Set(['isk', 'ugx'])

/** How many decimals Stripe's API has for a currency: 0, 2 or 3. */
export function decimals(currency: string): 0 | 2 | 3 {
  if (zeroDecimal.has(currency)) return 0
  return threeDecimal.has(currency) ? 3 : 2
}

/** The smallest step in which an amount may be paid: 10 for three-decimal currencies, 100 for ISK and UGX, otherwise 1. */
export function step(currency: string): 1 | 10 | 100 {
  if (threeDecimal.has(currency)) return 10
  return wholeUnitsOnly.has(currency) ? 100 : 1
}

/**
 * Makes an amount. Throws a RangeError when `minor` is not a safe integer or the currency is not three lower-case letters:
 * both are bugs of the caller, input is checked before it gets here.
 */
export function money(minor: number, currency: string): Money {
  if (!Number.isSafeInteger(minor)) throw new RangeError(`An amount is a whole number of minor units, not ${minor}.`)
  if (!/^[a-z]{3}$/.test(currency)) throw new RangeError(`A currency is three lower-case letters, not "${currency}".`)
  return { minor, currency }
}

/**
 * `part / whole` of an amount, rounded down to the currency's step: when a price does not divide evenly the odd cent
 * stays with the merchant. Two halves of 9.99 are 4.99 each, never 5.00.
 */
export function shareRoundedDown(of: Money, part: number, whole: number): Money {
  const unit = BigInt(step(of.currency))
  const exact = (BigInt(of.minor) * BigInt(part)) / BigInt(whole)
  return money(Number((exact / unit) * unit), of.currency)
}

/** The smaller of two amounts. Throws a RangeError for two currencies: nothing here converts. */
export function least(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new RangeError(`${a.currency} and ${b.currency} cannot be compared.`)
  return a.minor <= b.minor ? a : b
}

/** The decimal text that `Intl` and people read: 4900 usd is "49.00". Exact for every safe integer. */
export function toDecimal({ minor, currency }: Money): string {
  const digits = decimals(currency)
  const sign = minor < 0 ? '-' : ''
  const text = String(Math.abs(minor)).padStart(digits + 1, '0')
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** For people, by their locale, the currency always shown: "$49.00", "49,00 €", "¥4,900". */
export function format(amount: Money, locale = 'en'): string {
  const digits = wholeUnitsOnly.has(amount.currency) ? 0 : decimals(amount.currency)
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: amount.currency.toUpperCase(),
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(toDecimal(amount) as `${number}`)
}

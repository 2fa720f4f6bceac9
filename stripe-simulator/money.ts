import { invalid } from './errors.ts'

const zeroDecimal = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))
const threeDecimal = new Set('bhd jod kwd omr tnd'.split(' '))
/** Whole units in life, two decimals in the API: the last two digits are 00. */
const wholeUnits = new Set(['isk', 'ugx'])

const currencies = new Set(
  (
    'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny cop crc cve czk ' +
    'djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd ' +
    'kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ' +
    'ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw'
  ).split(' '),
)

/** The lower-case currency, or Stripe's refusal of one that it does not know. */
export function currencyOf(text: string | undefined, param = 'currency'): string {
  if (text === undefined) throw invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
  const currency = text.toLowerCase()
  if (currencies.has(currency)) return currency
  throw invalid(
    `Invalid currency: ${text.slice(0, 20)}. Stripe currently supports these currencies: ${[...currencies].join(', ')}`,
    { param },
  )
}

/** Digits after the decimal point in the API's amounts. */
export const digitsOf = (currency: string): number =>
  zeroDecimal.has(currency) ? 0 : threeDecimal.has(currency) ? 3 : 2

/** Refuses amounts that no bank could pay: the last digit of three-decimal currencies, the last two of ISK and UGX, are 0. */
export function checkPayable(amount: number, currency: string): void {
  if (threeDecimal.has(currency) && amount % 10 !== 0) {
    throw invalid(`Invalid amount: amounts in ${currency} must be a multiple of 10.`, { param: 'amount' })
  }
  if (wholeUnits.has(currency) && amount % 100 !== 0) {
    throw invalid(`Invalid amount: amounts in ${currency} must be a multiple of 100.`, { param: 'amount' })
  }
}

const symbols: Readonly<Record<string, string>> = {
  usd: '$',
  eur: '€',
  gbp: '£',
  jpy: '¥',
  aud: 'A$',
  cad: 'CA$',
  nzd: 'NZ$',
  inr: '₹',
  krw: '₩',
  brl: 'R$',
  mxn: 'MX$',
  ils: '₪',
  vnd: '₫',
}

/** `$30.00`, `¥500`, `CHF 30.00`: as Stripe's messages write amounts. */
export function spell(amount: number, currency: string): string {
  const digits = digitsOf(currency)
  const [whole = '', part] = (Math.abs(amount) / 10 ** digits).toFixed(digits).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  const number = part === undefined ? grouped : `${grouped}.${part}`
  const symbol = symbols[currency]
  return `${amount < 0 ? '-' : ''}${symbol ? symbol + number : `${currency.toUpperCase()} ${number}`}`
}

/** `amount × part / whole`, rounded half up, exact for any size. */
export function share(amount: number, part: number, whole: number): number {
  if (whole === 0) return 0
  const doubled = 2n * BigInt(amount) * BigInt(part) + BigInt(whole)
  const divisor = 2n * BigInt(whole)
  const quotient = doubled / divisor
  return Number(doubled % divisor < 0n ? quotient - 1n : quotient)
}

const percentFee = 29
const fixedFee: Readonly<Record<number, number>> = { 0: 30, 2: 30, 3: 300 }

/** What Stripe keeps of a payment: 2.9 % and a fixed part. Not more than the payment. */
export const feeOf = (amount: number, currency: string): number =>
  Math.min(amount, share(amount, percentFee, 1000) + (fixedFee[digitsOf(currency)] ?? 30))

import { decimals, toDecimal } from '../money.ts'
import type { Money } from '../money.ts'
import type { Zone } from './calendar.ts'
import { day, hour, minute, second } from './values.ts'
import type { Fraction, Known, ValueType } from './values.ts'

/** The languages that explanations and descriptions are written in; every other one reads English. */
export type Language = 'en' | 'de'

export const languageOf = (locale: string): Language => (/^de\b/i.test(locale) ? 'de' : 'en')

type Unit = readonly [length: number, one: string, many: string]

const units: Readonly<Record<Language, readonly Unit[]>> = {
  en: [
    [day, 'day', 'days'],
    [hour, 'hour', 'hours'],
    [minute, 'minute', 'minutes'],
    [second, 'second', 'seconds'],
    [1, 'millisecond', 'milliseconds'],
  ],
  de: [
    [day, 'Tag', 'Tage'],
    [hour, 'Stunde', 'Stunden'],
    [minute, 'Minute', 'Minuten'],
    [second, 'Sekunde', 'Sekunden'],
    [1, 'Millisekunde', 'Millisekunden'],
  ],
}

const small: Readonly<
  Record<Language, Readonly<Record<'unknown' | 'none' | 'yes' | 'no' | 'and' | 'or' | 'now' | 'before', string>>>
> = {
  en: {
    unknown: 'unknown',
    none: 'none',
    yes: 'yes',
    no: 'no',
    and: 'and',
    or: 'or',
    now: 'no time',
    before: 'before it',
  },
  de: {
    unknown: 'unbekannt',
    none: 'keine',
    yes: 'ja',
    no: 'nein',
    and: 'und',
    or: 'oder',
    now: 'keine Zeit',
    before: 'davor',
  },
}

export const word = (name: keyof (typeof small)['en'], language: Language): string => small[language][name]

/** A length of time in its two largest units, or in as many as asked for: "30 days and 1 second". */
export function durationWords(length: number, language: Language, most = 2): string {
  if (length < 0) return `${durationWords(-length, language, most)} ${word('before', language)}`
  const said: string[] = []
  let rest = length
  for (const [unit, one, many] of units[language]) {
    const count = Math.floor(rest / unit)
    rest -= count * unit
    if (count > 0) said.push(`${count} ${count === 1 ? one : many}`)
    if (said.length === most) break
  }
  return said.length === 0 ? word('now', language) : said.join(` ${word('and', language)} `)
}

/** A share in percent with up to two decimals: "19.99%". */
export function fractionWords({ part, whole }: Fraction, language: Language): string {
  const percent = String(Math.round((part / whole) * 10_000) / 100)
  return language === 'de' ? `${percent.replace('.', ',')} %` : `${percent}%`
}

const formats = new Map<string, Intl.NumberFormat>()

/** An amount for people. The formatters are kept, because making one costs more than a whole decision. */
export function moneyWords(amount: Money, language: Language): string {
  const key = `${language} ${amount.currency}`
  let format = formats.get(key)
  if (!format) {
    const digits = amount.currency === 'isk' || amount.currency === 'ugx' ? 0 : decimals(amount.currency)
    format = new Intl.NumberFormat(language, {
      style: 'currency',
      currency: amount.currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
    formats.set(key, format)
  }
  return format.format(toDecimal(amount) as `${number}`)
}

/** A share in percent with every decimal that it has, as a policy writes it; rounded only where it never ends. */
function exactFractionWords(share: Fraction, language: Language): string {
  const percent = (share.part * 100) / share.whole
  const text = percent.toFixed(12).replace(/\.?0+$/, '')
  return language === 'de' ? `${text.replace('.', ',')} %` : `${text}%`
}

/** A bound that a policy writes down, to the last digit: what people are told is what is asked. */
export function boundWords(type: ValueType, value: Known, language: Language, zone: Zone): string {
  if (type === 'duration') return durationWords(value as number, language, units[language].length)
  if (type === 'fraction') return exactFractionWords(value as Fraction, language)
  if (type !== 'instant') return valueWords(type, value, language, zone)
  const below = new Date(value as number).getUTCMilliseconds()
  return `${instantWords(value as number, zone)}${below === 0 ? '' : `.${String(below).padStart(3, '0')}`}`
}

/** The wall clock of the policy's time zone: "2026-03-12 14:05:00". A time that ends a day or begins one says so by its seconds. */
export function instantWords(instant: number, zone: Zone): string {
  const wall = new Date(instant + zone.offset(instant)).toISOString()
  return `${wall.slice(0, 10)} ${wall.slice(11, 19)}`
}

/** A value as people read it. */
export function valueWords(type: ValueType, value: Known, language: Language, zone: Zone): string {
  if (value === undefined) return word('unknown', language)
  if (value === null) return word('none', language)
  switch (type) {
    case 'bool':
      return word(value ? 'yes' : 'no', language)
    case 'fraction':
      return fractionWords(value as Fraction, language)
    case 'money':
      return moneyWords(value as Money, language)
    case 'duration':
      return durationWords(value as number, language)
    case 'instant':
      return instantWords(value as number, zone)
    case 'texts':
      return listWords(value as readonly string[], language)
    case 'moneys':
      return listWords(
        (value as readonly Money[]).map((amount) => moneyWords(amount, language)),
        language,
      )
    case 'count':
    case 'text':
      return String(value)
  }
}

export function listWords(items: readonly string[], language: Language): string {
  const [last, ...rest] = items.toReversed()
  if (last === undefined) return word('none', language)
  return rest.length === 0 ? last : `${rest.toReversed().join(', ')} ${word('or', language)} ${last}`
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

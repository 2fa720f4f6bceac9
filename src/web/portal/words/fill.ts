/** A sentence with blanks: `Refund {amount}` is a `Text<'amount'>`. One that lacks a blank does not compile. */
export type Text<Blank extends string> = string & All<Blank extends string ? `${string}{${Blank}}${string}` : never>

type All<U> = (U extends unknown ? (each: U) => void : never) extends (each: infer I) => void ? I : never

/** What a language counts by, as Intl.PluralRules names it. Without a form of its own a count is said like `other`. */
export type Forms = {
  en: 'one' | 'other'
  de: 'one' | 'other'
  fr: 'one' | 'other'
  es: 'one' | 'other'
  pt: 'one' | 'other'
  it: 'one' | 'other'
  nl: 'one' | 'other'
  pl: 'one' | 'few' | 'many' | 'other'
  ja: 'other'
  ar: 'zero' | 'one' | 'two' | 'few' | 'many' | 'other'
}

/**
 * A sentence in each form that a language counts by. Only `other` has to show the number: "1 day", "two days" and "no day"
 * may be words.
 */
export type Counted<Form extends string, Number extends string, Blank extends string = never> = {
  readonly [F in Form | 'other']: F extends 'other' ? Text<Number | Blank> : Text<Blank>
}

const rightToLeft = /[\u0590-\u08ff]/

/**
 * A sentence with its blanks filled in. In a sentence that runs from right to left they are isolated, so that a Latin name
 * or an amount does not turn what stands around it.
 */
export function fill(sentence: string, values: Readonly<Record<string, string>>): string {
  const isolated = rightToLeft.test(sentence)
  return sentence.replaceAll(/\{(\w+)\}/g, (blank, name: string) => {
    const value = values[name]
    if (value === undefined) return blank
    return isolated ? `\u2068${value}\u2069` : value
  })
}

/** A sentence in the form that a number takes in a language, with the number in it under its name. */
export function counted(
  forms: Readonly<Record<string, string>>,
  { language, locale }: { readonly language: string; readonly locale: string },
  number: Readonly<Record<string, number>>,
  values: Readonly<Record<string, string>> = {},
): string {
  const [[name, count] = ['', 0]] = Object.entries(number)
  const form = forms[new Intl.PluralRules(language).select(count)] ?? forms['other'] ?? ''
  return fill(form, { ...values, [name]: new Intl.NumberFormat(locale).format(count) })
}

import type { Language } from '../domain/languages.ts'

/** A mail to a customer before it is drawn: the same letter becomes the text, the HTML and the preview. */
export type Letter = {
  readonly language: Language
  readonly subject: string
  readonly paragraphs: readonly string[]
  /** What a person wrote or declared, word for word. */
  readonly quote: string | null
  readonly facts: readonly (readonly [label: string, value: string])[]
  /** What the button says; where it leads is known only when the letter is sent. */
  readonly action: string | null
  readonly foot: readonly string[]
  /** What stands before the address, for where the button does not work. */
  readonly or_copy: string
}

/** Who it comes from, as the merchant wants to look. Colours are #rrggbb. */
export type Brand = {
  readonly name: string
  /** The button; `onAccent` is what stands on it. */
  readonly accent: string
  readonly onAccent: string
  /** A picture that goes with the mail: nothing is fetched from anywhere when it is read. */
  readonly logo: { readonly type: 'image/png' | 'image/jpeg'; readonly bytes: Uint8Array } | null
}

/** The Content-ID under which the logo goes with a mail. */
export const logoId = 'logo@moneyback'

/** What a reply can say about the case that it answers. */
export const replyVariables = {
  name: 'the customer’s name',
  amount: 'what is given back, or what was asked for',
  paid: 'what was paid',
  product: 'what was bought',
  paid_on: 'the day of the payment',
  asked_on: 'the day of the request',
  method: 'the card or other way of paying',
  invoice: 'the invoice’s number',
} as const
export type ReplyVariable = keyof typeof replyVariables
export type ReplyValues = Readonly<Partial<Record<ReplyVariable, string>>>

// {name} or {name|there}: what stands behind the bar is said when the value is not known.
const place = /\{([^{}|]*)(?:\|([^{}]*))?\}/g
const isVariable = (name: string): name is ReplyVariable => Object.hasOwn(replyVariables, name)

/** Puts the values in. What is not known is said by the words behind its bar, else left out with the blank before it. */
export function fillReply(text: string, values: ReplyValues): string {
  return text
    .replace(place, (whole, name: string, otherwise: string | undefined) =>
      isVariable(name.trim()) ? values[name.trim() as ReplyVariable] || (otherwise ?? '') : whole,
    )
    .replace(/ +([,.;:!?])/g, '$1')
    .replace(/ {2,}/g, ' ')
}

/** What is wrong with a text; undefined when nothing is. */
export function wrongInReply(text: string): string | undefined {
  for (const [whole, name = ''] of text.matchAll(place)) {
    if (!isVariable(name.trim()))
      return `${whole} is not a value that a reply can have. There are: ${Object.keys(replyVariables)
        .map((known) => `{${known}}`)
        .join(', ')}.`
  }
  return /[{}]/.test(text.replace(place, '')) ? 'A brace has no partner. Write a value as {name}.' : undefined
}

/** The words in the wanted language, else in its main language, else in English, else in any. */
export function inLanguage(
  words: Readonly<Record<string, string>>,
  locale: string | null | undefined,
): { language: string; text: string } | undefined {
  const wanted = locale ?? 'en'
  const language = [wanted, wanted.split('-')[0]!, 'en', ...Object.keys(words)].find((one) => words[one]?.trim())
  return language === undefined ? undefined : { language, text: words[language]! }
}

export type ReplyUse = 'deny' | 'approve' | 'ask'

/** What a new installation begins with. */
export const firstReplies: readonly { name: string; use: ReplyUse; words: Readonly<Record<string, string>> }[] = [
  {
    name: 'Outside the policy',
    use: 'deny',
    words: {
      en: 'Your payment of {paid_on} is outside of what our refund policy covers. Your access stays as it is.',
      de: 'Ihre Zahlung vom {paid_on} liegt außerhalb unserer Erstattungsregeln. Ihr Zugang bleibt bestehen.',
    },
  },
  {
    name: 'Already used',
    use: 'deny',
    words: {
      en: '{product|The product} was used for most of the paid period, so we can’t refund it. Your access stays as it is.',
      de: '{product|Das Produkt} wurde im größten Teil des bezahlten Zeitraums genutzt, deshalb können wir nicht erstatten. Ihr Zugang bleibt bestehen.',
    },
  },
  {
    name: 'Wrong account',
    use: 'deny',
    words: {
      en: 'We couldn’t connect this request with the payment. Please answer from the e-mail address of your account.',
      de: 'Wir konnten die Anfrage der Zahlung nicht zuordnen. Bitte antworten Sie von der E-Mail-Adresse Ihres Kontos.',
    },
  },
  {
    name: 'Goodwill',
    use: 'approve',
    words: {
      en: 'We are giving back {amount} as a gesture of goodwill. Thank you for telling us, {name|and for your patience}.',
      de: 'Wir erstatten Ihnen {amount} aus Kulanz. Danke für Ihre Nachricht.',
    },
  },
  {
    name: 'What happened?',
    use: 'ask',
    words: {
      en: 'Could you tell us what went wrong with {product|your purchase}? Then we can decide quickly.',
      de: 'Können Sie uns sagen, was mit {product|Ihrem Kauf} nicht in Ordnung war? Dann entscheiden wir schnell.',
    },
  },
]

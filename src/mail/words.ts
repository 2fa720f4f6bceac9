/** What the customer is told, by occasion and language. `{amount}` and the like are filled in. */
export type Occasion =
  | 'received'
  | 'in_review'
  | 'approved'
  | 'denied'
  | 'question'
  | 'refunded'
  | 'needs_bank_details'
  | 'failed'
  | 'bounced'
  | 'withdrawn'

type Words = { readonly subject: string; readonly body: string }

const en: Record<Occasion, Words> = {
  received: {
    subject: 'We have your refund request',
    body: 'We have your request about {payment}. You will hear from us as soon as it is decided.',
  },
  in_review: {
    subject: 'A person will look at your refund request',
    body: 'A person will look at your request about {payment} and answer by {due}.',
  },
  approved: { subject: 'Your refund of {amount} is approved', body: '{say} We are sending {amount} back to {method}.' },
  denied: { subject: 'About your refund request', body: 'We can’t refund {payment}. {say}' },
  question: {
    subject: 'A question about your refund request',
    body: 'We have a question about your request for {payment}:\n\n{say}\n\nPlease answer by {due}, under this link:',
  },
  refunded: {
    subject: 'Your refund of {amount} was sent',
    body: 'We have sent {amount} to {method}. Banks show it within 5 to 10 business days.',
  },
  needs_bank_details: {
    subject: 'We need your bank details for the refund',
    body: 'To send you {amount} we need to know where to. Stripe has sent you an e-mail that asks for your bank details.',
  },
  failed: {
    subject: 'Your refund of {amount} did not go through',
    body: 'We tried to send {amount} to {method} and it did not go through. Somebody of our team is looking at it now; you need not do anything.',
  },
  bounced: {
    subject: 'Your bank sent the refund of {amount} back',
    body: 'Your bank sent {amount} back to us, so the refund has not reached you. Your access is as it was before. Somebody of our team is looking for another way now.',
  },
  withdrawn: {
    subject: 'Your refund request is withdrawn',
    body: 'You took your request about {payment} back. Nothing was refunded and nothing changes.',
  },
}

const de: Record<Occasion, Words> = {
  received: {
    subject: 'Ihre Erstattungsanfrage ist da',
    body: 'Wir haben Ihre Anfrage zu {payment} erhalten. Sie hören von uns, sobald entschieden ist.',
  },
  in_review: {
    subject: 'Ihre Anfrage wird von einem Menschen geprüft',
    body: 'Jemand aus unserem Team prüft Ihre Anfrage zu {payment} und antwortet bis {due}.',
  },
  approved: {
    subject: 'Ihre Erstattung über {amount} ist genehmigt',
    body: '{say} Wir überweisen {amount} zurück auf {method}.',
  },
  denied: { subject: 'Zu Ihrer Erstattungsanfrage', body: '{payment} können wir nicht erstatten. {say}' },
  question: {
    subject: 'Eine Frage zu Ihrer Erstattungsanfrage',
    body: 'Wir haben eine Frage zu Ihrer Anfrage zu {payment}:\n\n{say}\n\nBitte antworten Sie bis {due} unter diesem Link:',
  },
  refunded: {
    subject: 'Ihre Erstattung über {amount} ist unterwegs',
    body: 'Wir haben {amount} auf {method} zurückgesandt. Banken zeigen es innerhalb von 5 bis 10 Werktagen an.',
  },
  needs_bank_details: {
    subject: 'Für die Erstattung brauchen wir Ihre Bankverbindung',
    body: 'Damit wir Ihnen {amount} senden können, fragt eine E-Mail von Stripe nach Ihrer Bankverbindung.',
  },
  failed: {
    subject: 'Ihre Erstattung über {amount} kam nicht an',
    body: 'Wir wollten {amount} auf {method} senden, und es hat nicht geklappt. Jemand aus unserem Team kümmert sich darum; Sie müssen nichts tun.',
  },
  bounced: {
    subject: 'Ihre Bank hat die Erstattung über {amount} zurückgeschickt',
    body: 'Ihre Bank hat {amount} an uns zurückgeschickt, die Erstattung hat Sie also nicht erreicht. Ihr Zugang ist wie zuvor. Jemand aus unserem Team sucht jetzt einen anderen Weg.',
  },
  withdrawn: {
    subject: 'Ihre Anfrage ist zurückgenommen',
    body: 'Sie haben Ihre Anfrage zu {payment} zurückgenommen. Es wurde nichts erstattet und es ändert sich nichts.',
  },
}

/** The words for a locale such as `de-AT`; English where a language is missing. */
export function wordsFor(locale: string, occasion: Occasion): Words {
  return (locale.toLowerCase().startsWith('de') ? de : en)[occasion]
}

export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
    .replaceAll(/ {2,}/g, ' ')
    .trim()
}

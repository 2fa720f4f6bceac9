/** What a customer is told of by mail. Each has its sentences in every language: a missing one does not compile. */
export const occasions = [
  'received',
  'in_review',
  'question',
  'approved',
  'denied',
  'handled',
  'refunded',
  'needs_bank_details',
  'failed',
  'bounced',
  'withdrawn',
  'access_ended',
  'access_ends',
  'withdrawal_received',
  'sign_in',
] as const
export type Occasion = (typeof occasions)[number]

/** `{payment}` and the like are filled in when a letter is written; the names are those of `Values` in write-letter.ts. */
export type Sentences = { readonly subject: string; readonly body: string }

export type MailWords = {
  readonly letters: Readonly<Record<Occasion, Sentences>>
  readonly labels: {
    readonly payment: string
    readonly amount: string
    readonly method: string
    readonly expected: string
    readonly reference: string
    readonly answer_by: string
    readonly access_until: string
    readonly received_at: string
    readonly name: string
    readonly contract: string
    readonly email: string
  }
  /** What the button says. */
  readonly see: string
  readonly answer: string
  readonly open: string
  /** Where the button does not work: before the address. */
  readonly or_copy: string
  /** In the foot of every letter about a request. */
  readonly why_you: string
  /** In the foot of every letter with a link that lets its reader in. */
  readonly keep_link: string
  /** Where the money goes back to when no card is known. */
  readonly original_method: string
  readonly card: string
}

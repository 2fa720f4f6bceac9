import type { AttachmentType } from '../../domain/attachment.ts'
import type { AccessChoice, Verdict } from '../../domain/decision.ts'
import type { RefundStatus } from '../../domain/refund.ts'
import type { RequestStatus } from '../../domain/request.ts'

// What the portal's pages get from its server. Instants are ISO 8601 texts in UTC; amounts are minor units.

export type Badge = {
  readonly kind: 'refundable' | 'review' | 'not_refundable' | 'on_its_way' | 'refunded' | 'in_review'
  readonly until: string | null
  /** For `not_refundable`: the sentence in the customer's language, when there is one. */
  readonly because: string | null
  readonly amount_minor: number
}

/** How it was paid, which is where the money goes back to. */
export type Method = { readonly type: string | null; readonly brand: string | null; readonly last4: string | null }

export type PaymentView = {
  readonly id: string
  readonly what: string
  readonly paid_at: string
  readonly amount_minor: number
  readonly refunded_minor: number
  readonly currency: string
  readonly method: Method
  readonly interval: 'once' | 'day' | 'week' | 'month' | 'year'
  readonly period_start: string | null
  readonly period_end: string | null
  readonly invoice_number: string | null
}

/** A payment with what can be done about it. `request` is the newest request on it that was not withdrawn. */
export type PaymentEntry = PaymentView & {
  readonly badge: Badge
  readonly request: { readonly id: string; readonly status: RequestStatus; readonly open: boolean } | null
  /** The newest request of any kind: what a new one comes after. */
  readonly after: string | null
}

/** The reasons: the codes that can be chosen, in order, and what each code is called. */
export type ReasonWords = { readonly choices: readonly string[]; readonly names: Readonly<Record<string, string>> }

/** `several`: whether several payments can be asked for at once, as the policy says. */
export type PaymentsAnswer = {
  readonly shop: string
  readonly payments: readonly PaymentEntry[]
  readonly several: boolean
}

/** What happens to access. `ends_at` is null where it stays, or where no end is known. */
export type AccessView = {
  readonly choice: AccessChoice
  readonly ends_at: string | null
  readonly subscription_ends: boolean
}

/** What would have made it a yes: the fact and the value that it would have needed. */
export type MissedBy = { readonly sentence: string; readonly language: string }

/** What may be chosen instead of the refund. Without `url` a person sets it up. */
export type AlternativeView = {
  readonly name: string
  readonly title: string
  readonly text: string
  readonly url: string | null
}

export type Preview = {
  readonly alternatives: readonly AlternativeView[]
  readonly payment: PaymentEntry
  readonly verdict: Verdict
  readonly amount_minor: number
  readonly currency: string
  /** How the amount was worked out; null when it is simply everything that was paid. */
  readonly worked_out: string | null
  readonly say: string | null
  /** The language of `say`: the customer's where the policy speaks it, else English. */
  readonly say_language: string
  readonly missed_by: MissedBy | null
  readonly access: AccessView
  readonly appeal: boolean
  /** What was shown, to be sent back with the request: if it is not so any more, the new preview comes instead of the deed. */
  readonly shown: string
}

export type NewRequestBody = {
  readonly payment: string
  readonly reason: string
  readonly comment?: string | undefined
  readonly shown: string
  readonly after: string | null
  readonly ask_person?: boolean | undefined
  /** Files that were sent before, `att_…`. */
  readonly files?: readonly string[] | undefined
}

export type FileView = {
  readonly id: string
  readonly name: string
  readonly type: AttachmentType
  readonly bytes: number
}

/** What staff asked, and the answer when there is one. */
export type QuestionView = {
  readonly id: string
  readonly question: string
  readonly asked_at: string
  readonly answer_by: string
  /** Whether it still waits for an answer. */
  readonly open: boolean
  readonly answer: string | null
  readonly answered_at: string | null
  readonly files: readonly FileView[]
}

/** Several payments at once: each with what was shown for it. */
export type NewSeveralBody = {
  readonly payments: readonly { readonly payment: string; readonly shown: string; readonly after: string | null }[]
  readonly reason: string
  readonly comment?: string | undefined
  readonly files?: readonly string[] | undefined
}
export type SeveralPreview = { readonly previews: readonly Preview[] }

/** A request that was asked for together with the one that is shown. */
export type Together = {
  readonly id: string
  readonly what: string
  readonly amount_minor: number
  readonly currency: string
  readonly status: RequestStatus
}

/** `existing`: this request was there before, made in another tab, by a first tap, or by somebody else. */
export type NewRequestAnswer = { readonly id: string; readonly existing: boolean }

export type DecisionView = {
  readonly verdict: Verdict
  readonly by: 'policy' | 'person' | 'elsewhere'
  readonly at: string
  readonly amount_minor: number
  readonly currency: string
  readonly worked_out: string | null
  readonly say: string | null
  /** The language of `say`: the customer's where the policy speaks it, else English. */
  readonly say_language: string
  /** What a person wrote to the customer. */
  readonly reply: string | null
  readonly missed_by: MissedBy | null
  readonly access: AccessView
}

export type RefundView = {
  readonly status: RefundStatus
  readonly amount_minor: number
  readonly currency: string
  readonly reference: string | null
  readonly sent_at: string | null
  readonly succeeded_at: string | null
  readonly failed_at: string | null
  /** When the money should be there, first and last day; null when it is not known for this way of paying. */
  readonly expected: { readonly from: string; readonly to: string } | null
}

export type RequestView = {
  readonly id: string
  readonly status: RequestStatus
  readonly payment: PaymentView
  readonly reason: string
  readonly comment: string | null
  readonly created_at: string
  readonly closed_at: string | null
  readonly due_at: string | null
  /** A person is answering right now: in so many milliseconds the answer stands. Null: nobody is. */
  readonly deciding_ms: number | null
  readonly appealed_at: string | null
  /** What came with the request; files of an answer stand with the answer. */
  readonly files: readonly FileView[]
  readonly questions: readonly QuestionView[]
  readonly decision: DecisionView | null
  readonly refund: RefundView | null
  readonly may: { readonly withdraw: boolean; readonly appeal: boolean; readonly ask_again: boolean }
  /** What was asked for together with it. */
  readonly together: readonly Together[]
}

export type EnterAnswer = {
  readonly payment: string | null
  /** The request that a letter's link opens. */
  readonly request?: string
  readonly return_url: string | null
  /** Only in a frame on the merchant's page: the visit's secret, which the page sends with each call. */
  readonly session?: string
}

/** The six digits that open the mailed link in another browser than the one that asked for it. */
export type SignInAnswer = { readonly code: string }

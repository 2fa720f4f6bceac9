import type { RequestStatus } from '../../../domain/request.ts'
import type { Badge } from '../../../http/portal/wire.ts'

/** Where money goes, said in the middle of a sentence: "your Visa ending in 4242". */
export type Destination = string

type Span = { readonly from: string; readonly to: string }

/**
 * Every word that the portal shows, once per language. A language that lacks one does not compile. Dates and amounts come in
 * already written for the reader's locale; numbers that need a plural come in as numbers.
 */
export type Words = {
  readonly language: string
  readonly skip: string
  readonly back: string
  readonly back_to_shop: string
  readonly leave: string
  readonly choose_language: string
  readonly loading: string
  readonly try_again: string
  readonly steps: {
    readonly label: string
    readonly of: (step: number) => string
    readonly what: string
    readonly why: string
    readonly then: string
  }

  readonly enter: {
    readonly opening: string
    readonly expired: Notice
    readonly used: Notice
    readonly unknown: Notice
    readonly no_link: Notice
  }
  readonly left: Notice
  readonly signed_out: Notice
  readonly offline: Notice
  readonly broken: Notice
  readonly not_found: Notice
  readonly offline_banner: string

  readonly payments: {
    readonly title: string
    readonly lead: string
    readonly empty: Notice
    readonly paid: (date: string) => string
    readonly period: (span: Span) => string
    readonly refunded_part: (amount: string) => string
    readonly invoice: (number: string) => string
    readonly show_all: (more: number) => string
  }
  readonly badges: {
    readonly refundable: (until: string | null, daysLeft: number | null) => string
  } & Readonly<Record<Exclude<Badge['kind'], 'refundable'>, string>>

  readonly method: {
    readonly card: (brand: string, last4: string) => Destination
    readonly plain_card: string
    readonly types: Readonly<Record<string, string>>
    readonly unknown: Destination
  }

  readonly why: {
    readonly title: string
    readonly reasons: string
    readonly comment: string
    readonly optional: string
    readonly comment_hint: (left: number) => string
    readonly next: string
    readonly choose_first: string
    readonly not_refundable: string
    readonly ask_anyway: string
    readonly reason: string
    readonly change_reason: string
  }

  readonly then: {
    readonly title: string
    readonly you_get: string
    readonly you_paid: (amount: string) => string
    readonly full: string
    readonly rest: string
    readonly part: (share: string) => string
    readonly goes_to: string
    readonly when: string
    readonly access: string
    readonly worked_out: string
    readonly refund_button: (amount: string) => string
    readonly review_title: string
    readonly review_lead: string
    readonly review_amount: (amount: string) => string
    readonly review_button: string
    readonly deny_title: string
    readonly ask_person: string
    readonly ask_person_hint: string
    readonly answer_in_writing: string
    readonly changed: string
    readonly sending: string
    readonly finding_out: Notice
    readonly existing: string
    readonly in_the_way: string
  }

  readonly arrival: {
    readonly card: string
    readonly other: string
    readonly between: (span: Span) => string
  }
  readonly access: {
    readonly now: (product: string) => string
    readonly ended: (product: string, date: string) => string
    readonly at: (product: string, date: string) => string
    readonly period_end: (product: string) => string
    readonly keep: string
    readonly subscription_ends: string
  }

  readonly status: {
    readonly title: Readonly<Record<RequestStatus, string>>
    readonly submitted: string
    readonly in_review: (by: string | null) => string
    readonly approved: string
    readonly requires_action: string
    readonly refunded: (destination: Destination) => string
    readonly refunded_elsewhere: string
    readonly late: string
    readonly failed: string
    readonly failed_next: string
    readonly denied: string
    readonly withdrawn: string
    readonly request: string
    readonly progress: string
    readonly expected: (span: Span) => string
    readonly reference: string
    readonly reference_hint: string
    readonly copied: string
    readonly copy: string
    readonly reply: string
    readonly missed_by: string
    readonly part_of: (amount: string) => string
    readonly your_words: string
    readonly keep_link: string
    readonly live: string
    readonly all_payments: string
    readonly ask_again: string
  }
  readonly line: {
    readonly received: string
    readonly asked_person: string
    readonly checking: string
    readonly answer: string
    readonly person_looks: string
    readonly by: (date: string) => string
    readonly approved_policy: string
    readonly approved_person: string
    readonly denied_policy: string
    readonly denied_person: string
    readonly withdrawn: string
    readonly sending: string
    readonly sent: string
    readonly arrives: string
    readonly arrived: string
    readonly returned: string
    readonly not_sent: string
    readonly person_solves: string
    readonly made_elsewhere: string
    readonly done: string
    readonly now: string
    readonly next: string
    readonly stopped: string
  }
  readonly withdraw: {
    readonly button: string
    readonly question: string
    readonly hint: string
    readonly yes: string
    readonly no: string
    readonly too_late: string
  }
  readonly appeal: {
    readonly button: string
    readonly title: string
    readonly hint: string
    readonly comment: string
    readonly send: string
    readonly cancel: string
  }
}

/** What happened, and what to do. */
export type Notice = { readonly title: string; readonly text: string }

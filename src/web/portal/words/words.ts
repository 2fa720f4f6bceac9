import type { Language } from '../../../domain/languages.ts'
import type { RequestStatus } from '../../../domain/request.ts'
import type { Badge } from '../../../http/portal/wire.ts'
import type { Counted, Forms, Text } from './fill.ts'

/**
 * Every word that the portal shows, once per language. A language that lacks one, a blank such as `{amount}`, or a form that
 * it counts by does not compile. Dates, amounts and numbers are filled in as the reader's locale writes them. The merchant can
 * override each sentence, so they are texts and no functions.
 */
export type Words<L extends Language = never> = {
  readonly skip: string
  readonly back: string
  readonly back_to_shop: string
  readonly leave: string
  readonly choose_language: string
  readonly loading: string
  readonly try_again: string
  readonly steps: { readonly label: string; readonly what: string; readonly why: string; readonly then: string }

  readonly sign_in: {
    readonly title: string
    readonly lead: string
    readonly email: string
    readonly with_number: string
    readonly number: string
    readonly number_hint: string
    readonly send: string
    readonly email_wrong: string
    readonly sent: Notice
    readonly sent_code: string
    readonly nothing_came: string
    readonly other_address: string
    readonly open_title: string
    readonly open_text: string
    readonly open: string
    readonly code_text: string
    readonly code: string
    readonly code_wrong: string
    readonly by_mail: string
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
  readonly too_often: Counted<Forms[L], 'minutes'>

  readonly payments: {
    readonly title: string
    readonly lead: string
    readonly empty: Notice
    readonly paid: Text<'date'>
    readonly period: Text<'from' | 'to'>
    readonly refunded_part: Text<'amount'>
    readonly show_all: Counted<Forms[L], 'more'>
  }
  readonly badges: {
    readonly refundable_until: Text<'until'>
    readonly refundable_last_day: Text<'until'>
    readonly refundable_days: Counted<Forms[L], 'days', 'until'>
  } & Readonly<Record<Badge['kind'], string>>

  /** Where money goes, said in the middle of a sentence: "your Visa ending in 4242". */
  readonly method: {
    readonly card: Text<'brand' | 'last4'>
    readonly plain_card: string
    readonly bank: string
    readonly paypal: string
    readonly unknown: string
  }
  readonly why: {
    readonly title: string
    readonly reasons: string
    readonly comment: string
    readonly optional: string
    readonly comment_hint: Counted<Forms[L], 'left'>
    readonly next: string
    readonly choose_first: string
    readonly not_refundable: string
    readonly ask_anyway: string
    readonly reason: string
    readonly change_reason: string
  }
  readonly alternatives: {
    readonly title: string
    readonly lead: string
    readonly choose: string
    readonly taken: Notice
  }

  readonly then: {
    readonly title: string
    readonly you_get: string
    readonly you_paid: Text<'amount'>
    readonly full: string
    readonly rest: string
    readonly part: Text<'share'>
    readonly goes_to: string
    readonly when: string
    readonly access: string
    readonly worked_out: string
    readonly refund_button: Text<'amount'>
    readonly review_title: string
    readonly review_lead: string
    readonly review_amount: Text<'amount'>
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

  /** Asking for several payments at once, where the policy has it. */
  readonly several: {
    readonly choose: string
    readonly one: string
    readonly go_on: Counted<Forms[L], 'count'>
    readonly lead: string
    readonly left_out: string
    readonly in_all: Text<'amount'>
    readonly button: Counted<Forms[L], 'count'>
    readonly together: string
  }

  readonly arrival: { readonly card: string; readonly other: string; readonly between: Text<'from' | 'to'> }
  readonly access: {
    readonly now: Text<'product'>
    readonly ended: Text<'product' | 'date'>
    readonly at: Text<'product' | 'date'>
    readonly period_end: Text<'product'>
    readonly keep: string
    readonly subscription_ends: string
  }
  /** What would have changed the answer: how long after the payment it was asked, and how long would have done. */
  readonly missed: { readonly approve: Text<'asked' | 'limit'>; readonly review: Text<'asked' | 'limit'> }

  readonly status: {
    readonly title: Readonly<Record<RequestStatus, string>>
    readonly submitted: string
    readonly in_review: string
    readonly in_review_by: Text<'by'>
    /** A person has answered, and can still take it back. */
    readonly deciding: Notice
    readonly approved: string
    readonly requires_action: string
    readonly refunded: Text<'destination'>
    readonly refunded_elsewhere: string
    readonly late: string
    readonly failed: string
    readonly failed_next: string
    readonly denied: string
    readonly withdrawn: string
    readonly handled: string
    readonly merged: string
    readonly request: string
    readonly progress: string
    readonly expected: Text<'from' | 'to'>
    readonly reference: string
    readonly reference_hint: string
    readonly copied: string
    readonly copy: string
    readonly reply: string
    readonly missed_by: string
    readonly part_of: Text<'amount'>
    readonly your_words: string
    readonly keep_link: string
    readonly all_payments: string
    readonly ask_again: string
    readonly policy: string
  }
  readonly line: {
    readonly received: string
    readonly asked_person: string
    readonly checking: string
    readonly answer: string
    readonly person_looks: string
    readonly by: Text<'date'>
    readonly approved_policy: string
    readonly approved_person: string
    readonly denied_policy: string
    readonly denied_person: string
    readonly withdrawn: string
    readonly handled: string
    readonly merged: string
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
  readonly files: {
    readonly title: string
    readonly add: string
    readonly hint: string
    readonly remove: Text<'name'>
    readonly sending: Text<'name' | 'percent'>
    readonly waiting: string
    readonly wait: string
    /** Why a file was not taken. */
    readonly faults: {
      readonly too_large: Text<'name'>
      readonly wrong_type: Text<'name'>
      readonly broken: Text<'name'>
      readonly unsafe: Text<'name'>
      readonly locked: Text<'name'>
      readonly too_many: string
      readonly failed: Text<'name'>
    }
  }
  /** What staff asked. */
  readonly asked: {
    readonly title: string
    readonly by: Text<'by'>
    readonly answer: string
    readonly send: string
    readonly missing: string
    readonly sent: string
    readonly question: string
    readonly over: string
  }
  /** The label that article 11a of directive 2011/83/EU asks for. */
  readonly withdraw_contract: string
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

import { fileFaults, type FileFault } from './attachment.ts'
import { format, type Money } from './money.ts'

/** A "no" that we expect. It is returned, never thrown, and each one says what to do next. */
export type Refusal =
  | { readonly code: 'payment_not_found' }
  | { readonly code: 'request_not_found' }
  | { readonly code: 'customer_not_found' }
  | { readonly code: 'exception_not_found' }
  | { readonly code: 'assignee_not_found' }
  | { readonly code: 'reason_unknown' | 'reason_archived'; readonly given: string; readonly known: readonly string[] }
  | { readonly code: 'amount_invalid'; readonly because: string }
  | { readonly code: 'currency_mismatch'; readonly payment: string; readonly given: string }
  | { readonly code: 'more_than_is_left'; readonly left: Money }
  | { readonly code: 'request_already_open'; readonly request: string }
  | { readonly code: 'refund_not_cancelable'; readonly because: string }
  | { readonly code: 'bundle_not_found' }
  | { readonly code: 'bundle_invalid'; readonly because: string }
  | { readonly code: 'bundle_payment_refused'; readonly payment: string; readonly because: string }
  | { readonly code: 'already_decided'; readonly status: string }
  | { readonly code: 'not_withdrawable'; readonly status: string }
  | { readonly code: 'not_appealable' }
  | { readonly code: 'not_captured' }
  | { readonly code: 'payment_disputed' }
  | { readonly code: 'role_too_low'; readonly needed: string }
  | { readonly code: 'own_request' }
  | { readonly code: 'already_approved_by_you' }
  | { readonly code: 'closed_by_you' }
  | {
      readonly code: 'above_your_limit'
      readonly per: 'request' | 'day'
      readonly limit: Money
      readonly needed: string
    }
  | { readonly code: 'needs_an_owner' }
  | { readonly code: 'too_new_for_second' }
  | { readonly code: 'changed_meanwhile'; readonly changes: readonly string[]; readonly revision: string }
  | { readonly code: 'note_missing' }
  | { readonly code: 'question_missing' }
  | { readonly code: 'colleague_not_found' }
  | { readonly code: 'role_not_higher'; readonly yours: string }
  | { readonly code: 'time_invalid'; readonly because: string }
  | { readonly code: 'proof_missing' }
  | { readonly code: 'not_a_duplicate'; readonly because: string }
  | { readonly code: 'not_undoable'; readonly because: string }
  | { readonly code: 'question_already_open' }
  | { readonly code: 'no_open_question' }
  | { readonly code: 'answer_missing' }
  | { readonly code: 'text_too_long'; readonly field: string; readonly most: number }
  | { readonly code: 'link_invalid'; readonly because: string }
  | { readonly code: 'fact_unknown'; readonly name: string; readonly known: readonly string[] }
  | { readonly code: 'fact_wrong_type'; readonly name: string; readonly expected: string }
  | { readonly code: 'fact_dated_ahead' }
  | { readonly code: 'policy_invalid'; readonly problems: readonly PolicyLine[] }
  | { readonly code: 'draft_not_found' }
  | { readonly code: 'draft_changed'; readonly by: string; readonly at: Date; readonly revision: number }
  | { readonly code: 'draft_closed'; readonly status: string }
  | { readonly code: 'draft_unnamed' }
  | { readonly code: 'version_not_found'; readonly version: number }
  | { readonly code: 'effective_from_passed' }
  | { readonly code: 'own_draft' }
  | { readonly code: 'backtest_not_found' }
  | { readonly code: 'backtest_over'; readonly status: string }
  | { readonly code: 'backtest_invalid'; readonly because: string }
  | { readonly code: 'too_many_backtests'; readonly most: number }
  | { readonly code: 'shadow_not_found' }
  | { readonly code: 'shadow_ended' }
  | { readonly code: 'shadow_runs_already' }
  | { readonly code: 'too_many_shadows'; readonly most: number }
  | { readonly code: 'stripe_unreachable' }
  | { readonly code: 'bounce_unreadable' }
  | { readonly code: 'setting_invalid'; readonly field: string; readonly because: string }
  | { readonly code: 'setting_not_found'; readonly what: string }
  | { readonly code: 'setting_refused'; readonly because: string }
  | { readonly code: 'file_refused'; readonly fault: FileFault }
  | { readonly code: 'too_many_files'; readonly most: number }
  | { readonly code: 'attachment_not_found' }
  | { readonly code: 'books_are_compared' }

/** Where a policy file is wrong. Line and column count from 1. */
export type PolicyLine = { readonly line: number; readonly column: number; readonly message: string }

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly no: Refusal }

export const ok = <T>(value: T): Result<T> => ({ ok: true, value })
export const no = (refusal: Refusal): { ok: false; no: Refusal } => ({ ok: false, no: refusal })

/** The refusal in words: what is so and the way out. */
export function explainRefusal(refusal: Refusal): string {
  switch (refusal.code) {
    case 'payment_not_found':
      return 'There is no such payment. Give a pi_…, ch_… or pay_… id of this Stripe account.'
    case 'request_not_found':
      return 'There is no such request.'
    case 'customer_not_found':
      return 'There is no such customer. Give the cus_… id of this Stripe account.'
    case 'exception_not_found':
      return 'This difference is not open any more.'
    case 'assignee_not_found':
      return 'This colleague is not in the team any more, or only looks on. Choose somebody else.'
    case 'reason_unknown':
      return `This reason code is not known. Use one of: ${refusal.known.join(', ')}.`
    case 'reason_archived':
      return `The reason ${refusal.given} is archived: requests that have it keep it, new ones can’t. Use one of: ${refusal.known.join(', ')}.`
    case 'amount_invalid':
      return refusal.because
    case 'currency_mismatch':
      return `The payment is in ${refusal.payment.toUpperCase()}, so it can't be refunded in ${refusal.given.toUpperCase()}.`
    case 'more_than_is_left':
      return `Only ${format(refusal.left)} of this payment is left to refund.`
    case 'request_already_open':
      return `There is an open request for this payment already: ${refusal.request}.`
    case 'refund_not_cancelable':
      return refusal.because
    case 'bundle_not_found':
      return 'There is no such bundle of requests.'
    case 'bundle_invalid':
      return refusal.because
    case 'bundle_payment_refused':
      return `Nothing was asked for, because of ${refusal.payment}: ${refusal.because}`
    case 'already_decided':
      return `This request was decided in the meantime: it is ${refusal.status}. Nothing was changed.`
    case 'not_withdrawable':
      return `This request can't be withdrawn any more: it is ${refusal.status}.`
    case 'not_appealable':
      return 'This answer can’t be passed on to a person.'
    case 'not_captured':
      return 'This payment was not captured: there is nothing to refund. Cancel it in Stripe instead.'
    case 'payment_disputed':
      return 'The customer’s bank has opened a dispute about this payment. A refund now could pay the money twice: answer the dispute.'
    case 'role_too_low':
      return `This needs the role ${refusal.needed} or a higher one. Ask somebody who has it.`
    case 'own_request':
      return 'You made this request, so somebody else has to approve it.'
    case 'already_approved_by_you':
      return 'You have approved this already. It waits for a second person.'
    case 'closed_by_you':
      return 'You said that Stripe never made the last refund of this payment, so somebody else has to approve a new one. Nothing was changed.'
    case 'above_your_limit':
      return `This is above your limit of ${format(refusal.limit)} for one ${refusal.per}. Pass it on to ${refusal.needed}. Nothing was changed.`
    case 'needs_an_owner':
      return 'Above the limits of finance two people approve, and one of them is an owner. Ask an owner to approve it. Nothing was changed.'
    case 'too_new_for_second':
      return 'You have had this role for less than a day, so somebody else has to be the second person.'
    case 'changed_meanwhile':
      return `This changed since you opened it, and nothing was done: ${refusal.changes.join('; ')}. Look again and decide.`
    case 'note_missing':
      return 'Say why in the note: it is kept with the decision.'
    case 'colleague_not_found':
      return 'There is no such colleague.'
    case 'role_not_higher':
      return `Escalate to a higher role than your own (${refusal.yours}).`
    case 'time_invalid':
      return refusal.because
    case 'proof_missing':
      return 'Give a proof that a colleague can check later: a reference of the transfer, a link, a number.'
    case 'not_a_duplicate':
      return refusal.because
    case 'not_undoable':
      return refusal.because
    case 'question_missing':
      return 'Write what you want to know: the customer reads it as it stands.'
    case 'question_already_open':
      return 'The customer has been asked already and has not answered yet. Wait for the answer, or decide.'
    case 'no_open_question':
      return 'There is no question that waits for an answer: it was answered, or the request was decided meanwhile.'
    case 'answer_missing':
      return 'Write an answer first.'
    case 'text_too_long':
      return `${refusal.field} is longer than ${refusal.most.toLocaleString('en')} characters. Shorten it: nothing was sent.`
    case 'link_invalid':
      return refusal.because
    case 'fact_unknown':
      return `The policy declares no fact "${refusal.name}". It declares: ${refusal.known.join(', ') || 'none'}.`
    case 'fact_wrong_type':
      return `"${refusal.name}" must be ${refusal.expected}.`
    case 'fact_dated_ahead':
      return 'as_of lies in the future. Send the instant at which the value was true.'
    case 'policy_invalid':
      return refusal.problems
        .map(({ line, column, message }) => `Line ${line}, column ${column}: ${message}`)
        .join('\n')
    case 'file_refused':
      return fileFaults[refusal.fault]
    case 'too_many_files':
      return `That is too many files at once: ${refusal.most} at most. Take some away, or come again in an hour.`
    case 'attachment_not_found':
      return 'There is no such file. It may have been deleted when its time was over.'
    case 'bounce_unreadable':
      return 'This is no delivery report (RFC 3464) about a mail that was sent from here. Send the whole mail as it came, with its headers.'
    case 'setting_invalid':
    case 'setting_refused':
      return refusal.because
    case 'setting_not_found':
      return `There is no such ${refusal.what}. It may have been removed in the meantime; nothing was changed.`
    case 'draft_not_found':
      return 'There is no such draft of a policy.'
    case 'draft_changed':
      return 'Somebody saved this draft after you had opened it. Nothing of either text is lost: compare, then save yours over it or as a draft of its own.'
    case 'draft_closed':
      return refusal.status === 'published'
        ? 'This draft was published, and what is published never changes. Begin a new draft from that version.'
        : 'This draft was discarded. Take it up again first.'
    case 'draft_unnamed':
      return 'Give the draft a name of 1 to 100 characters.'
    case 'version_not_found':
      return `There is no version ${refusal.version} of the policy.`
    case 'effective_from_passed':
      return 'A policy can’t come into force in the past: what was decided stays decided. Give an instant to come, or none for now.'
    case 'own_draft':
      return 'You saved this draft last, so another person publishes it: another owner, or you after a colleague in finance has saved it. Who works alone switches four eyes off under Settings, Limits and hours; each version then says so. Nothing was published.'
    case 'backtest_not_found':
      return 'There is no such backtest.'
    case 'backtest_over':
      return `This backtest is over already: it is ${refusal.status}.`
    case 'backtest_invalid':
      return refusal.because
    case 'too_many_backtests':
      return `${refusal.most} backtests are waiting or running already. Wait for one of them, or cancel one.`
    case 'shadow_not_found':
      return 'There is no such shadow.'
    case 'shadow_ended':
      return 'This shadow has ended already. Its results stay.'
    case 'shadow_runs_already':
      return 'This draft is in shadow already. End that one first; its results stay.'
    case 'too_many_shadows':
      return `${refusal.most} drafts are in shadow already, and that is the most. End one of them first; its results stay.`
    case 'books_are_compared':
      return 'The database was restored, and its books are being compared with Stripe’s. Nothing was done; try again in a minute.'
    case 'stripe_unreachable':
      return 'Stripe can’t be reached right now and this payment is not known here yet. Try again in a minute.'
  }
}

/** Thrown when our own books do not add up. Nobody catches it: the work stops and a person is called. */
export class Bug extends Error {
  override name = 'Bug'
}

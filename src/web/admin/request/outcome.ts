import type { AccessChoice, Decision } from '../../../domain/decision.ts'
import { format, money } from '../../../domain/money.ts'
import { suggestAmounts, type Suggestion } from '../../../domain/suggest-amounts.ts'
import type { PaymentDetail, RequestScreen, SubscriptionDetail } from '../../../http/admin/screens.ts'
import { mayAs } from '../../../domain/actor.ts'
import { inSettlement, whatApprovalTakes, type Takes } from '../../../domain/desk.ts'
import { whoMayApprove } from '../../../domain/who-may-approve.ts'
import { roleToApprove, standingApprovals } from '../../../domain/approval.ts'
import { dayOf } from '../../parts/time.ts'
import { methodName } from '../../parts/words.ts'

type Colleague = RequestScreen['team'][number]

/** The policy's last answer about a request, whole. */
export function askedPolicy({ decisions }: RequestScreen): Decision | undefined {
  return decisions.findLast(({ by }) => by === 'policy')?.explanation ?? undefined
}

/** What a plain approval pays: what the policy proposes, else what was asked for, never more than is left. */
export function proposedMinor(screen: RequestScreen): number {
  const { payment, request } = screen
  const policy = askedPolicy(screen)?.amount.minor ?? 0
  return Math.min(policy > 0 ? policy : (request.asked_minor ?? payment.refundable_minor), payment.refundable_minor)
}

/** What ends for the customer, in true words, for one choice of access. */
export function accessSentence(
  access: AccessChoice,
  subscription: SubscriptionDetail | null,
  payment: PaymentDetail,
): string {
  const running = subscription && !subscription.ended_at && subscription.status !== 'canceled'
  const current =
    running && payment.period_start !== null && sameInstant(subscription.current_period_start, payment.period_start)
  if (access === 'keep') return running ? 'the subscription and access stay as they are' : 'access stays as it is'
  if (!payment.subscription_id)
    return access === 'now' ? 'access from this payment ends' : 'access from this payment ends with its paid period'
  if (!running) return 'the subscription has ended already'
  if (subscription.cancel_at) return 'the subscription is set to end already'
  if (!current) return 'the subscription stays: this payment is not for the period that runs now'
  if (access === 'now') return 'the subscription is canceled and access ends once the refund succeeds'
  return `the subscription is canceled to the end of its period (${dayOf(subscription.current_period_end!)})`
}

/** How many approvals stand and how many the policy wants. */
export function approvalsOf(
  screen: RequestScreen,
  amount_minor = proposedMinor(screen),
): {
  given: { by: string; amount_minor: number }[]
  needed: number
  role: string
} {
  const policy = askedPolicy(screen)
  const takes = takesOf(screen, amount_minor)
  return {
    given: standingApprovals(
      screen.decisions,
      screen.refunds.filter(({ request_id }) => request_id === screen.request.id),
      new Date(),
    ),
    needed: takes.ok ? takes.people : (policy?.approvers.count ?? 1),
    role: roleToApprove(screen.request.status, policy),
  }
}

/** The whole of what an approval does, for the line above its button. */
export function approvalSentence(screen: RequestScreen, amount_minor: number, access: AccessChoice): string {
  const { payment, subscription } = screen
  const { given: before, needed } = approvalsOf(screen, amount_minor)
  const given = before.filter((one) => one.amount_minor === amount_minor)
  const amount = format(money(amount_minor, payment.currency))
  if (given.length + 1 < needed)
    return `Your approval of ${amount} is kept and waits for ${needed - given.length - 1} more. No money moves yet, and the customer is not told.`
  const told = screen.customer?.email
    ? `${screen.customer.name ?? 'the customer'} is told “Your refund of ${amount} is approved”`
    : 'there is no e-mail to tell the customer'
  return `Refund ${amount} to ${methodName(payment)} · ${accessSentence(access, subscription, payment)} · ${told}`
}

/** Colleagues who can say yes to this amount as the last that it takes, or as one before. */
export function whoMay(screen: RequestScreen, amount_minor: number): ReturnType<typeof whoMayApprove<Colleague>> {
  const { you, payment, request, team } = screen
  const { given, role } = approvalsOf(screen, amount_minor)
  const amount = inSettlement(money(amount_minor, payment.currency), you.desk)
  const standing = given.filter((one) => one.amount_minor === amount_minor).map(({ by }) => by.replace('staff:', ''))
  return whoMayApprove(you.desk, team, {
    amount,
    stake: amount === undefined || you.beside_minor === null ? undefined : amount + you.beside_minor,
    policy: askedPolicy(screen)?.approvers.count ?? 1,
    needed: role,
    standing: standing.map((id) => team.find((one) => one.id === id)?.role ?? 'support'),
    not: [...standing, ...(you.desk.four_eyes ? [request.created_by.replace('staff:', '')] : [])],
  })
}

/** What an approval of this amount takes from this person, by the limits that the server has for them. */
function takesOf(screen: RequestScreen, amount_minor: number): Takes {
  const { you, payment, decisions, refunds, request } = screen
  const amount = inSettlement(money(amount_minor, payment.currency), you.desk)
  const stake = amount === undefined || you.beside_minor === null ? undefined : amount + you.beside_minor
  const mine = refunds.filter(({ request_id }) => request_id === request.id)
  const standing = standingApprovals(decisions, mine, new Date(), amount_minor)
  return whatApprovalTakes(you.desk, you.rights, {
    amount,
    stake,
    policy: askedPolicy(screen)?.approvers.count ?? 1,
    // Whether one of them is an owner is checked when it is sent: roles may change until then.
    standing: standing.map(() => 'owner'),
  })
}

/** Why somebody can't approve this, before they click; undefined when they can. */
export function whyNotApprove(
  screen: RequestScreen,
  me: { id: string; role: string },
  amount_minor = proposedMinor(screen),
): string | undefined {
  const { request, payment, you } = screen
  const { given, role } = approvalsOf(screen)
  const alone = !you.desk.four_eyes && you.rights.role === 'owner'
  if (!mayAs(you.rights.role, role)) return `Only ${role} or a higher role can approve this; you are ${me.role}.`
  if (request.created_by === `staff:${me.id}` && !alone)
    return 'You made this request, so somebody else has to approve it.'
  if (given.some(({ by, amount_minor: minor }) => by === `staff:${me.id}` && minor === amount_minor))
    return 'You have approved this already. It waits for a second person.'
  if (!payment.captured) return 'This payment was not captured: there is nothing to refund.'
  if (payment.dispute === 'open' || payment.dispute === 'lost')
    return 'The bank has a dispute about this payment. A refund now could pay the money twice: answer the dispute in Stripe.'
  if (payment.refundable_minor === 0) return 'Nothing of this payment is left to refund.'
  const takes = takesOf(screen, amount_minor)
  if (takes.ok) return undefined
  if (takes.why === 'fresh')
    return 'You have had your role for less than a day, so somebody else has to be the second person.'
  if (takes.why === 'no_owner') return 'Above the limits of finance one of the two people is an owner.'
  const limit = format(money(takes.limit_minor, you.desk.currency))
  return `Above your limit of ${limit} for one ${takes.why}: ${takes.role} can approve it. Escalate it, or approve a part.`
}

/** Amounts worth suggesting for a part, with how each comes about. */
export function suggestions(screen: RequestScreen, now: Date): Suggestion[] {
  const { payment, last_payment } = screen
  const { period_start: start, period_end: end } = payment
  return suggestAmounts({
    captured_minor: payment.captured_minor,
    left_minor: payment.refundable_minor,
    currency: payment.currency,
    policy_minor: askedPolicy(screen)?.amount.minor ?? 0,
    period: start && end ? { start: new Date(start), end: new Date(end) } : null,
    used_share: usedShare(screen),
    last_payment: last_payment && { ...last_payment, paid_at: new Date(last_payment.paid_at) },
    now,
  })
}

const sameInstant = (a: string | null, b: string): boolean =>
  a !== null && new Date(a).getTime() === new Date(b).getTime()

/** The share of the product that was used, where the policy asked for it and knew it. */
function usedShare(screen: RequestScreen): number | undefined {
  const found = askedPolicy(screen)?.findings.find(
    ({ condition, mark }) => /^usage\.share\b/.test(condition) && mark !== 'unknown',
  )
  const percent = found && /([\d.]+)\s*%/.exec(found.actual)?.[1]
  return percent === undefined ? undefined : Math.min(1, Math.max(0, Number(percent) / 100))
}

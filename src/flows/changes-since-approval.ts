import type { App } from '../app.ts'
import type { RequestScreen } from '../db/admin-request.ts'
import { pictureOf } from '../db/approval-pictures.ts'
import { findPayment } from '../db/payments.ts'
import { policyVersion } from '../db/policies.ts'
import { findRequest } from '../db/requests.ts'
import { standingApprovals } from '../domain/approval.ts'
import { format, money } from '../domain/money.ts'
import { zoneOf } from '../domain/policy/calendar.ts'
import { changesOfPicture, type SinceApproval } from '../domain/since-approval.ts'
import { readVersion } from './judge.ts'
import { pictureForApproval } from './picture-for-approval.ts'

export type FirstApproval = {
  readonly by: string
  readonly at: string
  readonly amount_minor: number
  readonly note: string | null
  /** What is otherwise since then, what happened in the order in which it did. Empty: nothing. */
  readonly changes: (Omit<SinceApproval, 'at'> & { readonly at: string | null })[]
}

/**
 * For the second of two: what is otherwise since the first approval that stands. Facts, signals and policy are compared with what
 * was kept beside that approval; notes, letters, questions and files come from the request itself. Null: none stands.
 */
export async function changesSinceApproval(app: App, shown: RequestScreen): Promise<FirstApproval | null> {
  const { request, decisions, refunds } = shown
  if (!['in_review', 'failed', 'denied'].includes(request.status)) return null
  const mine = refunds.filter(({ request_id }) => request_id === request.id)
  const first = standingApprovals(decisions, mine, app.now())[0]
  if (first === undefined) return null
  const { by, at, amount_minor, note } = first
  const changes = [...amountBefore(shown, first), ...(await ofPicture(app, shown, first.id)), ...happened(shown, at)]
  return { by, at, amount_minor, note, changes: changes.map((one) => ({ ...one, at: one.at?.toISOString() ?? null })) }
}

async function ofPicture(app: App, { request: { id } }: RequestScreen, decision: string): Promise<SinceApproval[]> {
  const before = await pictureOf(app.db, app.account, decision)
  const request = await findRequest(app.db, app.account, id)
  const payment = request && (await findPayment(app.db, app.account, request.payment_id))
  if (before === undefined || request === undefined || payment === undefined) return []
  const now = await pictureForApproval(app, { request, payment })
  const version = await policyVersion(app.db, app.account, now.policy_version)
  if (version === undefined) return []
  const { facts, timezone } = readVersion(app, version)
  return changesOfPicture(before, now, { facts, zone: zoneOf(timezone)! })
}

/** An approval of another amount lapsed when this one was given: whoever is second should know of both. */
function amountBefore(
  { decisions, people }: RequestScreen,
  { id, amount_minor, currency }: { id: string; amount_minor: number; currency: string },
): SinceApproval[] {
  const at = decisions.findIndex((one) => one.id === id)
  const before = decisions[at - 1]
  if (before === undefined || before.by === 'policy' || before.verdict !== 'approve') return []
  const [was, is] = [before.amount_minor, amount_minor].map((minor) => format(money(minor, currency)))
  return [
    {
      kind: 'amount',
      says: `the amount is ${is}; ${people[before.by] ?? 'a colleague'} had approved ${was}, which does not count any more`,
      at: new Date(before.at),
    },
  ]
}

const deedWords: Readonly<Record<string, string>> = {
  'request.escalated': 'passed it on to a higher role',
  'request.snoozed': 'snoozed it',
  'request.assigned': 'changed whose it is',
}

function happened(
  { notes, questions, files, messages, deeds, merged, people }: RequestScreen,
  since: string,
): SinceApproval[] {
  const who = (actor: string) => people[actor] ?? 'a colleague'
  const quoted = (text: string) => `“${text.length > 160 ? `${text.slice(0, 160)}…` : text}”`
  const found: SinceApproval[] = [
    ...notes.map(
      ({ by, at, note }) => ({ kind: 'note', says: `${who(by)} noted ${quoted(note)}`, at: new Date(at) }) as const,
    ),
    ...questions.map(
      ({ asked_by, asked_at, question }) =>
        ({ kind: 'question', says: `${who(asked_by)} asked ${quoted(question)}`, at: new Date(asked_at) }) as const,
    ),
    ...questions.flatMap(({ answer, answered_at }) =>
      answered_at === null
        ? []
        : [
            {
              kind: 'answer' as const,
              says: `the customer answered ${quoted(answer ?? '')}`,
              at: new Date(answered_at),
            },
          ],
    ),
    ...files.map(
      ({ name, created_at }) =>
        ({ kind: 'file', says: `the customer sent ${name}`, at: new Date(created_at) }) as const,
    ),
    ...messages.map(
      ({ subject, created_at }) =>
        ({ kind: 'message', says: `the customer was told ${quoted(subject)}`, at: new Date(created_at) }) as const,
    ),
    ...merged.map(
      ({ description, created_at }) =>
        ({
          kind: 'deed',
          says: `a request about ${description} was merged into this one`,
          at: new Date(created_at),
        }) as const,
    ),
    ...deeds.flatMap(({ by, at, action }) =>
      deedWords[action] === undefined
        ? []
        : [{ kind: 'deed' as const, says: `${who(by)} ${deedWords[action]}`, at: new Date(at) }],
    ),
  ]
  const from = new Date(since).getTime()
  return found.filter(({ at }) => at !== null && at.getTime() > from).sort((a, b) => a.at!.getTime() - b.at!.getTime())
}

import type { App } from '../app.ts'
import type { Tx } from '../db/connect.ts'
import type { RequestRow } from '../db/requests.ts'
import { changesSince, revisionOf, type Change } from '../db/revision.ts'
import type { Refusal } from '../domain/refusal.ts'

/** Refuses what was decided on an old picture, and says what is new. The request is locked. Without `seen` nothing is compared. */
export async function checkRevision(
  app: App,
  tx: Tx,
  request: RequestRow,
  seen: string | undefined,
): Promise<Refusal | undefined> {
  if (seen === undefined) return undefined
  const revision = await revisionOf(tx, app.account, request.id)
  if (revision === seen) return undefined
  const changes = (await changesSince(tx, app.account, request.id, seen)).map(sentence)
  const money = revision.slice(revision.indexOf('.')) === seen.slice(seen.indexOf('.'))
  return {
    code: 'changed_meanwhile',
    revision,
    changes: [...changes, ...(money ? [] : ['the payment’s refunds, dispute or fraud warning changed'])],
  }
}

const deeds: Readonly<Record<string, string>> = {
  'request.asked': 'asked the customer something',
  'request.answered': 'answered',
  'request.note_added': 'added a note',
  'request.approved_by_one': 'approved, as one of two',
  'request.approved': 'approved it',
  'request.approval_undone': 'took an approval back',
  'request.denied': 'denied it',
  'request.denial_undone': 'took a denial back',
  'request.withdrawn': 'took the request back',
  'request.escalated': 'escalated it',
  'request.took_in': 'merged another request into it',
  'request.merged': 'merged it into another request',
  'request.handled': 'marked it as handled elsewhere',
  'request.reopened': 'reopened it',
  'request.appealed': 'asked for a person',
}

function sentence({ action, by, name }: Change): string {
  const who = name ?? (by.startsWith('customer:') ? 'the customer' : by.startsWith('api_key:') ? 'an API key' : by)
  return `${who} ${deeds[action] ?? `did ${action.replaceAll(/[._]/g, ' ')}`}`
}

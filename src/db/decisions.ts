import { sql } from 'kysely'
import type { Actor } from '../domain/actor.ts'
import type { AccessChoice, Decision, Verdict } from '../domain/decision.ts'
import { newId, type DecisionId } from '../domain/ids.ts'
import type { Money } from '../domain/money.ts'
import type { Db, Tx } from './connect.ts'

export type DecisionRow = {
  account_id: string
  id: DecisionId
  request_id: string
  verdict: Verdict
  by: Actor
  amount_minor: number
  currency: string
  rule: string | null
  policy_version: number | null
  access: AccessChoice
  note: string | null
  reply: string | null
  explanation: Decision | null
  at: Date
}

export type NewDecision = {
  readonly account: string
  readonly request: string
  readonly verdict: Verdict
  readonly by: Actor
  readonly amount: Money
  readonly access: AccessChoice
  readonly at: Date
  readonly note?: string | undefined
  readonly reply?: string | undefined
  /** The policy's answer and the facts that it was given, both kept as they were. */
  readonly explanation?: Decision | undefined
  readonly facts?: unknown
}

export async function insertDecision(tx: Tx, decision: NewDecision): Promise<DecisionId> {
  const id = newId('dec')
  const { explanation } = decision
  await sql`
    insert into decision (account_id, id, request_id, verdict, by, amount_minor, currency, rule, policy_version, access,
      note, reply, explanation, facts, at)
    values (${decision.account}, ${id}, ${decision.request}, ${decision.verdict}, ${decision.by}, ${decision.amount.minor},
      ${decision.amount.currency}, ${explanation?.rule ?? null}, ${explanation?.policy_version ?? null}, ${decision.access},
      ${decision.note ?? null}, ${decision.reply ?? null}, ${explanation ? JSON.stringify(explanation) : null},
      ${decision.facts === undefined ? null : JSON.stringify(decision.facts)}, ${decision.at})`.execute(tx)
  return id
}

/** Every answer that a request got, oldest first. */
export async function decisionsOf(db: Db, account: string, request: string): Promise<DecisionRow[]> {
  const { rows } = await sql<DecisionRow>`
    select account_id, id, request_id, verdict, by, amount_minor, currency, rule, policy_version, access, note, reply,
      explanation, at
    from decision where account_id = ${account} and request_id = ${request} order by at, id`.execute(db)
  return rows
}

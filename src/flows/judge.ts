import type { App, Books } from '../app.ts'
import type { Db } from '../db/connect.ts'
import type { PaymentRow } from '../db/payments.ts'
import { policyAt, type PolicyVersionRow } from '../db/policies.ts'
import type { Decision } from '../domain/decision.ts'
import type { Facts } from '../domain/facts.ts'
import { decide } from '../domain/policy/decide.ts'
import { parsePolicy, type Policy } from '../domain/policy/parse.ts'
import { Bug } from '../domain/refusal.ts'
import { gatherFacts, type Asked } from './gather-facts.ts'

// A published version never changes, so each is parsed and type-checked once.
const parsed = new WeakMap<Db, Map<string, Policy>>()

/** A published version, ready to be asked. Throws a Bug when it doesn't parse: it did when it was published. */
export function readVersion(app: Books, { version, source }: PolicyVersionRow): Policy {
  const known = parsed.get(app.db) ?? new Map<string, Policy>()
  parsed.set(app.db, known)
  const key = `${app.account}/${version}`
  const policy = known.get(key) ?? parsePublished(source, version)
  known.set(key, policy)
  return policy
}

function parsePublished(source: string, version: number): Policy {
  const result = parsePolicy(source)
  if (!result.ok)
    throw new Bug(`policy version ${version} was published and doesn't parse: ${result.problems[0]?.message}`)
  return result.policy
}

/** The policy that judges a payment: the one in force at the purchase or at the request, as the newest one says. */
export async function policyFor(
  app: App,
  payment: PaymentRow,
  at: Date,
  db: Db = app.db,
): Promise<{ policy: Policy; version: number }> {
  const newest = await policyAt(db, app.account, at)
  if (newest === undefined) throw new Bug('no policy was published')
  const policy = readVersion(app, newest)
  if (policy.judge_by === 'request') return { policy, version: newest.version }
  const promised = (await policyAt(db, app.account, payment.paid_at)) ?? newest
  return { policy: readVersion(app, promised), version: promised.version }
}

/** Asks the policy about a payment. Writes nothing; pure but for reading our own books. */
export async function judge(
  app: App,
  payment: PaymentRow,
  asked: Asked,
  db: Db = app.db,
): Promise<{ decision: Decision; facts: Facts }> {
  const [{ policy, version }, facts] = await Promise.all([
    policyFor(app, payment, asked.at, db),
    gatherFacts(app, payment, asked, db),
  ])
  return { decision: decide(policy, facts, version), facts }
}

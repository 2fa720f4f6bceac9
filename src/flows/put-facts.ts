import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { findCustomer } from '../db/customers.ts'
import { saveFact } from '../db/facts.ts'
import { audit } from '../db/journal.ts'
import { findPayment } from '../db/payments.ts'
import { policyAt } from '../db/policies.ts'
import type { Actor } from '../domain/actor.ts'
import { zoneOf } from '../domain/policy/calendar.ts'
import { convert, howWritten } from '../domain/policy/merchant-facts.ts'
import type { Policy } from '../domain/policy/parse.ts'
import { no, ok, type Refusal, type Result } from '../domain/refusal.ts'
import { readVersion } from './judge.ts'

export type FactsGiven = {
  /** `cus_…`, or a payment's `pay_…`, `pi_…` or `ch_…`. */
  readonly subject: string
  readonly facts: Readonly<Record<string, string | number | boolean>>
  /** When they were true; now when nothing is said. */
  readonly as_of?: Date | undefined
  readonly by: Actor
}

const clockSkewMs = 60_000

/**
 * Keeps what the merchant knows: all of it or none. A value that is older than the one we hold changes nothing.
 * Refuses: customer_not_found, payment_not_found, fact_unknown, fact_wrong_type, fact_dated_ahead.
 */
export async function putFacts(
  app: App,
  { subject, facts, as_of, by }: FactsGiven,
): Promise<Result<{ subject: string; facts: string[] }>> {
  const known = await subjectOf(app, subject)
  if (!known.ok) return known
  const now = app.now()
  if (as_of !== undefined && as_of.getTime() > now.getTime() + clockSkewMs) return no({ code: 'fact_dated_ahead' })
  const newest = await policyAt(app.db, app.account, now)
  const policy = newest && readVersion(app, newest)
  for (const [name, value] of Object.entries(facts)) {
    const wrong = policy && wrongFact(policy, name, value)
    if (wrong) return no(wrong)
  }
  await inTransaction(app.db, async (tx) => {
    for (const [name, value] of Object.entries(facts))
      await saveFact(tx, app.account, { subject: known.value, name, value, as_of: as_of ?? now }, now)
    await audit(tx, {
      account: app.account,
      at: now,
      actor: by,
      action: 'facts.put',
      subject: known.value,
      detail: { facts },
    })
  })
  return ok({ subject: known.value, facts: Object.keys(facts) })
}

/** What is wrong with a fact, by what the policy declares. */
function wrongFact(
  { declarations, timezone }: Policy,
  name: string,
  value: string | number | boolean,
): Refusal | undefined {
  const declared = declarations.find((each) => each.name === name)
  if (declared === undefined) return { code: 'fact_unknown', name, known: declarations.map((each) => each.name) }
  const known = convert(declared.type, value, zoneOf(timezone)!)
  if (known !== undefined && (!declared.values || declared.values.includes(String(value)))) return undefined
  const expected = declared.values
    ? `one of ${declared.values.join(', ')}`
    : howWritten[declared.type as keyof typeof howWritten]
  return { code: 'fact_wrong_type', name, expected }
}

async function subjectOf(app: App, subject: string): Promise<Result<string>> {
  if (subject.startsWith('cus_')) {
    return (await findCustomer(app.db, app.account, subject)) === undefined
      ? no({ code: 'customer_not_found' })
      : ok(subject)
  }
  const payment = await findPayment(app.db, app.account, subject)
  return payment === undefined ? no({ code: 'payment_not_found' }) : ok(payment.id)
}

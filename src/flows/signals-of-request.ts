import type { App } from '../app.ts'
import type { Db } from '../db/connect.ts'
import { linkedMax, linkedPayments, requestsOn, subjectOf, valueOf } from '../db/linked-payments.ts'
import { findRequest } from '../db/requests.ts'
import { signalsOf, type LinkedBy, type LinkedRequest, type Signal, type SignalFacts } from '../domain/signals.ts'
import { no, ok, type Result } from '../domain/refusal.ts'

/** What is known around a request: the same customer, card and e-mail domain, disputes, warnings, how often, how much. Refuses: request_not_found. */
export async function signalsOfRequest(app: App, id: string): Promise<Result<{ signals: Signal[] }>> {
  const facts = await signalFacts(app, id)
  return facts ? ok({ signals: signalsOf(facts) }) : no({ code: 'request_not_found' })
}

/** What the signals are made of, from our own books. Undefined: no such request. */
export async function signalFacts(app: App, id: string, db: Db = app.db): Promise<SignalFacts | undefined> {
  const subject = await subjectOf(db, app.account, id)
  const request = await findRequest(db, app.account, id)
  if (subject === undefined || request === undefined) return undefined
  const payments = await linkedPayments(db, app.account, subject)
  const [found, value] = [
    await requestsOn(db, app.account, { payments: [...new Set(payments.map((one) => one.id))], request: id }),
    await valueOf(db, app.account, subject.owners),
  ]
  const requests = payments.flatMap((payment): LinkedRequest[] =>
    found.filter((one) => one.payment === payment.id).map((one) => ({ ...one, link: payment.link, who: payment.who })),
  )
  const many = (link: LinkedBy) => payments.filter((one) => one.link === link).length >= linkedMax
  return {
    now: app.now(),
    payment: subject.payment,
    asked_at: request.created_at,
    domain: subject.domain,
    more: { customer: many('customer'), card: many('card'), domain: many('domain') },
    payments,
    requests: requests.sort((a, b) => b.created_at.getTime() - a.created_at.getTime()),
    value,
  }
}

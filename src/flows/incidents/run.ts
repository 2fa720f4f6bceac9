import type { App } from '../../app.ts'
import { inTransaction, type Tx } from '../../db/connect.ts'
import { insertDecision } from '../../db/decisions.ts'
import {
  lockIncident,
  lockLine,
  nextLines,
  paymentNow,
  setIncident,
  settleLine,
  type IncidentRow,
  type LineRow,
} from '../../db/incidents.ts'
import { audit } from '../../db/journal.ts'
import { lockPayment } from '../../db/payments.ts'
import { insertRequest, lockRequest, moveRequest, type RequestRow } from '../../db/requests.ts'
import { newId } from '../../domain/ids.ts'
import { shareOf } from '../../domain/incident.ts'
import { money } from '../../domain/money.ts'
import { reserveRefund } from '../reserve-refund.ts'
import { tell } from '../tell.ts'

/** So many payments in a round, and a round each second: bulk refunds take only a part of Stripe's rate (docs.stripe.com/rate-limits). */
const perRound = 5
const everyMs = 1_000

/** One round of a running incident. A process that dies leaves its customer as a whole: done, or waiting. */
export async function runIncident(app: App, id: string): Promise<void> {
  const lines = await nextLines(app.db, app.account, id, perRound)
  const customers = Map.groupBy(lines, ({ customer }) => customer)
  let count = 0
  for (const ofOne of customers.values()) {
    if (count > 0 && count + ofOne.length > perRound) break
    count += ofOne.length
    if (!(await inTransaction(app.db, (tx) => refundCustomer(app, tx, id, ofOne)))) return
  }
  await inTransaction(app.db, async (tx) => {
    const incident = await lockIncident(tx, app.account, id)
    if (incident?.status !== 'running') return
    const over = (await nextLines(tx, app.account, id, 1)).length === 0
    const at = app.now()
    await setIncident(tx, app.account, id, {
      lease_until: null,
      next_at: over ? null : new Date(at.getTime() + everyMs),
      ...(over && { status: 'done', done_at: at }),
    })
    await audit(tx, {
      account: app.account,
      at,
      actor: 'moneyback',
      action: over ? 'incident.done' : 'incident.went_on',
      subject: id,
      detail: { payments: count },
    })
  })
}

/** All lines of one customer, and one message for them. False: it was paused or ended meanwhile. */
async function refundCustomer(app: App, tx: Tx, id: string, lines: readonly LineRow[]): Promise<boolean> {
  const incident = await lockIncident(tx, app.account, id)
  if (incident?.status !== 'running') return false
  const told = new Map<string, { request: RequestRow; minor: number }>()
  for (const { payment_id } of lines) {
    const done = await refundLine(app, tx, incident, payment_id)
    if (!done) continue
    const before = told.get(done.request.currency)
    told.set(done.request.currency, {
      request: before?.request ?? done.request,
      minor: (before?.minor ?? 0) + done.minor,
    })
  }
  const [first, ...others] = [...told].map(([currency, one]) => ({ ...one, currency, amount_minor: one.minor }))
  if (first)
    await tell(app, tx, {
      request: first.request,
      kind: 'approved',
      refund: { amount_minor: first.amount_minor, currency: first.currency, beside: others },
      say: incident.say,
    })
  return true
}

/** One payment, under its lock: looked at once more, then by the ordinary way of request, decision and reservation. */
async function refundLine(
  app: App,
  tx: Tx,
  incident: IncidentRow,
  payment_id: string,
): Promise<{ request: RequestRow; minor: number } | undefined> {
  const { account } = app
  const at = app.now()
  const by = incident.started_by!
  const payment = await lockPayment(tx, account, payment_id)
  if (!(await lockLine(tx, account, incident.id, payment_id))) return undefined
  const now = (await paymentNow(tx, account, payment_id))!
  const share = shareOf(now, incident.amount, incident.again)
  const leaveOut = async (because: string): Promise<undefined> => {
    await settleLine(tx, account, incident.id, payment_id, { because, at })
    return undefined
  }
  if ('because' in share) return leaveOut(share.because)
  const id = newId('rr')
  const fresh = await insertRequest(tx, {
    account_id: account,
    id,
    payment_id,
    customer_id: payment.customer_id,
    asked_minor: share.minor,
    currency: payment.currency,
    reason: incident.reason,
    comment: null,
    channel: 'admin',
    // Nobody asked: the incident did. Who planned, confirmed and began it stands there.
    created_by: 'moneyback',
    locale: null,
    created_at: at,
    next_at: null,
  })
  if (!fresh) return leaveOut('has an open request')
  const request = await lockRequest(tx, account, id)
  const amount = money(share.minor, payment.currency)
  const decision = await insertDecision(tx, {
    account,
    request: id,
    verdict: 'approve',
    by,
    amount,
    access: incident.access,
    at,
    note: `Incident: ${incident.name}`,
    reply: incident.say,
  })
  await settleLine(tx, account, incident.id, payment_id, { request: id, minor: share.minor, at })
  await reserveRefund(app, tx, { request, payment, decision, amount, access: incident.access })
  await moveRequest(tx, request, { event: 'approve', by, at, because: `Incident: ${incident.name}` })
  await audit(tx, {
    account,
    at,
    actor: by,
    action: 'request.approved',
    subject: id,
    detail: {
      incident: incident.id,
      amount_minor: share.minor,
      currency: payment.currency,
      customer: payment.customer_id,
    },
  })
  return { request, minor: share.minor }
}

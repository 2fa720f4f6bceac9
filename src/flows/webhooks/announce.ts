import { sql } from 'kysely'
import type { App } from '../../app.ts'
import { inTransaction, type Tx } from '../../db/connect.ts'
import {
  announceAccess,
  insertDelivery,
  insertEvent,
  listEndpoints,
  takeFromOutbox,
  type OutboxRow,
} from '../../db/webhooks.ts'
import { newId } from '../../domain/ids.ts'
import { eventTypeOf, wants } from '../../domain/webhook.ts'
import { accessOfCustomer } from '../access-of-customer.ts'

/**
 * Makes events of what happened, and a delivery for each endpoint that wants to hear of it. The rows were written by the
 * transactions that did it, so nothing that happened is left out, whatever dies; the row goes in the transaction that makes the event.
 */
export async function announce(app: App, rows: readonly OutboxRow[]): Promise<void> {
  for (const row of rows.toSorted((a, b) => a.id - b.id)) {
    // What access is, is asked before the transaction: it reads a lot.
    const access = row.kind === 'access' ? await accessOfCustomer(app, row.subject_id) : undefined
    await inTransaction(app.db, async (tx) => {
      if (!(await takeFromOutbox(tx, app.account, row.id))) return
      if (row.kind !== 'access') return announceState(app, tx, { ...row, kind: row.kind })
      if (access?.ok) await announceAccessOf(app, tx, row, access.value.products)
    })
  }
}

async function announceState(app: App, tx: Tx, row: OutboxRow & { kind: 'request' | 'refund' }): Promise<void> {
  const data = row.kind === 'request' ? await requestData(app, tx, row) : await refundData(app, tx, row)
  if (data === undefined) return
  const type = eventTypeOf(row.kind, row.status ?? '', row.made)
  if (type) await publish(app, tx, { type, subject: row.subject_id, at: row.at, data: { ...data, version: row.id } })
}

async function requestData(app: App, tx: Tx, { subject_id, status }: OutboxRow) {
  const { rows } = await sql<{ payment: string; customer: string | null; reason: string; currency: string }>`
    select payment_id as payment, customer_id as customer, reason, currency from refund_request
    where account_id = ${app.account} and id = ${subject_id}`.execute(tx)
  return rows[0] && { object: 'refund_request', id: subject_id, status, ...rows[0] }
}

async function refundData(app: App, tx: Tx, { subject_id, status }: OutboxRow) {
  const { rows } = await sql<{
    payment: string
    request: string
    customer: string | null
    amount_minor: number
    currency: string
    stripe_refund: string | null
  }>`
    select f.payment_id as payment, f.request_id as request, p.customer_id as customer, f.amount_minor, f.currency,
      f.stripe_refund_id as stripe_refund
    from refund f join payment p on p.account_id = f.account_id and p.id = f.payment_id
    where f.account_id = ${app.account} and f.id = ${subject_id}`.execute(tx)
  return rows[0] && { object: 'refund', id: subject_id, status, ...rows[0] }
}

type Access = { product: string | null; product_name: string; access: boolean; until: Date | null }

/** Says what is so, with a number, and never what changed: whoever hears it twice or in another order takes the highest number. */
async function announceAccessOf(app: App, tx: Tx, row: OutboxRow, products: readonly Access[]): Promise<void> {
  const state = products.map(({ product, product_name, access, until }) => ({
    product,
    product_name,
    access,
    until: until?.toISOString() ?? null,
  }))
  const version = await announceAccess(tx, app.account, row.subject_id, JSON.stringify(state))
  if (version === undefined) return
  await publish(app, tx, {
    type: 'access.changed',
    subject: row.subject_id,
    at: row.at,
    data: { object: 'access', customer: row.subject_id, version, products: state },
  })
}

/** Writes the event as the bytes that are signed, and a delivery for each endpoint that wants it, or for the one that is named. */
export async function publish(
  app: App,
  tx: Tx,
  { type, subject, at, data, only }: { type: string; subject: string; at: Date; data: object; only?: string },
): Promise<string[]> {
  const endpoints = (await listEndpoints(tx, app.account)).filter(({ id, disabled_at, events }) =>
    only === undefined ? disabled_at === null && wants(events, type) : id === only,
  )
  if (endpoints.length === 0) return []
  const event = newId('evt')
  const body = JSON.stringify({ id: event, type, timestamp: at.toISOString(), livemode: app.livemode, data })
  await insertEvent(tx, app.account, { id: event, type, subject, body, at })
  const made: string[] = []
  for (const { id: endpoint } of endpoints) {
    const id = newId('whd')
    await insertDelivery(tx, app.account, { id, endpoint, event, at: app.now() })
    made.push(id)
  }
  return made
}

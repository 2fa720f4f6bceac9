import { sql } from 'kysely'
import type { Db } from './connect.ts'
import { requestView, type RequestView } from './request-views.ts'
import type { RequestRow } from './requests.ts'

/** The requests that were asked for together, in the order of their payments. Empty: there is no such bundle. */
export async function requestsOfBundle(db: Db, account: string, bundle: string): Promise<RequestRow[]> {
  const { rows } = await sql<RequestRow>`
    select * from refund_request where account_id = ${account} and bundle_id = ${bundle} order by payment_id`.execute(
    db,
  )
  return rows
}

/** A bundle as the API shows it: its requests, and how many of them are where. */
export type BundleView = {
  id: string
  requests: RequestView[]
  /** How many requests have each status. */
  counts: Record<string, number>
}

export async function bundleView(db: Db, account: string, id: string): Promise<BundleView | undefined> {
  const rows = await requestsOfBundle(db, account, id)
  if (rows.length === 0) return undefined
  const requests = (await Promise.all(rows.map((row) => requestView(db, account, row.id)))).filter(
    (view) => view !== undefined,
  )
  const counts: Record<string, number> = {}
  for (const { status } of requests) counts[status] = (counts[status] ?? 0) + 1
  return { id, requests, counts }
}

import { stringify } from 'csv-stringify/sync'
import { Hono } from 'hono'
import { z } from 'zod'
import type { App } from '../../app.ts'
import { adminAudit, auditExport, auditUnlinked, type AuditExportLine, type AuditFilter } from '../../db/admin-audit.ts'
import { linkAudit, verifyChain } from '../../db/audit-chain.ts'
import { freshlyProven, readQuery, roleAtLeast, type AdminEnv } from './guard.ts'

const text = z
  .string()
  .trim()
  .max(200)
  .optional()
  .transform((value) => value || undefined)
const day = z.union([z.iso.date(), z.literal('')]).optional()
const dayMs = 24 * 60 * 60 * 1000
const start = (of: string | undefined) => (of ? new Date(`${of}T00:00:00Z`) : undefined)
/** `to` is the last day, in UTC. */
const auditQuery = z
  .object({
    actor: text,
    action: text,
    subject: text,
    from: day,
    to: day,
    before: z.coerce.number().int().positive().optional(),
  })
  .transform(({ from, to, ...rest }) => ({
    ...rest,
    from: start(from),
    to: to ? new Date(start(to)!.getTime() + dayMs) : undefined,
  }))

const columns = ['number', 'seq', 'at', 'actor', 'name', 'action', 'subject_id', 'detail', 'hash', 'content'] as const
const perPage = 2_000

/** Who did what: the screen, the check of its chain, and the export. */
export function auditRoutes(app: App): Hono<AdminEnv> {
  const { db, account } = app
  return (
    new Hono<AdminEnv>()
      .get('/', async (c) => {
        const query = readQuery(c, auditQuery)
        return query.ok ? c.json(await adminAudit(db, account, query.value)) : query.response
      })
      .post('/verify', roleAtLeast('finance'), async (c) => {
        await linkAudit(db, account)
        return c.json(await verifyChain(db, account))
      })
      // Asked before the download, so that whoever has to prove who they are is asked on the page.
      .post('/may-export', roleAtLeast('finance'), freshlyProven, (c) => c.json({ may: true }))
      .get('/export.csv', roleAtLeast('finance'), freshlyProven, async (c) => {
        const query = readQuery(c, auditQuery)
        if (!query.ok) return query.response
        await linkAudit(db, account)
        return c.body(csvOf(app, query.value), 200, {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': 'attachment; filename="audit-trail.csv"',
        })
      })
  )
}

/** The rows as a file that comes in pages, so that a long trail is never in memory as a whole. */
function csvOf(app: App, filter: AuditFilter): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder()
  let after = 0
  let first = true
  return new ReadableStream({
    pull: async (stream) => {
      const rows = await auditExport(app.db, app.account, filter, { after, limit: perPage })
      const over = rows.length < perPage
      const rest = over ? await auditUnlinked(app.db, app.account, filter) : []
      stream.enqueue(bytes.encode(pageOf([...rows, ...rest], first)))
      first = false
      after = rows.at(-1)?.number ?? after
      if (over) stream.close()
    },
  })
}

function pageOf(rows: readonly AuditExportLine[], first: boolean): string {
  return stringify(
    rows.map((row) => ({ ...row, at: row.at.toISOString() })),
    // A spreadsheet runs what begins like a formula: the library puts an apostrophe before it. What is hashed begins with "[".
    { header: first, bom: first, columns: [...columns], escape_formulas: true, record_delimiter: 'windows' },
  )
}

import { sql } from 'kysely'
import type { Db, Tx } from './connect.ts'

export type PolicyDraftRow = {
  id: string
  status: 'open' | 'published' | 'discarded'
  name: string
  source: string
  revision: number
  based_on: number | null
  version: number | null
  created_by: string
  created_at: Date
  updated_by: string
  updated_at: Date
}

/** What a draft said earlier: who wrote it and when. */
export type DraftStateRow = { revision: number; source: string; by: string; at: Date }

const columns = sql`id, status, name, source, revision, based_on, version, created_by, created_at, updated_by, updated_at`

export async function insertDraft(
  tx: Tx,
  account: string,
  {
    id,
    name,
    source,
    based_on,
    by,
    at,
  }: Pick<PolicyDraftRow, 'id' | 'name' | 'source' | 'based_on'> & { by: string; at: Date },
): Promise<void> {
  await sql`
    insert into policy_draft (account_id, id, status, name, source, based_on, created_by, created_at, updated_by, updated_at)
    values (${account}, ${id}, 'open', ${name}, ${source}, ${based_on}, ${by}, ${at}, ${by}, ${at})`.execute(tx)
}

export async function findDraft(db: Db, account: string, id: string): Promise<PolicyDraftRow | undefined> {
  const { rows } = await sql<PolicyDraftRow>`
    select ${columns} from policy_draft where account_id = ${account} and id = ${id}`.execute(db)
  return rows[0]
}

/** Takes the lock under which a draft is saved, discarded and published. */
export async function lockDraft(tx: Tx, account: string, id: string): Promise<PolicyDraftRow | undefined> {
  const { rows } = await sql<PolicyDraftRow>`
    select ${columns} from policy_draft where account_id = ${account} and id = ${id} for update`.execute(tx)
  return rows[0]
}

/** Drafts without their texts, those last worked on first. */
export async function listDrafts(db: Db, account: string): Promise<Omit<PolicyDraftRow, 'source'>[]> {
  const { rows } = await sql<Omit<PolicyDraftRow, 'source'>>`
    select id, status, name, revision, based_on, version, created_by, created_at, updated_by, updated_at
    from policy_draft where account_id = ${account} order by (status = 'open') desc, updated_at desc limit 100`.execute(
    db,
  )
  return rows
}

/** Keeps what a draft says now, as one of its earlier states. The same revision is kept once. */
export async function keepState(tx: Tx, account: string, draft: PolicyDraftRow): Promise<void> {
  await sql`
    insert into policy_draft_state (account_id, draft_id, revision, source, by, at)
    values (${account}, ${draft.id}, ${draft.revision}, ${draft.source}, ${draft.updated_by}, ${draft.updated_at})
    on conflict do nothing`.execute(tx)
}

export async function latestState(tx: Tx, account: string, draft: string): Promise<{ at: Date } | undefined> {
  const { rows } = await sql<{ at: Date }>`
    select at from policy_draft_state where account_id = ${account} and draft_id = ${draft}
    order by revision desc limit 1`.execute(tx)
  return rows[0]
}

/** Earlier states of a draft, newest first. */
export async function draftStates(db: Db, account: string, draft: string): Promise<DraftStateRow[]> {
  const { rows } = await sql<DraftStateRow>`
    select revision, source, by, at from policy_draft_state where account_id = ${account} and draft_id = ${draft}
    order by revision desc limit 50`.execute(db)
  return rows
}

/** Writes a draft that is locked; the revision is one more. */
export async function updateDraft(
  tx: Tx,
  account: string,
  draft: PolicyDraftRow,
  change: Partial<Pick<PolicyDraftRow, 'source' | 'name' | 'status' | 'version'>> & { by: string; at: Date },
): Promise<number> {
  const next = { ...draft, ...change }
  const { rows } = await sql<{ revision: number }>`
    update policy_draft set source = ${next.source}, name = ${next.name}, status = ${next.status}, version = ${next.version},
      revision = revision + 1, updated_by = ${change.by}, updated_at = ${change.at}
    where account_id = ${account} and id = ${draft.id} returning revision`.execute(tx)
  return rows[0]!.revision
}

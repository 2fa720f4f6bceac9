import { sql } from 'kysely'
import type { App } from '../app.ts'
import { verifyChain } from '../db/audit-chain.ts'
import { openException } from '../db/exceptions.ts'
import { verifyBooks } from '../db/verify.ts'

/** Asks the books for everything that must be so; what is not calls the owner, and what holds again closes its call. */
export async function verifyNightly(app: App): Promise<number> {
  const { violations } = await verifyBooks(app.db, { account: app.account, now: app.now() })
  // The log is kept elsewhere than the database: who alters the trail and makes a new chain of it can't alter what stands there.
  const { head, links } = await verifyChain(app.db, app.account)
  app.log.info({ links, ...head }, 'the head of the audit chain')
  const at = app.now()
  for (const { code, sentence, count, examples } of violations)
    await openException(app.db, {
      account: app.account,
      kind: 'books_wrong',
      subject: code,
      owner: 'owner',
      at,
      because: `Not so, ${count} ${count === 1 ? 'time' : 'times'}: ${sentence} ${examples.join('; ')}`,
      cure: 'See "Verify" in docs/operate.md. Keep a backup before anything is changed. Closes when it holds again.',
    })
  await sql`
    update exception set resolved_at = ${at}, resolved_by = 'moneyback'
    where account_id = ${app.account} and kind = 'books_wrong' and resolved_at is null
      and not subject_id = any(${violations.map(({ code }) => code)}::text[])`.execute(app.db)
  return violations.length
}

import { sql } from 'kysely'
import type { App } from '../app.ts'
import { inTransaction, type Db, type Tx } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { liftStop, stopSending, stopsOf, takeTry } from '../db/stops.ts'
import { errorLine } from '../stripe/answers.ts'
import { sweepRefunds } from './reconcile.ts'

const dayMs = 24 * 60 * 60 * 1000

/** A worker says that it is here every 15 s; silence above this may be a restored copy, which looks the same from inside. */
const silenceMs = 60_000
/** A bank can send a refund back for so long; nothing older can have changed without our knowing. */
const furthestBackMs = 35 * dayMs

type Marks = { place: string | null; alive_at: Date | null; here: string }

/**
 * Says that a worker is here, and notices when these are not the books that it left: another server or timeline (failover,
 * point-in-time recovery), another database or table (restore), or a silence in which a copy may have been put back.
 * Then nothing is sent until everything that Stripe has since the last sign of life was compared.
 */
export async function noticeRestore(app: App): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const { rows } = await sql<Marks>`
      select place, alive_at, books_place() as here from account where id = ${app.account} for update`.execute(tx)
    const marks = rows[0]
    if (marks === undefined) return
    const because = suspicion(marks, app.now())
    if (because !== undefined)
      await stopSending(tx, {
        account: app.account,
        kind: 'recovery',
        because,
        cure: 'Nothing to do: Stripe’s refunds are being compared with these books, and sending goes on by itself after that.',
        since: app.now(),
        compare_from: new Date((marks.alive_at?.getTime() ?? app.now().getTime() - furthestBackMs + dayMs) - dayMs),
      })
    await sql`update account set place = ${marks.here}, alive_at = ${app.now()} where id = ${app.account}`.execute(tx)
  })
}

function suspicion({ place, alive_at, here }: Marks, now: Date): string | undefined {
  if (place !== null && place !== here)
    return 'The database was restored or failed over: something may have been sent that is not in these books.'
  if (alive_at !== null && now.getTime() - alive_at.getTime() > silenceMs)
    return `No worker was here since ${alive_at.toISOString()}: these books may be an older copy.`
  return undefined
}

/** An operator says that these books were restored. `since`: when the copy was made, or earlier. */
export async function declareRecovery(app: App, since: Date): Promise<void> {
  await stopSending(app.db, {
    account: app.account,
    kind: 'recovery',
    because: 'An operator said that these books were restored.',
    cure: 'Nothing to do: Stripe’s refunds are being compared with these books, and sending goes on by itself after that.',
    since: app.now(),
    compare_from: since,
  })
}

/** Whether the books are being compared after a restore: until then no answer is given that may have been given before. */
export async function isRecovering(app: App, db: Db | Tx = app.db): Promise<boolean> {
  return (await stopsOf(db, app.account)).some(({ kind }) => kind === 'recovery')
}

export type Compared = { readonly refunds: number; readonly taken_in: number; readonly from: Date }

/**
 * Compares every refund that Stripe made since then with the books, takes in what they do not know, and lets sending go on.
 * One process does it; another one takes over when it died. Undefined: there is nothing to recover, or somebody is at it.
 * Throws when Stripe can't be read to the end: sending stays stopped, and it is tried again.
 */
export async function recover(app: App): Promise<Compared | undefined> {
  const stop = await takeTry(app.db, app.account, 'recovery', { now: app.now(), everyMs: 120_000 })
  if (stop === undefined) return undefined
  const from = stop.compare_from ?? new Date(app.now().getTime() - furthestBackMs)
  try {
    const before = await refundsKnown(app)
    const refunds = await sweepRefunds(app, from)
    const taken_in = (await refundsKnown(app)) - before
    await letGoOn(app, { from, refunds, taken_in })
    return { from, refunds, taken_in }
  } catch (error) {
    app.log.warn({ error: errorLine(error) }, 'the comparison after a restore begins again in 5 seconds')
    await sql`update sending_stop set next_try_at = ${new Date(app.now().getTime() + 5_000)}
      where account_id = ${app.account} and kind = 'recovery'`.execute(app.db)
    throw error
  }
}

async function letGoOn(app: App, compared: Compared): Promise<void> {
  await inTransaction(app.db, async (tx) => {
    const now = (await stopsOf(tx, app.account)).find(({ kind }) => kind === 'recovery')
    // Somebody said meanwhile that the copy is older still: once more, from there.
    if (now?.compare_from && now.compare_from < compared.from) {
      await sql`update sending_stop set next_try_at = ${app.now()} where account_id = ${app.account} and kind = 'recovery'`.execute(
        tx,
      )
      return
    }
    await liftStop(tx, app.account, 'recovery')
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: 'moneyback',
      action: 'books.compared',
      subject: app.account,
      detail: { from: compared.from, refunds: compared.refunds, taken_in: compared.taken_in },
    })
  })
}

async function refundsKnown(app: App): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from refund where account_id = ${app.account} and stripe_refund_id is not null`.execute(
    app.db,
  )
  return rows[0]!.count
}

import type { App } from '../app.ts'
import type { Tx } from '../db/connect.ts'
import { deskOf } from '../db/desk.ts'
import { afterWorkingMinutes } from '../domain/working-time.ts'

/** By when a person should have decided what comes to the queue at `from`: so many working minutes later. */
export async function dueTime(app: App, tx: Tx, from: Date): Promise<Date> {
  const { answer_within, hours } = await deskOf(tx, app.account)
  return afterWorkingMinutes(from, answer_within, hours)
}

import type { App } from '../app.ts'
import type { Tx } from '../db/connect.ts'

const reviewWithinMs = 24 * 60 * 60 * 1000

/** By when a person should have decided what comes to the queue at `from`. */
export async function dueTime(_app: App, _tx: Tx, from: Date): Promise<Date> {
  return new Date(from.getTime() + reviewWithinMs)
}

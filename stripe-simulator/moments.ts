import { find } from './rows.ts'
import { now } from './world.ts'
import type { Books } from './world.ts'

/** The moment for this customer: that of their test clock, if they have one. Seconds. */
export function momentOf(books: Books, customer: string): number {
  const clock = find(books, 'test_helpers.test_clock', find(books, 'customer', customer)?.test_clock)
  return books.world.instant === null && clock ? clock.frozen_time : now(books)
}

import { invalid, refused } from './errors.ts'
import { changed, emit } from './events.ts'
import { cancelNow, livingSubscriptions } from './subscriptions.ts'
import { find, listing, make, need, operation, retrieving, rowsWith, set } from './rows.ts'
import type { Operations } from './rows.ts'
import { remove } from './store.ts'
import { later, now, runTestClock, table } from './world.ts'
import type { Books, TaskHandler } from './world.ts'

const day = 86_400
const longestAdvance = 2 * 366 * day

/** Moves a test clock: what waits for it happens on the way. It is `advancing` for a moment, and then `ready`. */
function advance(books: Books, id: string, frozenTime: number) {
  const clock = need(books, 'test_helpers.test_clock', id)
  if (clock.status !== 'ready') throw refused('The test clock is advancing; wait until it is ready.')
  if (frozenTime <= clock.frozen_time)
    throw invalid('The new time must be after the time of the clock.', { param: 'frozen_time' })
  if (frozenTime - clock.frozen_time > longestAdvance)
    throw invalid('A test clock can be advanced by two years at most.', { param: 'frozen_time' })
  const { cause } = books.world
  changed(
    books,
    'test_helpers.test_clock',
    clock,
    { status: 'advancing', status_details: { advancing: { target_frozen_time: frozenTime } } as never },
    'test_helpers.test_clock.advancing',
  )
  runTestClock(books.world, id, frozenTime)
  books.world.cause = cause
  set(books, 'test_helpers.test_clock', clock, { frozen_time: frozenTime })
  later(books, 'testClockReady', 'clock.ready', { clock: id })
  return clock
}

export const testClockTasks: Readonly<Record<string, TaskHandler>> = {
  'clock.ready': (books, args) => {
    const clock = find(books, 'test_helpers.test_clock', String(args['clock']))
    if (clock)
      changed(
        books,
        'test_helpers.test_clock',
        clock,
        { status: 'ready', status_details: {} as never },
        'test_helpers.test_clock.ready',
      )
  },
}

export const testClockOperations: Operations = {
  'POST /v1/test_helpers/test_clocks': operation<{ frozen_time: number; name?: string }>(({ books }, params) => {
    if (books.livemode) throw refused('Test clocks are not available in live mode.')
    const clock = make(books, 'test_helpers.test_clock', {
      deletes_after: now(books) + 30 * day,
      frozen_time: params.frozen_time,
      name: params.name ?? null,
      status: 'ready',
      status_details: {} as never,
    })
    emit(books, 'test_helpers.test_clock.created', clock)
    return clock
  }),
  'GET /v1/test_helpers/test_clocks': listing('test_helpers.test_clock'),
  'GET /v1/test_helpers/test_clocks/{id}': retrieving('test_helpers.test_clock'),
  'POST /v1/test_helpers/test_clocks/{id}/advance': operation<{ frozen_time: number }>(({ books, path }, params) =>
    advance(books, path['id'] ?? '', params.frozen_time),
  ),
  'DELETE /v1/test_helpers/test_clocks/{id}': ({ books, path }) => {
    const clock = need(books, 'test_helpers.test_clock', path['id'] ?? '')
    for (const customer of rowsWith(books, 'customer', 'test_clock', clock.id)) {
      for (const subscription of livingSubscriptions(books, customer.id)) cancelNow(books, subscription, {})
      set(books, 'customer', customer, { deleted: true })
    }
    remove(books.world.store, table(books, 'test_helpers.test_clock'), clock.id)
    emit(books, 'test_helpers.test_clock.deleted', clock)
    return { id: clock.id, object: 'test_helpers.test_clock', deleted: true }
  },
}

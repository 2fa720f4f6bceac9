import type { BulkLine } from '../../../http/admin/bulk.ts'
import type { BulkItems } from '../../../http/admin/bulk.ts'
import type { Tone } from '../../parts/words.ts'

type Deed = BulkLine['deed']
export const deedWords: Record<Deed, string> = {
  approve: 'Approve',
  deny: 'Deny',
  assign: 'Assign',
  snooze: 'Snooze',
  note: 'Add a note',
  handle: 'Handled elsewhere',
}
/** What is about to be done, or was: with a number before it. */
export const doneWords: Record<Deed, string> = {
  approve: 'approved',
  deny: 'denied',
  assign: 'assigned',
  snooze: 'snoozed',
  note: 'noted',
  handle: 'closed as handled elsewhere',
}
export const bulkStates: Record<BulkLine['status'], readonly [Tone, string]> = {
  draft: ['quiet', 'Dry run'],
  running: ['waiting', 'Running'],
  canceled: ['quiet', 'Canceled'],
  done: ['approve', 'Done'],
}
export const itemStates: Record<BulkItems['rows'][number]['status'], readonly [Tone, string]> = {
  waiting: ['waiting', 'To do'],
  done: ['approve', 'Done'],
  excluded: ['review', 'Left out'],
  refused: ['deny', 'Not done'],
  canceled: ['quiet', 'Canceled'],
  undone: ['quiet', 'Taken back'],
}
export const requestsWord = (count: number): string =>
  `${count.toLocaleString('en')} ${count === 1 ? 'request' : 'requests'}`

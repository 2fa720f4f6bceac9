import type { BacktestLine, PolicyDraftLine, PolicyVersionLine } from '../../../http/admin/screens.ts'
import type { Tone } from '../../parts/words.ts'

type Worded<K extends string> = Readonly<Record<K, { word: string; tone: Tone }>>

export const statusWords: Worded<PolicyDraftLine['status']> = {
  open: { word: 'Draft', tone: 'review' },
  published: { word: 'Published', tone: 'approve' },
  discarded: { word: 'Discarded', tone: 'quiet' },
}

export const stateWords: Worded<PolicyVersionLine['state']> = {
  in_force: { word: 'In force', tone: 'approve' },
  scheduled: { word: 'Scheduled', tone: 'waiting' },
  replaced: { word: 'Replaced', tone: 'quiet' },
  passed_over: { word: 'Never in force', tone: 'quiet' },
}

export const backtestWords: Worded<BacktestLine['status']> = {
  waiting: { word: 'Waiting', tone: 'waiting' },
  running: { word: 'Running', tone: 'waiting' },
  done: { word: 'Done', tone: 'approve' },
  canceled: { word: 'Canceled', tone: 'quiet' },
  failed: { word: 'Failed', tone: 'deny' },
}

/** What a backtest goes through, in words. */
export function backtestOver(row: Pick<BacktestLine, 'kind' | 'day' | 'seed' | 'within_days' | 'against'>): string {
  if (row.kind === 'requests') return 'all past requests, with the facts as they were'
  const when =
    row.day === null
      ? `on a random day of the first ${row.within_days} (seed ${row.seed})`
      : row.day === 1
        ? 'one day after paying'
        : `${row.day} days after paying`
  return `all past payments, had everybody asked ${when}, against version ${row.against}`
}

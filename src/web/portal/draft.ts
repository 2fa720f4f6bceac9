import type { FileView } from '../../http/portal/wire.ts'
import { keepInTab, readInTab } from './tab-storage.ts'

/** What somebody has typed and chosen for one payment, or as an answer to one question. Kept in this tab only, until the request is made. */
export type Draft = {
  readonly reason: string
  readonly comment: string
  /** Files that were sent already. */
  readonly files: readonly FileView[]
  /** What was tapped and not yet answered: sent again as it is, it finds out what became of it. */
  readonly sent?: { readonly shown: string; readonly after: string | null; readonly ask_person: boolean } | undefined
}

const empty: Draft = { reason: '', comment: '', files: [] }
const keyOf = (payment: string): string => `refund:${payment}`

export function readDraft(payment: string): Draft {
  try {
    return { ...empty, ...(JSON.parse(readInTab(keyOf(payment)) ?? '{}') as Partial<Draft>) }
  } catch {
    return empty
  }
}

export function keepDraft(payment: string, change: Partial<Draft>): Draft {
  const draft = { ...readDraft(payment), ...change }
  keepInTab(keyOf(payment), JSON.stringify(draft))
  return draft
}

export const dropDraft = (payment: string): void => keepInTab(keyOf(payment), null)

const wayBack = 'way-back'

/** The merchant's page that the customer came from, for pages on which no session is left to ask. */
export const readWayBack = (): string | null => readInTab(wayBack)

export const keepWayBack = (url: string | null): void => keepInTab(wayBack, url)

import type { FileView } from '../../http/portal/wire.ts'

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
    return { ...empty, ...(JSON.parse(sessionStorage.getItem(keyOf(payment)) ?? '{}') as Partial<Draft>) }
  } catch {
    return empty
  }
}

// Storage can be switched off or full. Then the draft lives as long as the page, which is no reason to stop.
function quietly(write: () => void): void {
  try {
    write()
  } catch {
    /* as above */
  }
}

export function keepDraft(payment: string, change: Partial<Draft>): Draft {
  const draft = { ...readDraft(payment), ...change }
  quietly(() => sessionStorage.setItem(keyOf(payment), JSON.stringify(draft)))
  return draft
}

export const dropDraft = (payment: string): void => quietly(() => sessionStorage.removeItem(keyOf(payment)))

const wayBack = 'way-back'

/** The merchant's page that the customer came from, for pages on which no session is left to ask. */
export function readWayBack(): string | null {
  try {
    return sessionStorage.getItem(wayBack)
  } catch {
    return null
  }
}

export const keepWayBack = (url: string | null): void =>
  quietly(() => (url === null ? sessionStorage.removeItem(wayBack) : sessionStorage.setItem(wayBack, url)))

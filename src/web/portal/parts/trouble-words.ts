import { minutesToWait, type CallFailed } from '../api.ts'
import type { useSpoken } from '../language.ts'
import { counted } from '../words/fill.ts'

/** Why a deed did not work, in one sentence beside its button. */
export function troubleWords(failed: CallFailed, reader: ReturnType<typeof useSpoken>): string {
  const { words } = reader
  if (failed.trouble === 'too_often') {
    return counted(words.too_often, reader, { minutes: minutesToWait })
  }
  return failed.trouble === 'offline' ? words.offline.text : words.broken.text
}

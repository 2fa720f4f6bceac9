import { inflateSync } from 'node:zlib'
import type { FileFault } from '../domain/attachment.ts'

// What can run, call out or carry files (ISO 32000-2, 12.6.4, 7.11.4, 12.7.8). A jump to the first page is none of it.
const active =
  /\/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|Rendition|Movie)(?![A-Za-z0-9_])/
const unpackedAtMost = 100 * 1024 * 1024

/**
 * Why a PDF is not taken; undefined when it is. Names are looked for outside of the streams and in the compressed object
 * streams, also when letters of them are written as #4A. It is no proof of a good file: whatever passes is only ever served to be
 * saved, never shown by us.
 */
export function checkPdf(bytes: Uint8Array): FileFault | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const last = text.lastIndexOf('%%EOF')
  if (last < 0 || !text.includes('startxref')) return 'broken'
  if (/[^\s\0]/.test(text.slice(last + 5))) return 'two_in_one'
  const { outside, streams } = takeApart(text)
  if (/\/Encrypt(?![A-Za-z0-9_])/.test(named(outside))) return 'locked'
  if (active.test(named(outside))) return 'active'
  return checkStreams(streams)
}

type Stream = { readonly dictionary: string; readonly data: string }

/** The file without what stands in its streams, and the streams. */
function takeApart(text: string): { outside: string; streams: Stream[] } {
  const streams: Stream[] = []
  let outside = ''
  let from = 0
  for (;;) {
    const begin = /stream\r?\n/g
    begin.lastIndex = from
    const found = begin.exec(text)
    const end = found === null ? -1 : text.indexOf('endstream', begin.lastIndex)
    if (found === null || end < 0) return { outside: outside + text.slice(from), streams }
    const before = text.slice(from, found.index)
    outside += before
    streams.push({ dictionary: named(before.slice(before.lastIndexOf('obj'))), data: text.slice(begin.lastIndex, end) })
    from = end + 'endstream'.length
  }
}

/** Names with their #4A written out. */
const named = (text: string): string =>
  text.replaceAll(/#([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

function checkStreams(streams: readonly Stream[]): FileFault | undefined {
  let left = unpackedAtMost
  for (const { dictionary, data } of streams) {
    const objects = /\/ObjStm/.test(dictionary)
    const filters = [...dictionary.matchAll(/\/(\w+Decode|Fl|AHx|A85|LZW|RL)(?!\w)/g)].map(([, filter]) => filter)
    if (objects && filters.length > 0 && filters.join(' ') !== 'FlateDecode') return 'active'
    if (filters[0] !== 'FlateDecode') {
      if (objects && active.test(named(data))) return 'active'
      continue
    }
    const unpacked = inflated(data, left)
    if (unpacked === 'too_much') return 'two_in_one'
    if (unpacked === undefined) {
      if (objects) return 'broken'
      continue
    }
    left -= unpacked.length
    if (objects && active.test(named(unpacked.toString('latin1')))) return 'active'
  }
  return undefined
}

/** The unpacked bytes; undefined where they can't be unpacked. Never more than `most`. */
function inflated(data: string, most: number): Buffer | 'too_much' | undefined {
  try {
    return inflateSync(Buffer.from(data, 'latin1'), { maxOutputLength: Math.max(1, most) })
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_much' : undefined
  }
}

/** When everybody asks in a backtest over payments: so many days after paying, or on a day drawn for each payment from a seed. */
export type AskedWhen = { readonly day: number } | { readonly seed: number; readonly within_days: number }

const dayMs = 86_400_000

/** How long after paying the owner of a payment asks, in milliseconds. The same seed and payment give the same instant. */
export function askedAfter(payment: string, when: AskedWhen): number {
  if ('day' in when) return when.day * dayMs
  return Math.floor(drawn(`${when.seed}/${payment}`) * when.within_days * dayMs)
}

/** A number from 0 up to, and without, 1: FNV-1a over the text, mixed by the finalizer of MurmurHash3 (both public domain). */
function drawn(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000
}

import { v7 } from 'uuid'

export type PaymentId = `pay_${string}`
export type RequestId = `rr_${string}`
export type RefundId = `rf_${string}`
export type BundleId = `rb_${string}`
export type QuestionId = `que_${string}`
export type DecisionId = `dec_${string}`

export type Prefix =
  | 'pay'
  | 'rr'
  | 'rf'
  | 'dec'
  | 'key'
  | 'exc'
  | 'msg'
  | 'acc'
  | 'aud'
  | 'rb'
  | 'que'
  | 'view'
  | 'tpl'
  | 'whe'
  | 'whd'
  | 'evt'
  | 'imp'
  | 'inc'
  | 'blk'
  | 'att'
  | 'wd'
  | 'drf'
  | 'bt'
  | 'shd'
  | 'psi'
  | 'pk'

/** A new id: what it names, then a UUIDv7 (RFC 9562) without hyphens, so that ids sort by the time they were made. */
export function newId<P extends Prefix>(prefix: P): `${P}_${string}` {
  return `${prefix}_${newSuffix()}`
}

/** The part of a new id after its prefix. */
export const newSuffix = (): string => v7().replaceAll('-', '')

/** Whether a text is an id that we made. */
export function isId<P extends Prefix>(prefix: P, text: string | null): text is `${P}_${string}` {
  return text !== null && text.startsWith(`${prefix}_`) && /^[0-9a-f]{32}$/.test(text.slice(prefix.length + 1))
}

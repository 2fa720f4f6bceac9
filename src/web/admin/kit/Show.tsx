import { CircleCheck, CircleDot, CircleX, Clock, Minus, type LucideIcon } from 'lucide-react'
import { format, money } from '../../../domain/money.ts'
import { exact, relative } from '../../parts/time.ts'
import type { Tone } from '../../parts/words.ts'

const icons: Record<Tone, LucideIcon> = {
  approve: CircleCheck,
  review: CircleDot,
  deny: CircleX,
  waiting: Clock,
  quiet: Minus,
}
const tones: Record<Tone, string> = {
  approve: 'bg-approve-soft text-approve',
  review: 'bg-review-soft text-review',
  deny: 'bg-deny-soft text-deny',
  waiting: 'bg-waiting-soft text-waiting',
  quiet: 'bg-sunken text-quiet',
}

/** A state: its word, its sign and its colour, always the three together. */
export function Badge({ tone, word, title }: { tone: Tone; word: string; title?: string | undefined }) {
  const Icon = icons[tone]
  return (
    <span
      title={title}
      className={`inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-small font-medium whitespace-nowrap ${tones[tone]}`}
    >
      <Icon size={13} aria-hidden="true" />
      {word}
    </span>
  )
}

export function Amount({ minor, currency, className = '' }: { minor: number; currency: string; className?: string }) {
  return <span className={`figures whitespace-nowrap ${className}`}>{format(money(minor, currency))}</span>
}

/** A time as people say it; the exact instant and zone on hover and for screen readers. */
export function Time({ at, className = '', exactly = false }: { at: string; className?: string; exactly?: boolean }) {
  return (
    <time dateTime={at} title={exact(at)} className={`whitespace-nowrap ${className}`}>
      {exactly ? exact(at) : relative(at, new Date())}
    </time>
  )
}

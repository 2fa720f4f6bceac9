import { CircleCheck, CircleDashed, CircleX } from 'lucide-react'
import type { ReactNode } from 'react'

const marks = {
  done: { icon: CircleCheck, look: 'text-approve', word: 'Done' },
  wrong: { icon: CircleX, look: 'text-deny', word: 'Not so' },
  open: { icon: CircleDashed, look: 'text-quiet', word: 'Open' },
} as const

/** One thing that should be so before a draft acts. */
export function Step({ state, children }: { state: keyof typeof marks; children: ReactNode }) {
  const { icon: Icon, look, word } = marks[state]
  return (
    <li className="flex items-start gap-2">
      <Icon size={16} className={`mt-0.5 shrink-0 ${look}`} aria-label={word} />
      <span className="min-w-0 break-words">{children}</span>
    </li>
  )
}

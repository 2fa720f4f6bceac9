import { Check, Copy as Sheets } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../kit/Button.tsx'

/** A value to take along: shown whole, and copied with one press. */
export function Copy({ text, label }: { text: string; label: string }) {
  return (
    <div className="flex items-center gap-2">
      <code className="min-w-0 flex-1 rounded-md border border-line bg-sunken px-2.5 py-2 font-mono text-[0.75rem] break-all select-all">
        {text}
      </code>
      <CopyButton text={text} label={label} />
    </div>
  )
}

/** Puts a text on the clipboard, and says so. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false)
  return (
    <Button
      aria-label={`Copy ${label}`}
      onClick={() => {
        void navigator.clipboard.writeText(text).then(() => setCopied(true))
      }}
    >
      {copied ? <Check size={15} aria-hidden="true" /> : <Sheets size={15} aria-hidden="true" />}
      <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
    </Button>
  )
}

/** Something that is shown this once: what it is, and what to do with it. */
export function ShownOnce({
  title,
  text,
  label,
  children,
  close,
}: {
  title: string
  text: string
  label: string
  children?: React.ReactNode
  close: () => void
}) {
  return (
    <section aria-label={title} className="rounded-lg border border-approve bg-approve-soft p-4">
      <h2 className="font-semibold">{title}</h2>
      <div className="mt-1 mb-3">{children}</div>
      <Copy text={text} label={label} />
      <Button className="mt-3" onClick={close}>
        I have kept it
      </Button>
    </section>
  )
}

/** @jsxImportSource preact */
import { useState } from 'preact/hooks'
import { useWords } from '../language.ts'

/** The number by which a bank finds a refund. */
export function Reference({ reference }: { reference: string }) {
  const { status } = useWords()
  const [copied, setCopied] = useState(false)
  const copy = () =>
    void navigator.clipboard.writeText(reference).then(
      () => setCopied(true),
      () => undefined,
    )
  return (
    <>
      <span class="reference">
        <code>{reference}</code>{' '}
        <button type="button" class="small" onClick={copy}>
          <span aria-live="polite">{copied ? status.copied : status.copy}</span>
        </button>
      </span>
      <span class="details">{status.reference_hint}</span>
    </>
  )
}

import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { PreviewedLetter } from '../../../http/admin/screens.ts'
import { post } from '../api.ts'
import { languageName } from '../settings/Words.tsx'

/** The letter as the customer will read it, in their language, while its words are written. */
export function LetterPreview(asked: { request: string; amount_minor: number; reply: string }) {
  const [settled, setSettled] = useState(asked)
  const { request, amount_minor, reply } = asked
  useEffect(() => {
    const timer = setTimeout(() => setSettled({ request, amount_minor, reply }), 250)
    return () => clearTimeout(timer)
  }, [request, amount_minor, reply])
  const { data } = useQuery({
    queryKey: ['letter', settled],
    queryFn: () =>
      post<PreviewedLetter>(`/requests/${settled.request}/letter`, {
        amount_minor: settled.amount_minor,
        reply: settled.reply,
      }),
    placeholderData: (old) => old,
  })
  if (!data) return null
  return (
    <details open className="rounded-md bg-sunken p-3 text-small">
      <summary className="cursor-pointer text-quiet">The letter, in {languageName(data.language)}</summary>
      <div lang={data.language} dir="auto" className="mt-1 max-h-48 overflow-y-auto break-words whitespace-pre-wrap">
        <p className="font-medium">
          <bdi>{data.subject}</bdi>
        </p>
        {data.paragraphs.map((text, at) => (
          <p key={at} className="mt-1">
            <bdi>{text}</bdi>
          </p>
        ))}
      </div>
    </details>
  )
}

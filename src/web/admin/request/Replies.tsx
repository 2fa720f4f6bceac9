import { useQuery } from '@tanstack/react-query'
import type { Replies as Answer } from '../../../http/admin/settings/templates.ts'
import { get } from '../api.ts'

/** The team's own texts for this occasion, filled in for this request and in the customer's language. */
export function Replies({
  request,
  use,
  amount_minor,
  pick,
}: {
  request: string
  use: 'deny' | 'approve' | 'ask'
  amount_minor?: number
  pick: (text: string) => void
}) {
  const { data } = useQuery({
    queryKey: ['replies', request, use, amount_minor],
    queryFn: () => get<Answer>('/replies', { request, use, amount_minor }),
    staleTime: 60_000,
  })
  if (!data || data.replies.length === 0) return null
  return (
    <p className="flex flex-wrap items-center gap-1.5 text-small">
      <span className="text-quiet">Texts in {languageWord(data.language)}:</span>
      {data.replies.map(({ id, name, reply: text }) => (
        <button
          key={id}
          type="button"
          title={text}
          className="rounded border border-edge px-1.5 py-0.5 hover:bg-sunken"
          onClick={() => pick(text)}
        >
          {name}
        </button>
      ))}
    </p>
  )
}

function languageWord(code: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? code
  } catch {
    return code
  }
}

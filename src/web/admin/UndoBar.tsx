import { useMutation, useQuery } from '@tanstack/react-query'
import { Undo2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { format, money } from '../../domain/money.ts'
import { post } from './api.ts'
import { useKeys } from './keys.ts'
import { Button, Key } from './kit/Button.tsx'
import { Refused } from './kit/States.tsx'
import { client, undoableQuery } from './queries.ts'

/**
 * What was just decided and can still be taken back, with the seconds that are left by the server's clock. It is there after
 * a reload, too: the server knows it, not the page.
 */
export function UndoBar() {
  const { data, dataUpdatedAt } = useQuery(undoableQuery)
  const [now, setNow] = useState(() => Date.now())
  const rows = (data?.rows ?? [])
    .map((row) => ({ ...row, left: Math.ceil((row.left_ms - (now - dataUpdatedAt)) / 1000) }))
    .filter(({ left }) => left > 0)
  const last = rows[0]
  const undo = useMutation({
    mutationFn: (id: string) => post(`/requests/${id}/undo`),
    onSettled: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' }),
  })
  useEffect(() => {
    if (!data?.rows.length) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 250)
    const end = setTimeout(() => clearInterval(timer), 12_000)
    return () => {
      clearInterval(timer)
      clearTimeout(end)
    }
  }, [data])
  useKeys(last ? { u: () => undo.mutate(last.request) } : {})
  if (!last && !undo.error) return null
  return (
    <div
      role="status"
      className="fixed bottom-16 left-1/2 z-30 flex w-max max-w-[calc(100vw-2rem)] -translate-x-1/2 flex-wrap items-center gap-3 rounded-lg border border-edge bg-surface px-4 py-2.5 shadow-over md:bottom-5"
    >
      {last && (
        <>
          <span>
            {last.verdict === 'approve'
              ? `${format(money(last.amount_minor, last.currency))} to ${last.customer ?? 'the customer'} leaves`
              : `The denial to ${last.customer ?? 'the customer'} is sent`}{' '}
            in <span className="figures font-semibold">{last.left} s</span>
            {rows.length > 1 && <span className="text-quiet"> · {rows.length - 1} more</span>}
          </span>
          <Button onClick={() => undo.mutate(last.request)} disabled={undo.isPending}>
            <Undo2 size={15} aria-hidden="true" />
            Undo <Key>u</Key>
          </Button>
        </>
      )}
      <Refused error={undo.error} />
    </div>
  )
}

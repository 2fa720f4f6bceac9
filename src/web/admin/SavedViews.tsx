import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Star, Users, X } from 'lucide-react'
import { useState } from 'react'
import { post } from './api.ts'
import { Button } from './kit/Button.tsx'
import { Input } from './kit/Field.tsx'
import { Refused } from './kit/States.tsx'
import { client, viewsQuery } from './queries.ts'

type Search = Record<string, string | undefined>

/** The filters of the queue that somebody has kept, their own and those that are shared, and the one that can be kept now. */
export function SavedViews({ search }: { search: Search }) {
  const { data } = useQuery(viewsQuery)
  const [naming, setNaming] = useState(false)
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const kept = Object.fromEntries(
    Object.entries(search).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[0] !== 'open'),
  )
  const again = () => client.invalidateQueries({ queryKey: ['views'] })
  const save = useMutation({
    mutationFn: () => post('/views', { name, search: kept, shared }),
    onSuccess: () => {
      setNaming(false)
      setName('')
      return again()
    },
  })
  const forget = useMutation({ mutationFn: (id: string) => post(`/views/${id}/forget`), onSuccess: again })
  const views = data?.views ?? []
  const filtered = Object.keys(kept).length > 0
  if (views.length === 0 && !filtered) return null
  return (
    <div className="flex basis-full flex-wrap items-center gap-2">
      {views.map((view) => (
        <span key={view.id} className="inline-flex items-center rounded-md border border-edge">
          <Link
            to="/queue"
            search={view.search}
            className="inline-flex min-h-8 items-center gap-1.5 px-2"
            aria-current={JSON.stringify(view.search) === JSON.stringify(kept) ? 'page' : undefined}
          >
            {view.shared ? <Users size={13} aria-label="shared" /> : <Star size={13} aria-label="yours" />}
            <bdi>{view.name}</bdi>
          </Link>
          {view.mine && (
            <button
              type="button"
              aria-label={`Forget the view ${view.name}`}
              className="min-h-8 px-1.5 text-quiet hover:text-ink"
              onClick={() => forget.mutate(view.id)}
            >
              <X size={13} aria-hidden="true" />
            </button>
          )}
        </span>
      ))}
      {filtered && !naming && (
        <Button look="quiet" onClick={() => setNaming(true)}>
          <Star size={14} aria-hidden="true" /> Keep this view
        </Button>
      )}
      {naming && (
        <form
          className="flex flex-wrap items-center gap-2"
          onSubmit={(event) => {
            event.preventDefault()
            save.mutate()
          }}
        >
          <Input
            aria-label="Name of the view"
            placeholder="Name"
            required
            autoFocus
            maxLength={60}
            className="max-w-44"
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
          <label className="flex items-center gap-1.5 text-small">
            <input type="checkbox" checked={shared} onChange={({ target }) => setShared(target.checked)} />
            for everybody
          </label>
          <Button type="submit" disabled={save.isPending || name.trim() === ''}>
            Keep
          </Button>
          <Button look="quiet" onClick={() => setNaming(false)}>
            Back
          </Button>
          <Refused error={save.error} />
        </form>
      )}
    </div>
  )
}

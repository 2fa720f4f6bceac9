import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Choose, Field, Input } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Refused } from '../kit/States.tsx'
import { client } from '../queries.ts'
import { readyMadeQuery } from './queries.ts'

/** Begins a draft: from the version in force, or from a ready-made policy. */
export function NewDraft() {
  const navigate = useNavigate()
  const [asking, setAsking] = useState(false)
  const [name, setName] = useState('')
  const [from, setFrom] = useState('')
  const { data } = useQuery({ ...readyMadeQuery, enabled: asking })
  const open = useMutation({
    mutationFn: () => post<{ id: string }>('/policy/drafts', { name, ...(from && { ready_made: from }) }),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['policy'] })
      await navigate({ to: '/policy/drafts/$id', params: { id }, search: {} })
    },
  })
  if (!asking)
    return (
      <Button look="primary" className="w-full" onClick={() => setAsking(true)}>
        <Plus size={16} aria-hidden="true" /> New draft
      </Button>
    )
  return (
    <Card title="New draft">
      <form
        className="space-y-3"
        onSubmit={(event) => {
          event.preventDefault()
          open.mutate()
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setAsking(false)
        }}
      >
        <Field label="What is it about?">
          {(id) => (
            <Input
              id={id}
              autoFocus
              required
              maxLength={100}
              value={name}
              placeholder="Three weeks instead of two"
              onChange={({ target }) => setName(target.value)}
            />
          )}
        </Field>
        <Field label="Begin with" hint="The ready-made ones are what companies and laws publish, each with its tests.">
          {(id, hint) => (
            <Choose
              id={id}
              aria-describedby={hint}
              value={from}
              choices={[
                ['', 'The version in force'],
                ...(data?.policies ?? []).map(
                  ({ id: of, name: called, rules, tests }) =>
                    [of, `${called} (${rules} rules, ${tests} tests)`] as const,
                ),
              ]}
              onChange={({ target }) => setFrom(target.value)}
            />
          )}
        </Field>
        <Refused error={open.error} />
        <div className="flex gap-2">
          <Button type="submit" look="primary" disabled={name.trim() === '' || open.isPending}>
            {open.isPending ? 'Beginning…' : 'Begin'}
          </Button>
          <Button look="quiet" onClick={() => setAsking(false)}>
            Not now
          </Button>
        </div>
      </form>
    </Card>
  )
}

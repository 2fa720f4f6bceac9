import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Field, Input } from '../kit/Field.tsx'
import { Failure, Refused, Skeleton } from '../kit/States.tsx'

type Invited = { email: string; name: string; role: string }

/** Where an invitation leads: a name and a password, and in. */
export function JoinScreen() {
  const [token] = useState(() => location.hash.slice(1))
  const { data, error, isPending } = useQuery({
    queryKey: ['join', token],
    queryFn: () => post<Invited>('/auth/join/look', { token }),
    retry: false,
  })
  return (
    <main className="grid min-h-full place-items-center p-4">
      <div className="w-full max-w-sm rounded-xl border border-line bg-surface p-7">
        <img src="/favicon.svg" alt="" width={36} height={36} />
        {isPending ? (
          <Skeleton alone lines={4} />
        ) : data ? (
          <Form token={token} invited={data} />
        ) : (
          <Failure alone error={error} />
        )}
      </div>
    </main>
  )
}

function Form({ token, invited }: { token: string; invited: Invited }) {
  const [name, setName] = useState(invited.name)
  const [password, setPassword] = useState('')
  const join = useMutation({
    mutationFn: () => post('/auth/join', { token, name, password }),
    onSuccess: () => location.replace('/admin/queue'),
  })
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        join.mutate()
      }}
    >
      <div>
        <h1 className="mt-4 text-title font-semibold tracking-tight">Welcome to Moneyback</h1>
        <p className="mt-0.5 text-quiet">
          You join as {invited.role}, with {invited.email}.
        </p>
      </div>
      <Field label="Your name">
        {(id) => (
          <Input
            id={id}
            required
            maxLength={100}
            autoComplete="name"
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        )}
      </Field>
      <Field label="A password" hint="12 characters or more.">
        {(id, hint) => (
          <Input
            id={id}
            aria-describedby={hint}
            type="password"
            autoComplete="new-password"
            required
            minLength={12}
            maxLength={128}
            value={password}
            onChange={({ target }) => setPassword(target.value)}
          />
        )}
      </Field>
      <Refused error={join.error} />
      <Button type="submit" look="primary" className="w-full" disabled={join.isPending || join.isSuccess}>
        {join.isPending ? 'Joining…' : 'Join'}
      </Button>
    </form>
  )
}

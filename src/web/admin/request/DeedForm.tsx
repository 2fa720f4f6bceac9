import { useMutation } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { post } from '../api.ts'
import { Button, Key } from '../kit/Button.tsx'
import { Area, Choose, Field, Input } from '../kit/Field.tsx'
import { Refused } from '../kit/States.tsx'
import { client } from '../queries.ts'
import { Replies } from './Replies.tsx'
import type { Deed, DeedField } from './deeds.ts'

/** What will happen, the few things to say, and the button that does it. */
export function DeedForm({ id, deed, cancel, done }: { id: string; deed: Deed; cancel: () => void; done: () => void }) {
  const [typed, setTyped] = useState<Record<string, string>>({})
  const send = useMutation({
    mutationFn: () => post(`/requests/${id}/${deed.name}`, deed.body(typed)),
    onSuccess: done,
    onSettled: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' }),
  })
  const missing = deed.fields.find(({ kind, optional, name }) => kind !== 'choose' && !optional && !typed[name]?.trim())
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!missing && !send.isPending) send.mutate()
  }
  return (
    <form
      className="space-y-3"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event)
      }}
    >
      <p className="text-small">
        <span className="font-medium">What will happen: </span>
        {deed.will}
      </p>
      {deed.fields.map((field, at) => (
        <Field key={field.name} label={field.label} hint={field.hint}>
          {(control, hint) => (
            <Control
              field={field}
              id={control}
              hint={hint}
              first={at === 0}
              value={typed[field.name]}
              set={(value) => setTyped({ ...typed, [field.name]: value })}
            />
          )}
        </Field>
      ))}
      {deed.replies && (
        <Replies
          request={id}
          use={deed.replies}
          pick={(text) => setTyped({ ...typed, [deed.fields[0]!.name]: text })}
        />
      )}
      <Refused error={send.error} />
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          look="primary"
          disabled={!!missing || send.isPending}
          {...(deed.fields.length === 0 && { 'data-first': true })}
        >
          {send.isPending ? 'One moment…' : deed.button} <Key>⌘↵</Key>
        </Button>
        <Button look="quiet" onClick={cancel}>
          Back <Key>Esc</Key>
        </Button>
      </div>
    </form>
  )
}

function Control({
  field,
  id,
  hint,
  first,
  value,
  set,
}: {
  field: DeedField
  id: string
  hint: string | undefined
  first: boolean
  value: string | undefined
  set: (value: string) => void
}) {
  const common = {
    id,
    'aria-describedby': hint,
    dir: 'auto',
    ...(first && { 'data-first': true }),
  } as const
  if (field.kind === 'choose')
    return (
      <Choose
        {...common}
        className="max-w-md"
        choices={field.choices ?? []}
        value={value ?? field.choices?.[0]?.[0] ?? ''}
        onChange={({ target }) => set(target.value)}
      />
    )
  if (field.kind === 'line')
    return <Input {...common} maxLength={1_000} value={value ?? ''} onChange={({ target }) => set(target.value)} />
  return (
    <Area {...common} rows={3} maxLength={10_000} value={value ?? ''} onChange={({ target }) => set(target.value)} />
  )
}

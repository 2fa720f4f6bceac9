import { Dialog } from '@base-ui/react/dialog'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { BulkLine } from '../../../http/admin/bulk.ts'
import type { DeskPage } from '../../../http/admin/settings/desk.ts'
import type { TemplatesPage } from '../../../http/admin/settings/templates.ts'
import { get, post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Area, Choose, Field, Input } from '../kit/Field.tsx'
import { Refused } from '../kit/States.tsx'
import { atNine, inHours, toMonday } from '../request/snooze-times.ts'
import { deedWords, requestsWord } from './words.ts'

type Deed = BulkLine['deed']
type Words = Record<string, string>

const hints: Record<Deed, string> = {
  approve: 'Each gets what the policy proposes, else what was asked for. Ten seconds to undo, as for one.',
  deny: 'No money moves. Ten seconds to undo, as for one.',
  assign: 'Who looks after them. Nothing is decided.',
  snooze: 'Out of the queue until then. What customers were promised stays.',
  note: 'For colleagues alone. Who is named with @ finds it among their mentions.',
  handle: 'They are closed. No money moves here.',
}

/** What goes with the deed; the dry run comes next, and nothing is done before. */
export function BulkDialog({
  deed,
  chosen,
  count,
  close,
}: {
  deed: Deed
  chosen: { requests: string[] } | { view: Record<string, string | undefined> }
  count: number | undefined
  close: () => void
}) {
  const navigate = useNavigate()
  const [words, setWords] = useState<Words>(() =>
    deed === 'snooze' ? { until: inHours(2) } : deed === 'assign' ? { to: 'me' } : {},
  )
  const plan = useMutation({
    mutationFn: () =>
      post<{ id: string }>('/bulk', {
        deed,
        ...chosen,
        ...Object.fromEntries(Object.entries(words).filter(([, text]) => text.trim() !== '')),
      }),
    onSuccess: ({ id }) => navigate({ to: '/bulk/$id', params: { id } }),
  })
  const set = (name: string) => (value: string) => setWords((old) => ({ ...old, [name]: value }))
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 max-h-[calc(100vh-2rem)] w-[min(32rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-xl border border-line bg-surface p-5 shadow-over">
          <Dialog.Title className="text-title font-semibold">
            {deedWords[deed]}: {count === undefined ? 'all that match' : requestsWord(count)}
          </Dialog.Title>
          <Dialog.Description className="mt-1 text-quiet">{hints[deed]}</Dialog.Description>
          <form
            className="mt-4 space-y-3"
            onSubmit={(event) => {
              event.preventDefault()
              plan.mutate()
            }}
          >
            <Fields deed={deed} words={words} set={set} />
            <Refused error={plan.error} />
            <div className="flex gap-2">
              <Button type="submit" look="primary" disabled={plan.isPending}>
                {plan.isPending ? 'Looking at each…' : 'Look at what will happen'}
              </Button>
              <Button look="quiet" onClick={close}>
                Back
              </Button>
            </div>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

type Set = (name: string) => (value: string) => void

function Fields({ deed, words, set }: { deed: Deed; words: Words; set: Set }) {
  const needsNote = deed === 'deny' || deed === 'note' || deed === 'handle'
  return (
    <>
      {deed === 'assign' && <Assignee value={words['to'] ?? 'me'} set={set('to')} />}
      {deed === 'snooze' && (
        <Field label="Until">
          {(id) => (
            <Choose
              id={id}
              value={words['until']}
              onChange={({ target }) => set('until')(target.value)}
              choices={[
                [words['until']!, 'in two hours'],
                [atNine(1), 'tomorrow at nine'],
                [atNine(toMonday()), 'Monday at nine'],
                [inHours(24 * 7), 'in a week'],
              ]}
            />
          )}
        </Field>
      )}
      {deed !== 'assign' && deed !== 'snooze' && (
        <Text
          label={deed === 'note' ? 'The note' : needsNote ? 'Why, for colleagues' : 'Note for colleagues (optional)'}
          required={needsNote}
          value={words['note']}
          set={set('note')}
        />
      )}
      {deed === 'handle' && (
        <Field label="What shows it" hint="The reference of a transfer, a link, a number.">
          {(id) => (
            <Input
              id={id}
              required
              maxLength={1_000}
              value={words['proof'] ?? ''}
              onChange={({ target }) => set('proof')(target.value)}
            />
          )}
        </Field>
      )}
      {(deed === 'approve' || deed === 'deny') && (
        <Template use={deed} value={words['template'] ?? ''} set={set('template')} />
      )}
      {(deed === 'approve' || deed === 'deny' || deed === 'handle') && !words['template'] && (
        <Text
          label={deed === 'handle' ? 'Message to the customers (optional)' : 'Reply to the customers (optional)'}
          value={words['reply']}
          set={set('reply')}
        />
      )}
    </>
  )
}

function Text({
  label,
  value = '',
  required = false,
  set,
}: {
  label: string
  value?: string | undefined
  required?: boolean
  set: (value: string) => void
}) {
  return (
    <Field label={label}>
      {(id) => (
        <Area
          id={id}
          rows={3}
          required={required}
          maxLength={10_000}
          value={value}
          onChange={({ target }) => set(target.value)}
        />
      )}
    </Field>
  )
}

function Template({ use, value, set }: { use: 'approve' | 'deny'; value: string; set: (value: string) => void }) {
  const { data } = useQuery({
    queryKey: ['settings', 'templates'],
    queryFn: () => get<TemplatesPage>('/settings/templates'),
  })
  const fit = data?.templates.filter((one) => one.use === use && !one.archived_at) ?? []
  if (fit.length === 0) return null
  return (
    <Field label="Reply of the team" hint="In each customer’s language, with each request’s values.">
      {(id) => (
        <Choose
          id={id}
          value={value}
          onChange={({ target }) => set(target.value)}
          choices={[['', 'none, or one of your own below'], ...fit.map((one) => [one.id, one.name] as const)]}
        />
      )}
    </Field>
  )
}

function Assignee({ value, set }: { value: string; set: (value: string) => void }) {
  const { data } = useQuery({ queryKey: ['settings', 'desk'], queryFn: () => get<DeskPage>('/settings/desk') })
  return (
    <Field label="Who looks after them">
      {(id) => (
        <Choose
          id={id}
          value={value}
          onChange={({ target }) => set(target.value)}
          choices={[
            ['me', 'me'],
            ['nobody', 'nobody'],
            ...(data?.colleagues ?? []).map((one) => [one.id, one.name] as const),
          ]}
        />
      )}
    </Field>
  )
}

import { useQuery } from '@tanstack/react-query'
import { ChevronDown, ChevronUp } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { replyVariables, type ReplyUse } from '../../../domain/reply-template.ts'
import type { TemplatesPage } from '../../../http/admin/settings/templates.ts'
import { get, post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Choose, Field, Input } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Empty, Refused } from '../kit/States.tsx'
import { Frame } from './Frame.tsx'
import { useSend } from './send.ts'
import { languageName, WordsEditor } from './Words.tsx'

type Template = TemplatesPage['templates'][number]
type Draft = Pick<Template, 'name' | 'use' | 'words'> & { id?: string }

const uses: Record<ReplyUse, string> = { deny: 'When denying', approve: 'When approving', ask: 'When asking' }
const blank: Draft = { name: '', use: 'deny', words: { en: '' } }

/** What staff answer again and again, in the customer's language and with the values of the case. */
export function Page() {
  const query = useQuery({
    queryKey: ['settings', 'templates'],
    queryFn: () => get<TemplatesPage>('/settings/templates'),
  })
  const [draft, setDraft] = useState<Draft>()
  const [archived, setArchived] = useState(false)
  return (
    <Frame
      title="Replies"
      about="What you answer again and again. The forms for approving, denying and asking offer these, in the customer’s language and with the values of the case put in."
      query={query}
      aside={
        <Button look="primary" onClick={() => setDraft(blank)}>
          New reply
        </Button>
      }
    >
      {(data) => (
        <>
          {draft && <Editor key={draft.id ?? 'new'} start={draft} page={data} close={() => setDraft(undefined)} />}
          {data.templates.length === 0 && !draft && (
            <Empty title="No replies yet">Write the first one: it appears where requests are decided.</Empty>
          )}
          {(Object.keys(uses) as ReplyUse[]).map((use) => {
            const shown = data.templates.filter((one) => one.use === use && (archived || !one.archived_at))
            return shown.length > 0 && <List key={use} use={use} templates={shown} edit={setDraft} />
          })}
          {data.templates.some(({ archived_at }) => archived_at) && (
            <label className="flex min-h-6 items-center gap-2 text-quiet">
              <input type="checkbox" checked={archived} onChange={({ target }) => setArchived(target.checked)} /> Show
              archived ones too
            </label>
          )}
        </>
      )}
    </Frame>
  )
}

function List({ use, templates, edit }: { use: ReplyUse; templates: Template[]; edit: (draft: Draft) => void }) {
  const act = useSend()
  const live = templates.filter(({ archived_at }) => !archived_at)
  const swap = (from: number, to: number) => {
    const ids = live.map(({ id }) => id)
    const [moved] = ids.splice(from, 1)
    ids.splice(to, 0, moved!)
    act.mutate({ path: '/settings/templates/order', body: { ids } })
  }
  return (
    <Card title={uses[use]}>
      <ul className="-my-2 divide-y divide-line">
        {templates.map((one) => {
          const at = live.indexOf(one)
          return (
            <li key={one.id} className="flex flex-wrap items-start justify-between gap-2 py-2.5">
              <div className="min-w-0 flex-1 basis-64">
                <p className="font-medium">
                  {one.name} {one.archived_at && <span className="font-normal text-quiet">(archived)</span>}
                </p>
                <p className="line-clamp-2 text-quiet">{one.words['en']}</p>
                <p className="text-small text-quiet">{Object.keys(one.words).map(languageName).join(', ')}</p>
              </div>
              <div className="flex gap-1">
                {!one.archived_at && (
                  <>
                    <Button
                      look="quiet"
                      aria-label={`Move ${one.name} up`}
                      disabled={at === 0}
                      onClick={() => swap(at, at - 1)}
                    >
                      <ChevronUp size={15} aria-hidden="true" />
                    </Button>
                    <Button
                      look="quiet"
                      aria-label={`Move ${one.name} down`}
                      disabled={at === live.length - 1}
                      onClick={() => swap(at, at + 1)}
                    >
                      <ChevronDown size={15} aria-hidden="true" />
                    </Button>
                    <Button aria-label={`Edit ${one.name}`} onClick={() => edit(one)}>
                      Edit
                    </Button>
                  </>
                )}
                <Button
                  look="quiet"
                  aria-label={`${one.archived_at ? 'Bring back' : 'Archive'} ${one.name}`}
                  onClick={() =>
                    act.mutate({ path: `/settings/templates/${one.id}`, body: { archived: !one.archived_at } })
                  }
                >
                  {one.archived_at ? 'Bring back' : 'Archive'}
                </Button>
              </div>
            </li>
          )
        })}
      </ul>
      <Refused error={act.error} />
    </Card>
  )
}

function Editor({ start, page, close }: { start: Draft; page: TemplatesPage; close: () => void }) {
  const [draft, setDraft] = useState(start)
  const save = useSend(close)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { id, ...body } = draft
    if (id === undefined) save.mutate({ path: '/settings/templates', body })
    else save.mutate({ path: `/settings/templates/${id}`, body: { name: body.name, words: body.words } })
  }
  return (
    <Card title={start.id ? `Edit “${start.name}”` : 'A new reply'}>
      <form onSubmit={submit} className="space-y-3">
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Name" hint="Only staff see it.">
            {(id, hint) => (
              <Input
                id={id}
                aria-describedby={hint}
                required
                maxLength={80}
                value={draft.name}
                onChange={({ target }) => setDraft({ ...draft, name: target.value })}
              />
            )}
          </Field>
          <Field label="Offered">
            {(id) => (
              <Choose
                id={id}
                disabled={start.id !== undefined}
                value={draft.use}
                choices={Object.entries(uses)}
                onChange={({ target }) => setDraft({ ...draft, use: target.value as ReplyUse })}
              />
            )}
          </Field>
        </div>
        <fieldset>
          <legend className="mb-1 text-small font-medium">What the customer reads</legend>
          <WordsEditor long max={10_000} words={draft.words} set={(words) => setDraft({ ...draft, words })} />
        </fieldset>
        <details className="text-small">
          <summary className="cursor-pointer text-accent">Values that you can use</summary>
          <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-4">
            {Object.entries(replyVariables).map(([name, means]) => (
              <div key={name} className="contents">
                <dt className="font-mono">{`{${name}}`}</dt>
                <dd className="text-quiet">{means}</dd>
              </div>
            ))}
          </dl>
          <p className="mt-1 text-quiet">
            With words for when it is not known: <span className="font-mono">{'{name|there}'}</span>
          </p>
        </details>
        <Preview words={draft.words} page={page} />
        <Refused error={save.error} />
        <div className="flex gap-2">
          <Button type="submit" look="primary" disabled={save.isPending}>
            {save.isPending ? 'Saving…' : 'Save'}
          </Button>
          <Button look="quiet" onClick={close}>
            Back
          </Button>
        </div>
      </form>
    </Card>
  )
}

type Previewed = { language: string | null; reply: string | null; wrong: string | null }

/** The text as a customer of a real request would read it. */
function Preview({ words, page: { examples } }: { words: Record<string, string>; page: TemplatesPage }) {
  const [request, setRequest] = useState(examples[0]?.id ?? '')
  const { data } = useQuery({
    queryKey: ['template preview', request, words],
    queryFn: () => post<Previewed>('/settings/templates/preview', { words, request }),
    enabled: request !== '',
    placeholderData: (old) => old,
  })
  if (examples.length === 0)
    return <p className="text-small text-quiet">A preview appears here once there is a request to try it on.</p>
  return (
    <div className="rounded-md bg-sunken p-3">
      <Field label="As this customer reads it">
        {(id) => (
          <Choose
            id={id}
            value={request}
            choices={examples.map(
              ({ id: one, who, what, language }) =>
                [one, `${who}: ${what}${language ? ` (${language})` : ''}`] as const,
            )}
            onChange={({ target }) => setRequest(target.value)}
          />
        )}
      </Field>
      {data?.wrong ? (
        <p className="mt-2 text-deny">{data.wrong}</p>
      ) : (
        <p className="mt-2 whitespace-pre-wrap" lang={data?.language ?? undefined} aria-live="polite">
          <bdi>{data?.reply ?? ''}</bdi>
        </p>
      )}
    </div>
  )
}

import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { mayAs } from '../../../domain/actor.ts'
import type { WebhooksPage } from '../../../http/admin/settings/webhooks.ts'
import { get } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Field, Input } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Empty, Refused } from '../kit/States.tsx'
import { meQuery } from '../queries.ts'
import { ShownOnce } from './Copy.tsx'
import { Deliveries } from './Deliveries.tsx'
import { Frame } from './Frame.tsx'
import { useSend } from './send.ts'

type Endpoint = WebhooksPage['endpoints'][number]
type Made = { id: string; secret: string; old_until?: string }

/** What your own programs are told, and what came of telling them. */
export function Page() {
  const query = useQuery({ queryKey: ['settings', 'webhooks'], queryFn: () => get<WebhooksPage>('/settings/webhooks') })
  const { data: me } = useQuery(meQuery)
  const { open } = useSearch({ from: '/staff/settings/$page' })
  const navigate = useNavigate()
  const [draft, setDraft] = useState<Partial<Endpoint>>()
  const [made, setMade] = useState<Made>()
  const owner = me !== undefined && mayAs(me.staff.role, 'owner')
  const show = (id?: string) =>
    void navigate({ to: '/settings/$page', params: { page: 'webhooks' }, search: id ? { open: id } : {} })
  return (
    <Frame
      title="Webhooks"
      about={`What your own programs are told, signed by Standard Webhooks, and told again until they have taken it.${owner ? '' : ' Only an owner can change this.'}`}
      query={query}
      aside={
        owner && (
          <Button look="primary" onClick={() => setDraft({})}>
            New endpoint
          </Button>
        )
      }
    >
      {(page) => (
        <>
          {made && (
            <ShownOnce
              title="The signing secret"
              text={made.secret}
              label="the secret"
              close={() => setMade(undefined)}
            >
              <p>
                Copy it now into your receiver: it can’t be shown again.
                {made.old_until && (
                  <>
                    {' '}
                    The old one signs too, until <Time at={made.old_until} exactly />.
                  </>
                )}
              </p>
            </ShownOnce>
          )}
          {draft && (
            <Editor
              key={draft.id ?? 'new'}
              start={draft}
              types={page.types}
              close={() => setDraft(undefined)}
              then={(answer) => {
                if (answer.secret) setMade(answer as Made)
                setDraft(undefined)
              }}
            />
          )}
          {page.endpoints.length === 0 && !draft && (
            <Empty title="Nobody is told yet">
              An endpoint of yours hears of requests, refunds and access the moment they change. Your app can also ask:{' '}
              <code className="font-mono text-[0.75rem]">GET /v1/access</code>.
            </Empty>
          )}
          {page.endpoints.map((endpoint) => (
            <One key={endpoint.id} endpoint={endpoint} owner={owner} edit={setDraft} made={setMade} />
          ))}
          {page.endpoints.length > 0 && <Deliveries page={page} open={open} show={show} />}
        </>
      )}
    </Frame>
  )
}

function One({
  endpoint,
  owner,
  edit,
  made,
}: {
  endpoint: Endpoint
  owner: boolean
  edit: (endpoint: Endpoint) => void
  made: (made: Made) => void
}) {
  const [sure, setSure] = useState(false)
  const act = useSend<Partial<Made>>((answer) => {
    if (answer.secret && answer.id) made(answer as Made)
  })
  const at = `/settings/webhooks/${endpoint.id}`
  return (
    <Card>
      <div className="flex flex-wrap items-start justify-between gap-2">
        <div className="min-w-0 flex-1 basis-64">
          <p className="font-mono text-[0.8125rem] break-all">{endpoint.url}</p>
          {endpoint.description && <p className="text-quiet">{endpoint.description}</p>}
          <p className="font-mono text-[0.75rem] text-quiet">{endpoint.events.join(' ')}</p>
        </div>
        {endpoint.disabled_at ? (
          <Badge tone="deny" word="Disabled" />
        ) : endpoint.failing_since ? (
          <Badge tone="review" word="Failing" />
        ) : (
          <Badge tone="approve" word="Enabled" />
        )}
      </div>
      {endpoint.disabled_because && <p className="mt-2 text-deny">{endpoint.disabled_because}</p>}
      {endpoint.failing_since && !endpoint.disabled_at && (
        <p className="mt-2 text-review">
          Nothing was taken since <Time at={endpoint.failing_since} />. After five days it is disabled.
        </p>
      )}
      {owner && (
        <div className="mt-3 flex flex-wrap gap-1.5">
          {!endpoint.disabled_at && (
            <Button onClick={() => act.mutate({ path: `${at}/test`, body: {} })}>Send a test</Button>
          )}
          <Button onClick={() => edit(endpoint)}>Edit</Button>
          <Button onClick={() => act.mutate({ path: `${at}/rotate-secret`, body: {} })}>Rotate secret</Button>
          <Button onClick={() => act.mutate({ path: at, body: { enabled: endpoint.disabled_at !== null } })}>
            {endpoint.disabled_at ? 'Enable' : 'Disable'}
          </Button>
          {sure ? (
            <Button look="deny" onClick={() => act.mutate({ path: `${at}/remove`, body: {} })}>
              Yes, remove it
            </Button>
          ) : (
            <Button look="quiet" onClick={() => setSure(true)}>
              Remove
            </Button>
          )}
        </div>
      )}
      <Refused error={act.error} />
    </Card>
  )
}

function Editor({
  start,
  types,
  close,
  then,
}: {
  start: Partial<Endpoint>
  types: readonly string[]
  close: () => void
  then: (made: Partial<Made>) => void
}) {
  const [url, setUrl] = useState(start.url ?? '')
  const [description, setDescription] = useState(start.description ?? '')
  const [events, setEvents] = useState<readonly string[]>(start.events ?? ['*'])
  const save = useSend<Partial<Made>>(then)
  const all = events.includes('*')
  return (
    <Card title={start.id ? 'Edit the endpoint' : 'A new endpoint'}>
      <form
        className="space-y-3"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({
            path: start.id ? `/settings/webhooks/${start.id}` : '/settings/webhooks',
            body: { url, description, events },
          })
        }}
      >
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Address" hint="https, and on the internet.">
            {(id, hint) => (
              <Input
                id={id}
                aria-describedby={hint}
                required
                autoFocus
                inputMode="url"
                placeholder="https://example.com/webhooks/moneyback"
                value={url}
                onChange={({ target }) => setUrl(target.value)}
              />
            )}
          </Field>
          <Field label="What it is for">
            {(id) => (
              <Input
                id={id}
                maxLength={200}
                value={description}
                onChange={({ target }) => setDescription(target.value)}
              />
            )}
          </Field>
        </div>
        <fieldset>
          <legend className="mb-1 text-small font-medium">What it hears of</legend>
          <label className="flex min-h-6 items-center gap-2">
            <input type="checkbox" checked={all} onChange={({ target }) => setEvents(target.checked ? ['*'] : [])} />{' '}
            Everything, also what comes with later versions
          </label>
          {!all && (
            <div className="mt-1 grid gap-x-4 sm:grid-cols-2">
              {types.map((type) => (
                <label key={type} className="flex min-h-7 items-center gap-2 font-mono text-[0.75rem]">
                  <input
                    type="checkbox"
                    checked={events.includes(type) || events.includes(`${type.split('.')[0]}.*`)}
                    onChange={({ target }) =>
                      setEvents(target.checked ? [...events, type] : events.filter((one) => one !== type))
                    }
                  />{' '}
                  {type}
                </label>
              ))}
            </div>
          )}
        </fieldset>
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

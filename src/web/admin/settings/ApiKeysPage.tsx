import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { mayAs } from '../../../domain/actor.ts'
import { scopes, type Scope } from '../../../domain/scopes.ts'
import type { ApiKeysPage } from '../../../http/admin/settings/api-keys.ts'
import { get } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Choose, Field, Input } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Empty, Refused } from '../kit/States.tsx'
import { meQuery } from '../queries.ts'
import { ShownOnce } from './Copy.tsx'
import { Frame } from './Frame.tsx'
import { useSend } from './send.ts'

type Key = ApiKeysPage['keys'][number]
type Made = { id: string; secret: string }

const isOver = ({ revoked_at, expires_at }: Key): boolean =>
  revoked_at !== null || (expires_at !== null && new Date(expires_at) < new Date())

/** With what your own programs speak to the API, and what each of them may do. */
export function Page() {
  const query = useQuery({ queryKey: ['settings', 'api-keys'], queryFn: () => get<ApiKeysPage>('/settings/api-keys') })
  const { data: me } = useQuery(meQuery)
  const [making, setMaking] = useState(false)
  const [made, setMade] = useState<Made>()
  const owner = me !== undefined && mayAs(me.staff.role, 'owner')
  return (
    <Frame
      title="API keys"
      about={
        <>
          With what your own programs speak to the{' '}
          <a className="text-accent underline" href="/docs" target="_blank" rel="noreferrer">
            API
          </a>
          . Give each program a key of its own, and only what it needs.
          {!owner && ' Only an owner can change this.'}
        </>
      }
      query={query}
      aside={
        owner && (
          <Button look="primary" onClick={() => setMaking(true)}>
            New key
          </Button>
        )
      }
    >
      {({ keys }) => (
        <>
          {made && (
            <ShownOnce title="The key is made" text={made.secret} label="the key" close={() => setMade(undefined)}>
              <p>Copy it now into the secrets of your program: it can’t be shown again.</p>
            </ShownOnce>
          )}
          {making && (
            <NewKey
              close={() => setMaking(false)}
              then={(key) => {
                setMade(key)
                setMaking(false)
              }}
            />
          )}
          {keys.length === 0 && !making && (
            <Empty title="No keys yet">A key appears here once it is made, here or on the command line.</Empty>
          )}
          {keys.length > 0 && (
            <Card title="Keys">
              <ul className="-my-2 divide-y divide-line">
                {keys.map((key) => (
                  <Line key={key.id} line={key} owner={owner} />
                ))}
              </ul>
            </Card>
          )}
        </>
      )}
    </Frame>
  )
}

function Line({ line, owner }: { line: Key; owner: boolean }) {
  const [sure, setSure] = useState(false)
  const revoke = useSend()
  const over = isOver(line)
  return (
    <li className="flex flex-wrap items-start justify-between gap-2 py-3">
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          <bdi>{line.name}</bdi>
          {line.revoked_at ? (
            <Badge tone="quiet" word="Revoked" />
          ) : over ? (
            <Badge tone="quiet" word="Expired" />
          ) : (
            line.scopes.includes('decisions:write') && <Badge tone="review" word="Moves money" />
          )}
        </p>
        <p className="font-mono text-[0.75rem] text-quiet">{line.scopes.join(' ')}</p>
        <p className="text-small text-quiet">
          made <Time at={line.created_at} />
          {line.created_by && <> by {line.created_by}</>} ·{' '}
          {line.last_used_at ? (
            <>
              used <Time at={line.last_used_at} />
            </>
          ) : (
            'never used'
          )}
          {line.expires_at && !line.revoked_at && (
            <>
              {' '}
              · ends <Time at={line.expires_at} />
            </>
          )}
        </p>
        <Refused error={revoke.error} />
      </div>
      {owner &&
        !over &&
        (sure ? (
          <Button
            look="deny"
            onClick={() => {
              setSure(false)
              revoke.mutate({ path: `/settings/api-keys/${line.id}/revoke`, body: {} })
            }}
          >
            Yes, end it at once
          </Button>
        ) : (
          <Button aria-label={`Revoke ${line.name}`} onClick={() => setSure(true)}>
            Revoke
          </Button>
        ))}
    </li>
  )
}

const lives = [
  ['365', 'A year'],
  ['90', '90 days'],
  ['30', '30 days'],
  ['', 'Until it is revoked'],
] as const
const atFirst: Scope[] = [
  'requests:read',
  'requests:write',
  'payments:read',
  'facts:write',
  'access:read',
  'portal:create',
]

function NewKey({ close, then }: { close: () => void; then: (made: Made) => void }) {
  const [name, setName] = useState('')
  const [days, setDays] = useState('365')
  const [chosen, setChosen] = useState<readonly string[]>(atFirst)
  const make = useSend<Made>(then)
  return (
    <Card title="A new key">
      <form
        className="space-y-3"
        onSubmit={(event) => {
          event.preventDefault()
          make.mutate({
            path: '/settings/api-keys',
            body: { name, scopes: chosen, days: days === '' ? null : Number(days) },
          })
        }}
      >
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="What will use it">
            {(id) => (
              <Input
                id={id}
                required
                autoFocus
                maxLength={80}
                placeholder="Our shop’s server"
                value={name}
                onChange={({ target }) => setName(target.value)}
              />
            )}
          </Field>
          <Field label="How long it works">
            {(id) => <Choose id={id} value={days} choices={lives} onChange={({ target }) => setDays(target.value)} />}
          </Field>
        </div>
        <fieldset>
          <legend className="mb-1 text-small font-medium">What it may do</legend>
          <div className="grid gap-x-4 gap-y-1.5 sm:grid-cols-2">
            {Object.entries(scopes).map(([scope, means]) => (
              <label key={scope} className="flex min-h-6 items-start gap-2">
                <input
                  type="checkbox"
                  className="mt-1"
                  checked={chosen.includes(scope)}
                  onChange={({ target }) =>
                    setChosen(target.checked ? [...chosen, scope] : chosen.filter((one) => one !== scope))
                  }
                />
                <span>
                  <span className="font-mono text-[0.75rem]">{scope}</span>
                  <span className="block text-small text-quiet">{means}</span>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        <Refused error={make.error} />
        <div className="flex gap-2">
          <Button type="submit" look="primary" disabled={make.isPending}>
            {make.isPending ? 'Making…' : 'Make the key'}
          </Button>
          <Button look="quiet" onClick={close}>
            Back
          </Button>
        </div>
      </form>
    </Card>
  )
}

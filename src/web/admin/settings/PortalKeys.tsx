import { useState, type FormEvent } from 'react'
import type { PortalSettings } from '../../../http/admin/settings/portal.ts'
import { Button } from '../kit/Button.tsx'
import { Area, Field, Input } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Refused } from '../kit/States.tsx'
import { useSend } from './send.ts'

/** The keys by which the merchant's own backend signs links. */
export function KeysCard({ settings: { keys, portal_url } }: { settings: PortalSettings }) {
  const [draft, setDraft] = useState({ name: '', issuer: '', public_key: '' })
  const made = useSend<{ id: string; alg: string; secret: string | null }>()
  const end = useSend()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { public_key, ...rest } = draft
    made.mutate({ path: '/settings/portal/keys', body: { ...rest, ...(public_key.trim() && { public_key }) } })
  }
  return (
    <Card title="Keys for signed links">
      <div className="grid gap-4">
        <p className="text-quiet">
          Your backend can sign a link by itself, without asking us first: a JWT with iss, aud “
          {new URL(portal_url).origin}”, sub, iat, exp and jti, good once and for at most ten minutes.
        </p>
        <ul className="divide-y divide-line">
          {keys.map(({ id, name, alg, issuer, revoked_at }) => (
            <li key={id} className="flex flex-wrap items-center justify-between gap-2 py-2">
              <div className="min-w-0">
                <p className="font-medium">
                  {name}{' '}
                  <span className="font-normal text-quiet">
                    {alg}, {issuer}
                  </span>
                </p>
                <p className="font-mono text-small break-all text-quiet">{id}</p>
              </div>
              {revoked_at ? (
                <span className="text-quiet">Revoked</span>
              ) : (
                <Button look="quiet" onClick={() => end.mutate({ path: `/settings/portal/keys/${id}/revoke` })}>
                  Revoke
                </Button>
              )}
            </li>
          ))}
        </ul>
        {made.data && (
          <div role="status" className="rounded-lg border border-line bg-sunken p-3 break-all">
            <p>kid: {made.data.id}</p>
            {made.data.secret && (
              <>
                <p className="font-mono">{made.data.secret}</p>
                <p className="text-quiet">The secret, in base64url. It is shown only now.</p>
              </>
            )}
          </div>
        )}
        <form className="grid gap-3 sm:grid-cols-2" onSubmit={submit}>
          <Field label="Name of the key">
            {(id) => (
              <Input id={id} value={draft.name} onChange={({ target }) => setDraft({ ...draft, name: target.value })} />
            )}
          </Field>
          <Field label="Issuer (iss)">
            {(id) => (
              <Input
                id={id}
                placeholder="https://shop.example.com"
                value={draft.issuer}
                onChange={({ target }) => setDraft({ ...draft, issuer: target.value })}
              />
            )}
          </Field>
          <div className="sm:col-span-2">
            <Field label="Ed25519 public key (PEM)" hint="Empty: a secret for HS256 is made, and shown once.">
              {(id, hint) => (
                <Area
                  id={id}
                  aria-describedby={hint}
                  rows={3}
                  value={draft.public_key}
                  onChange={({ target }) => setDraft({ ...draft, public_key: target.value })}
                />
              )}
            </Field>
          </div>
          <div>
            <Button type="submit" disabled={made.isPending}>
              Add the key
            </Button>
          </div>
        </form>
        <Refused error={made.error ?? end.error} />
      </div>
    </Card>
  )
}

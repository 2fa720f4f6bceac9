import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { MePage, NewTwoFactor } from '../../../http/admin/settings/me.ts'
import { Button } from '../kit/Button.tsx'
import { Field, Input } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Refused } from '../kit/States.tsx'
import { client } from '../queries.ts'
import { Facts } from '../request/Cards.tsx'
import { Copy } from './Copy.tsx'
import { Frame } from './Frame.tsx'
import { useSend } from './send.ts'
import { myPageQuery } from './StepUp.tsx'

/** Your own way in: password, second factor, and where you are signed in. */
export function Page() {
  const query = useQuery(myPageQuery)
  return (
    <Frame title="You" about="Your own way in." query={query}>
      {(me) => (
        <>
          {me.two_factor_needed && (
            <p role="status" className="rounded-lg border border-review bg-review-soft p-4 text-review">
              An owner requires a second factor for everybody. Set yours up here: until then nothing else opens.
            </p>
          )}
          <Card title={me.name}>
            <Facts
              rows={[
                ['E-mail', me.email],
                ['Role', me.role],
              ]}
            />
          </Card>
          <TwoFactor me={me} />
          <Password me={me} />
          <Sessions me={me} />
        </>
      )}
    </Frame>
  )
}

const again = () => client.invalidateQueries({ queryKey: ['me'] })

function TwoFactor({ me }: { me: MePage }) {
  const [password, setPassword] = useState('')
  const [made, setMade] = useState<NewTwoFactor>()
  const start = useSend<NewTwoFactor>((answer) => {
    setMade(answer)
    setPassword('')
  })
  const off = useSend(() => {
    setPassword('')
    void again()
  })
  const asks = me.proof !== 'sign_in'
  const act = me.two_factor ? off : start
  return (
    <Card
      title="Second factor"
      aside={me.two_factor ? <Badge tone="approve" word="On" /> : <Badge tone="review" word="Off" />}
    >
      {made && !me.two_factor ? (
        <Confirm made={made} />
      ) : (
        <form
          className="space-y-3"
          onSubmit={(event) => {
            event.preventDefault()
            act.mutate({ path: `/settings/me/two-factor/${me.two_factor ? 'off' : 'start'}`, body: { password } })
          }}
        >
          <p className="text-quiet">
            {me.two_factor
              ? 'Signing in asks for a code of your authenticator app, or for one of your recovery codes.'
              : 'A code of an app on your phone, beside the password: whoever learns your password still can’t get in.'}
          </p>
          {asks && (
            <Field label="Your password">
              {(id) => (
                <Input
                  id={id}
                  className="max-w-sm"
                  type="password"
                  autoComplete="current-password"
                  value={password}
                  onChange={({ target }) => setPassword(target.value)}
                />
              )}
            </Field>
          )}
          <Refused error={act.error} />
          <Button type="submit" look={me.two_factor ? 'plain' : 'primary'} disabled={act.isPending}>
            {me.two_factor ? 'Turn it off' : 'Set it up'}
          </Button>
        </form>
      )}
    </Card>
  )
}

function Confirm({ made }: { made: NewTwoFactor }) {
  const [code, setCode] = useState('')
  const confirm = useSend(() => void again())
  return (
    <div className="grid gap-5 md:grid-cols-[11rem_1fr]">
      <img
        alt="The secret as a QR code, for your authenticator app"
        width={176}
        height={176}
        className="rounded-md bg-white"
        src={`data:image/svg+xml;base64,${btoa(made.qr)}`}
      />
      <div className="min-w-0 space-y-3">
        <p>1. Scan the code with your authenticator app, or type this secret into it:</p>
        <Copy text={made.secret} label="the secret" />
        <p>2. Keep these recovery codes where you keep your passwords. Each lets you in once when the phone is away:</p>
        <Copy text={made.codes.join(' ')} label="the recovery codes" />
        <form
          className="space-y-2"
          onSubmit={(event) => {
            event.preventDefault()
            confirm.mutate({ path: '/settings/me/two-factor/confirm', body: { code } })
          }}
        >
          <Field label="3. The code that the app shows now">
            {(id) => (
              <Input
                id={id}
                className="max-w-40"
                required
                inputMode="numeric"
                autoComplete="one-time-code"
                maxLength={10}
                value={code}
                onChange={({ target }) => setCode(target.value)}
              />
            )}
          </Field>
          <Refused error={confirm.error} />
          <Button type="submit" look="primary" disabled={confirm.isPending}>
            Turn it on
          </Button>
        </form>
      </div>
    </div>
  )
}

function Password({ me }: { me: MePage }) {
  const [password, setPassword] = useState('')
  const change = useSend(() => setPassword(''))
  if (me.proof === 'sign_in')
    return (
      <Card title="Password">
        <p className="text-quiet">You have none here: you sign in through your identity provider.</p>
      </Card>
    )
  return (
    <Card title="Password">
      <form
        className="space-y-3"
        onSubmit={(event) => {
          event.preventDefault()
          change.mutate({ path: '/settings/me/password', body: { password } })
        }}
      >
        <Field label="A new password" hint="12 characters or more. Your other sessions end.">
          {(id, hint) => (
            <Input
              id={id}
              className="max-w-sm"
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
        <Refused error={change.error} />
        <div className="flex items-center gap-3">
          <Button type="submit" disabled={change.isPending}>
            Change it
          </Button>
          {change.isSuccess && (
            <span role="status" className="text-approve">
              Changed.
            </span>
          )}
        </div>
      </form>
    </Card>
  )
}

function Sessions({ me }: { me: MePage }) {
  const end = useSend()
  return (
    <Card
      title="Where you are signed in"
      aside={
        me.sessions.length > 1 && (
          <Button onClick={() => end.mutate({ path: '/settings/me/sessions/end-others', body: {} })}>
            End all others
          </Button>
        )
      }
    >
      <ul className="-my-2 divide-y divide-line">
        {me.sessions.map((session) => (
          <li key={session.id} className="flex flex-wrap justify-between gap-2 py-2">
            <span>
              {browserOf(session.agent)}
              {session.this && <span className="text-quiet"> (this one)</span>}
              <span className="text-quiet"> · {session.address ?? 'address unknown'}</span>
            </span>
            <span className="text-quiet">
              since <Time at={session.created_at} />, here <Time at={session.seen_at} />
            </span>
          </li>
        ))}
      </ul>
      <Refused error={end.error} />
    </Card>
  )
}

/** A browser and system as people call them; what isn’t known is shown as it came. */
function browserOf(agent: string | null): string {
  if (!agent) return 'A browser'
  const browser = /Edg\//.test(agent)
    ? 'Edge'
    : /Firefox\//.test(agent)
      ? 'Firefox'
      : /Chrome\//.test(agent)
        ? 'Chrome'
        : /Safari\//.test(agent)
          ? 'Safari'
          : agent.slice(0, 40)
  const system = /Android|iPhone|iPad|Windows|Mac OS X|Linux/.exec(agent)?.[0]?.replace('Mac OS X', 'macOS')
  return system ? `${browser} on ${system}` : browser
}

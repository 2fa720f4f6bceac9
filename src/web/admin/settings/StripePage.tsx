import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { mayAs } from '../../../domain/actor.ts'
import type { CheckedKey, MadeEndpoint, StripeCheck, StripePage } from '../../../http/admin/settings/stripe.ts'
import { get } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Field, Input } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Failure, Refused, Skeleton } from '../kit/States.tsx'
import { meQuery } from '../queries.ts'
import { Facts } from '../request/Cards.tsx'
import { Copy, ShownOnce } from './Copy.tsx'
import { Frame } from './Frame.tsx'
import { History } from './History.tsx'
import { useSend } from './send.ts'

const mono = (text: string) => <span className="font-mono text-[0.75rem] break-all select-all">{text}</span>

/** Which account, what its key may do, whether its events arrive, and its history. */
export function Page() {
  const query = useQuery({
    queryKey: ['settings', 'stripe'],
    queryFn: () => get<StripePage>('/settings/stripe'),
    refetchInterval: ({ state }) => (state.data?.import?.status === 'running' ? 2_000 : false),
  })
  const { data: me } = useQuery(meQuery)
  const owner = me !== undefined && mayAs(me.staff.role, 'owner')
  return (
    <Frame
      title="Stripe account"
      about="Where the money is, what the key may do, and how Moneyback hears of it."
      query={query}
    >
      {(data) => (
        <>
          <Account data={data} />
          <Permissions />
          {owner && <Key data={data} />}
          <Endpoint data={data} owner={owner} />
          <History page={data} may={me !== undefined && mayAs(me.staff.role, 'finance')} />
        </>
      )}
    </Frame>
  )
}

function Account({ data: { account, counts, simulator, kept_key } }: { data: StripePage }) {
  const stopped = account.sending_stopped_because
  return (
    <Card
      title="Account"
      aside={stopped ? <Badge tone="deny" word="Sending stopped" /> : <Badge tone="approve" word="Connected" />}
    >
      {stopped && <p className="mb-3 text-deny">{stopped}</p>}
      <Facts
        rows={[
          ['Account', account.name ?? account.id],
          ['Id', mono(account.id)],
          ['Mode', simulator ? 'simulator: no real money moves' : account.livemode ? 'live' : 'test'],
          ['Key', kept_key ? mono(`${kept_key.hint}, kept here`) : 'from the environment'],
          ['Payments known', counts.payments.toLocaleString('en')],
          ['Customers known', counts.customers.toLocaleString('en')],
        ]}
      />
    </Card>
  )
}

function Checks({ checks }: { checks: StripeCheck['checks'] }) {
  return (
    <ul className="-my-1 divide-y divide-line">
      {checks.map((check) => (
        <li key={check.permission} className="flex flex-wrap items-start justify-between gap-2 py-2">
          <div className="min-w-0 flex-1 basis-56">
            <span className="font-medium">{check.permission}</span> <span className="text-quiet">for {check.for}</span>
            {check.state !== 'granted' && (
              <p className="text-small text-quiet break-words">
                {check.because}
                {check.state === 'missing' && <> Add it in Stripe: Developers, API keys, this key, Edit.</>}
              </p>
            )}
          </div>
          {check.state === 'granted' ? (
            <Badge tone="approve" word="Granted" />
          ) : check.state === 'missing' ? (
            <Badge tone={check.needed ? 'deny' : 'quiet'} word={check.needed ? 'Missing' : 'Not granted'} />
          ) : (
            <Badge tone="review" word="Not known" />
          )}
        </li>
      ))}
    </ul>
  )
}

function Permissions() {
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['stripe check'],
    queryFn: () => get<StripeCheck>('/settings/stripe/check'),
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  })
  const clock = data?.clock_seconds
  return (
    <Card
      title="What the key may do"
      aside={
        <Button disabled={isFetching} onClick={() => void refetch()}>
          {isFetching ? 'Asking Stripe…' : 'Check again'}
        </Button>
      }
    >
      {error ? (
        <Failure error={error} />
      ) : !data ? (
        <Skeleton lines={6} />
      ) : (
        <>
          <Checks checks={data.checks} />
          {typeof clock === 'number' && (
            <p className={`mt-3 ${Math.abs(clock) > 60 ? 'text-deny' : 'text-quiet'}`}>
              {Math.abs(clock) <= 2
                ? 'Our clock and Stripe’s agree.'
                : `Stripe’s clock is ${Math.abs(clock)} s ${clock > 0 ? 'ahead of' : 'behind'} ours.${Math.abs(clock) > 60 ? ' Above five minutes webhooks are refused: set this machine’s clock.' : ''}`}
            </p>
          )}
        </>
      )}
    </Card>
  )
}

function Key({ data }: { data: StripePage }) {
  const [key, setKey] = useState('')
  const check = useSend<CheckedKey>()
  const keep = useSend<CheckedKey>(() => setKey(''))
  const forget = useSend()
  const enough = check.data?.checks.every(({ needed, state }) => !needed || state === 'granted')
  return (
    <Card title="Another key">
      <form
        className="space-y-3"
        onSubmit={(event) => {
          event.preventDefault()
          check.mutate({ path: '/settings/stripe/key/check', body: { key } })
        }}
      >
        <Field
          label="A restricted key"
          hint="Made in Stripe under Developers, API keys. It is checked first; nothing is kept by checking."
        >
          {(id, hint) => (
            <Input
              id={id}
              aria-describedby={hint}
              type="password"
              autoComplete="off"
              required
              placeholder="rk_…"
              value={key}
              onChange={({ target }) => setKey(target.value)}
            />
          )}
        </Field>
        <Refused error={check.error ?? keep.error ?? forget.error} />
        {check.data && <Checks checks={check.data.checks} />}
        {keep.isSuccess && (
          <p role="status" className="text-approve">
            Kept, encrypted, and in use from now on, before the one in the environment.
          </p>
        )}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" disabled={check.isPending}>
            {check.isPending ? 'Checking…' : 'Check this key'}
          </Button>
          {enough && key !== '' && (
            <Button
              look="primary"
              disabled={keep.isPending || !data.can_keep}
              onClick={() => keep.mutate({ path: '/settings/stripe/key', body: { key } })}
            >
              Keep it
            </Button>
          )}
          {data.kept_key && (
            <Button look="quiet" onClick={() => forget.mutate({ path: '/settings/stripe/key/forget', body: {} })}>
              Forget the kept key
            </Button>
          )}
        </div>
        {!data.can_keep && (
          <p className="text-small text-quiet">
            To keep a key here, set MONEYBACK_SECRET: it is encrypted with that. Or put the key into STRIPE_SECRET_KEY.
          </p>
        )}
      </form>
    </Card>
  )
}

function Endpoint({ data, owner }: { data: StripePage; owner: boolean }) {
  const { webhook, public_url, event_types } = data
  const [made, setMade] = useState<MadeEndpoint>()
  const make = useSend<MadeEndpoint>(setMade)
  return (
    <Card
      title="Webhook"
      aside={
        webhook.quarantined > 0 ? (
          <Badge tone="deny" word={`${webhook.quarantined} set aside`} />
        ) : (
          <Badge
            tone={webhook.last_received_at ? 'approve' : 'review'}
            word={webhook.last_received_at ? 'Receiving' : 'Nothing yet'}
          />
        )
      }
    >
      <Facts
        rows={[
          ['Last event', webhook.last_received_at ? <Time key="l" at={webhook.last_received_at} /> : 'none so far'],
          ['In 24 hours', webhook.received_today.toLocaleString('en')],
          ['Waiting', webhook.waiting.toLocaleString('en')],
        ]}
      />
      {webhook.recent.length > 0 && (
        <details className="mt-3">
          <summary className="cursor-pointer text-accent">The last events</summary>
          <ul className="mt-1">
            {webhook.recent.map((event) => (
              <li key={event.id} className="flex flex-wrap justify-between gap-2 py-0.5">
                <span className="font-mono text-[0.75rem] break-all">{event.type}</span>
                <span className="text-small text-quiet">
                  {event.status}, <Time at={event.received_at} />
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
      {made?.kept && (
        <p role="status" className="mt-3 text-approve">
          The endpoint is made at Stripe, and its secret is kept here, encrypted. Events come in from now on.
        </p>
      )}
      {made && !made.kept && (
        <div className="mt-3">
          <ShownOnce
            title="The endpoint is made"
            text={made.secret}
            label="the signing secret"
            close={() => setMade(undefined)}
          >
            <p>Put this into STRIPE_WEBHOOK_SECRET and restart. Stripe shows it too, under “Signing secret”.</p>
          </ShownOnce>
        </div>
      )}
      <Refused error={make.error} />
      <details className="mt-3" open={!webhook.last_received_at}>
        <summary className="cursor-pointer text-accent">Set it up</summary>
        <div className="mt-2 space-y-2">
          {owner && (
            <Button
              disabled={make.isPending}
              onClick={() => make.mutate({ path: '/settings/stripe/endpoint', body: {} })}
            >
              Make the endpoint in Stripe
            </Button>
          )}
          <p className="text-quiet">
            Or by hand: in Stripe, Developers, Webhooks, add an endpoint with this address and these events. Its signing
            secret goes into STRIPE_WEBHOOK_SECRET.
          </p>
          <Copy text={`${public_url}/webhooks/stripe`} label="the address" />
          <Copy text={event_types.join(', ')} label="the events" />
        </div>
      </details>
    </Card>
  )
}

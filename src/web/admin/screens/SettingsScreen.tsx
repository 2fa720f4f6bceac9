import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Card, Head } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Failure, Skeleton } from '../kit/States.tsx'
import { meQuery, settingsQuery } from '../queries.ts'
import { Facts } from '../request/Cards.tsx'
import { applyTheme, chosenTheme, type Theme } from '../theme.ts'

/** What is connected, who works here, and how it looks. */
export function SettingsScreen() {
  const { data, error, isPending, refetch } = useQuery(settingsQuery)
  const { data: me } = useQuery(meQuery)
  const [theme, setTheme] = useState(chosenTheme)
  return (
    <div>
      <Head title="Settings" />
      {isPending ? (
        <Skeleton lines={8} />
      ) : !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <div className="grid items-start gap-4 p-4 md:grid-cols-2 lg:p-6">
          <Card
            title="Stripe"
            aside={
              data.account.sending_stopped_because ? (
                <Badge tone="deny" word="Sending stopped" />
              ) : (
                <Badge tone="approve" word="Connected" />
              )
            }
          >
            {data.account.sending_stopped_because && (
              <p className="mb-3 text-deny">{data.account.sending_stopped_because}</p>
            )}
            <Facts
              rows={[
                ['Account', data.account.name ?? data.account.id],
                [
                  'Id',
                  <span key="i" className="font-mono text-[0.75rem]">
                    {data.account.id}
                  </span>,
                ],
                ['Mode', data.simulator ? 'simulator: no real money moves' : data.account.livemode ? 'live' : 'test'],
                ['Payments known', data.counts.payments.toLocaleString('en')],
                ['Customers known', data.counts.customers.toLocaleString('en')],
              ]}
            />
          </Card>
          <Card
            title="Webhook"
            aside={
              data.webhook.quarantined > 0 ? (
                <Badge tone="deny" word={`${data.webhook.quarantined} set aside`} />
              ) : (
                <Badge
                  tone={data.webhook.last_received_at ? 'approve' : 'review'}
                  word={data.webhook.last_received_at ? 'Receiving' : 'Nothing yet'}
                />
              )
            }
          >
            <Facts
              rows={[
                [
                  'Address',
                  <span key="a" className="font-mono text-[0.75rem] break-all select-all">
                    {data.public_url}/webhooks/stripe
                  </span>,
                ],
                [
                  'Last event',
                  data.webhook.last_received_at ? <Time key="l" at={data.webhook.last_received_at} /> : 'none so far',
                ],
                ['In 24 hours', data.webhook.received_today.toLocaleString('en')],
                ['Waiting', data.webhook.waiting.toLocaleString('en')],
              ]}
            />
          </Card>
          <Card title="Staff" className="md:col-span-2">
            <ul className="divide-y divide-line">
              {data.staff.map((person) => (
                <li key={person.id} className="flex flex-wrap items-center justify-between gap-2 py-2">
                  <span>
                    <span className="font-medium">{person.name}</span>{' '}
                    <span className="text-quiet">
                      {person.email}
                      {person.id === me?.staff.id && ' (you)'}
                    </span>
                  </span>
                  <span className="text-quiet">
                    {person.role}
                    {person.last_seen_at && (
                      <>
                        {' '}
                        · here <Time at={person.last_seen_at} />
                      </>
                    )}
                  </span>
                </li>
              ))}
            </ul>
          </Card>
          <Card title="This installation">
            <Facts
              rows={[
                ['Address', data.public_url],
                ['Policy', data.policy ? `version ${data.policy.version}` : 'none'],
                ['Mail', data.mail ? 'sent through your mail server' : 'kept and shown, not sent: no SMTP_URL is set'],
                ...data.api_keys.map(
                  (key) =>
                    [
                      'API key',
                      <span key={key.id}>
                        {key.name}
                        {key.last_used_at && (
                          <>
                            , used <Time at={key.last_used_at} />
                          </>
                        )}
                      </span>,
                    ] as const,
                ),
              ]}
            />
          </Card>
          <Card title="Look">
            <fieldset className="flex flex-wrap gap-4">
              <legend className="mb-2 text-quiet">In this browser</legend>
              {(['system', 'light', 'dark'] as const satisfies Theme[]).map((choice) => (
                <label key={choice} className="flex items-center gap-2">
                  <input
                    type="radio"
                    name="theme"
                    checked={theme === choice}
                    onChange={() => {
                      applyTheme(choice)
                      setTheme(choice)
                    }}
                  />
                  {choice === 'system' ? 'As the system' : choice === 'light' ? 'Light' : 'Dark'}
                </label>
              ))}
            </fieldset>
          </Card>
        </div>
      )}
    </div>
  )
}

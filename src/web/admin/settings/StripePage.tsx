import { useQuery } from '@tanstack/react-query'
import type { StripePage } from '../../../http/admin/settings/stripe.ts'
import { get } from '../api.ts'
import { Card } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Facts } from '../request/Cards.tsx'
import { Frame } from './Frame.tsx'

const mono = (text: string) => <span className="font-mono text-[0.75rem] break-all select-all">{text}</span>

/** Which account, in which mode, and whether its events arrive. */
export function Page() {
  const query = useQuery({ queryKey: ['settings', 'stripe'], queryFn: () => get<StripePage>('/settings/stripe') })
  return (
    <Frame title="Stripe account" about="Where the money is, and how Moneyback hears of it." query={query}>
      {(data) => (
        <>
          <Card
            title="Account"
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
                ['Id', mono(data.account.id)],
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
                ['Address', mono(`${data.public_url}/webhooks/stripe`)],
                [
                  'Last event',
                  data.webhook.last_received_at ? <Time key="l" at={data.webhook.last_received_at} /> : 'none so far',
                ],
                ['In 24 hours', data.webhook.received_today.toLocaleString('en')],
                ['Waiting', data.webhook.waiting.toLocaleString('en')],
              ]}
            />
          </Card>
        </>
      )}
    </Frame>
  )
}

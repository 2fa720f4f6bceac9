import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type {
  DeliveriesPage,
  DeliveryListLine,
  DeliveryPage,
  WebhooksPage,
} from '../../../http/admin/settings/webhooks.ts'
import type { Tone } from '../../parts/words.ts'
import { get } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Card, Pick } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Failure, Refused, Skeleton } from '../kit/States.tsx'
import { useSend } from './send.ts'

const tones: Record<DeliveryListLine['status'], Tone> = { delivered: 'approve', waiting: 'waiting', failed: 'deny' }
const words: Record<DeliveryListLine['status'], string> = {
  delivered: 'Delivered',
  waiting: 'Waiting',
  failed: 'Given up',
}

/** What was sent, the newest first; one opens to every attempt. */
export function Deliveries({
  page,
  open,
  show,
}: {
  page: WebhooksPage
  open: string | undefined
  show: (id?: string) => void
}) {
  const [status, setStatus] = useState<string>()
  const [endpoint, setEndpoint] = useState<string>()
  const [after, setAfter] = useState<string>()
  const { data, error, refetch } = useQuery({
    queryKey: ['settings', 'deliveries', status, endpoint, after],
    queryFn: () => get<DeliveriesPage>('/settings/webhooks/deliveries', { status, endpoint, after }),
    placeholderData: keepPreviousData,
  })
  const pick = (set: (value: string | undefined) => void) => (value: string | undefined) => {
    set(value)
    setAfter(undefined)
  }
  return (
    <Card title="Deliveries">
      <div className="mb-3 flex flex-wrap gap-2">
        <Pick label="State" value={status} choices={Object.entries(words)} onPick={pick(setStatus)} />
        {page.endpoints.length > 1 && (
          <Pick
            label="Endpoint"
            value={endpoint}
            choices={page.endpoints.map(({ id, url }) => [id, url] as const)}
            onPick={pick(setEndpoint)}
          />
        )}
      </div>
      {open && <One id={open} close={() => show()} />}
      {error ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton lines={4} />
      ) : data.rows.length === 0 ? (
        <p className="text-quiet">Nothing was sent yet. “Send a test” tries the way.</p>
      ) : (
        <ul className="divide-y divide-line">
          {data.rows.map((line) => (
            <li key={line.id} className="flex flex-wrap items-center justify-between gap-2 py-2">
              <div className="min-w-0 flex-1 basis-56">
                <button
                  type="button"
                  aria-expanded={open === line.id}
                  className="text-left font-mono text-[0.8125rem] text-accent underline"
                  onClick={() => show(line.id)}
                >
                  {line.type}
                </button>
                <p className="font-mono text-[0.75rem] break-all text-quiet">{line.subject_id}</p>
                {line.last_error && <p className="text-small text-quiet break-words">{line.last_error}</p>}
              </div>
              <span className="flex items-center gap-2 text-small text-quiet">
                {line.tries > 1 && <span>{line.tries} tries</span>}
                <Time at={line.created_at} />
                <Badge tone={tones[line.status]} word={words[line.status]} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <div className="mt-3 flex gap-2">
        {after && <Button onClick={() => setAfter(undefined)}>Newest</Button>}
        {data?.next && <Button onClick={() => setAfter(data.next!)}>Older</Button>}
      </div>
    </Card>
  )
}

function One({ id, close }: { id: string; close: () => void }) {
  const { data, error } = useQuery({
    queryKey: ['settings', 'delivery', id],
    queryFn: () => get<DeliveryPage>(`/settings/webhooks/deliveries/${encodeURIComponent(id)}`),
  })
  const act = useSend()
  return (
    <section aria-label="The delivery" className="mb-3 rounded-md border border-line bg-sunken p-3">
      {error ? (
        <Failure error={error} />
      ) : !data ? (
        <Skeleton lines={3} />
      ) : (
        <>
          <p className="font-mono text-[0.75rem] break-all">{data.id}</p>
          <ol className="my-2 space-y-1.5">
            {data.attempts.map((attempt) => (
              <li key={attempt.number}>
                <span className="font-medium">
                  {attempt.status ?? 'No answer'} <span className="font-normal text-quiet">in {attempt.ms} ms, </span>
                </span>
                <Time at={attempt.at} className="text-quiet" />
                {attempt.error && <span className="block text-small text-deny break-words">{attempt.error}</span>}
                {attempt.response && (
                  <pre
                    className="mt-1 max-h-32 overflow-auto rounded bg-surface p-2 text-[0.75rem] whitespace-pre-wrap break-all"
                    tabIndex={0}
                  >
                    {attempt.response}
                  </pre>
                )}
              </li>
            ))}
          </ol>
          {data.next_at && (
            <p className="text-quiet">
              The next attempt: <Time at={data.next_at} exactly />
            </p>
          )}
          <details>
            <summary className="cursor-pointer text-accent">What is sent</summary>
            <pre
              className="mt-1 max-h-64 overflow-auto rounded bg-surface p-2 text-[0.75rem] whitespace-pre-wrap break-all"
              tabIndex={0}
            >
              {JSON.stringify(JSON.parse(data.body), null, 2)}
            </pre>
          </details>
          <Refused error={act.error} />
          <div className="mt-3 flex gap-2">
            {data.status !== 'waiting' && (
              <Button onClick={() => act.mutate({ path: `/settings/webhooks/deliveries/${id}/replay`, body: {} })}>
                Send again
              </Button>
            )}
            <Button look="quiet" onClick={close}>
              Close
            </Button>
          </div>
        </>
      )}
    </section>
  )
}

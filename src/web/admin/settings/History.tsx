import { useState } from 'react'
import type { ImportState, StripePage } from '../../../http/admin/settings/stripe.ts'
import { Button } from '../kit/Button.tsx'
import { Choose, Field } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Refused } from '../kit/States.tsx'
import { useSend } from './send.ts'

const months = [
  ['1', 'The last month'],
  ['3', 'The last 3 months'],
  ['13', 'The last 13 months'],
  ['36', 'The last 3 years'],
  ['120', 'The last 10 years'],
] as const

/** How far back the import has come, of the time that it goes back. */
function share({ started_at, reached_at, from_at, status }: ImportState): number {
  if (status === 'done') return 1
  const [start, reached, from] = [started_at, reached_at, from_at].map((at) => new Date(at).getTime()) as [
    number,
    number,
    number,
  ]
  return Math.min(1, Math.max(0, (start - reached) / Math.max(1, start - from)))
}

/** The payments and refunds of before: read in the background, page by page. */
export function History({ page, may }: { page: StripePage; may: boolean }) {
  const [back, setBack] = useState('13')
  const act = useSend()
  const now = page.import
  const running = now?.status === 'running'
  return (
    <Card
      title="History"
      aside={
        now &&
        {
          running: <Badge tone="waiting" word="Importing" />,
          done: <Badge tone="approve" word="Imported" />,
          canceled: <Badge tone="quiet" word="Canceled" />,
          failed: <Badge tone="deny" word="Failed" />,
        }[now.status]
      }
    >
      {now && (
        <div className="mb-3">
          <progress
            className="h-2 w-full accent-(--accent)"
            max={1}
            value={share(now)}
            aria-label="Progress of the import"
          />
          <p aria-live="polite">
            {now.payments.toLocaleString('en')} payments and {now.refunds.toLocaleString('en')} refunds
            {running && (
              <>
                , back to <Time at={now.reached_at} exactly />
              </>
            )}
            {now.done_at && (
              <>
                {' '}
                · ended <Time at={now.done_at} />
              </>
            )}
          </p>
          {now.last_error && (
            <p className={now.status === 'failed' ? 'text-deny' : 'text-review'}>
              {now.last_error} {running && 'It is tried again by itself.'}
            </p>
          )}
        </div>
      )}
      <Refused error={act.error} />
      {!may ? (
        <p className="text-quiet">Only finance or an owner can import.</p>
      ) : running ? (
        <Button onClick={() => act.mutate({ path: '/settings/stripe/import/cancel', body: {} })}>
          Cancel the import
        </Button>
      ) : (
        <form
          className="flex flex-wrap items-end gap-3"
          onSubmit={(event) => {
            event.preventDefault()
            act.mutate({ path: '/settings/stripe/import', body: { months: Number(back) } })
          }}
        >
          <Field label="How far back">
            {(id) => <Choose id={id} value={back} choices={months} onChange={({ target }) => setBack(target.value)} />}
          </Field>
          <Button type="submit" disabled={act.isPending}>
            Import
          </Button>
          <p className="basis-full text-small text-quiet">
            It goes on by itself when you leave, and after a restart. What is known already is only looked at again.
          </p>
        </form>
      )}
    </Card>
  )
}

import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ReasonsPage } from '../../../http/admin/settings/reasons.ts'
import { get } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Card } from '../kit/Page.tsx'
import { Refused } from '../kit/States.tsx'
import { client } from '../queries.ts'
import { Frame } from './Frame.tsx'
import { ReasonEditor, type ReasonDraft } from './ReasonEditor.tsx'
import { ReasonList } from './ReasonList.tsx'
import { send, useSend } from './send.ts'

const blank: ReasonDraft = {
  code: '',
  audience: 'customer',
  stripe: 'requested_by_customer',
  credit_note: 'order_change',
  labels: { en: '' },
}

/** Why money is asked back: the list that customers and staff choose from, in every language. */
export function Page() {
  const query = useQuery({ queryKey: ['settings', 'reasons'], queryFn: () => get<ReasonsPage>('/settings/reasons') })
  const [draft, setDraft] = useState<ReasonDraft>()
  const act = useSend(() => void client.invalidateQueries({ queryKey: ['reasons'] }))
  // One after the other: of two moves in a row the last one counts.
  const arrange = useMutation({
    scope: { id: 'reasons' },
    mutationFn: (codes: string[]) => send('/settings/reasons/order', { codes }),
    onSettled: () =>
      Promise.all([['settings', 'reasons'], ['reasons']].map((queryKey) => client.invalidateQueries({ queryKey }))),
  })
  const close = () => {
    setDraft(undefined)
    void client.invalidateQueries({ queryKey: ['reasons'] })
  }
  return (
    <Frame
      title="Reasons"
      about="Why money is asked back: what customers choose in the portal and staff in the console, what the policy can ask for, and what the reports count. A reason is archived and never deleted, so what was asked keeps its name."
      query={query}
      aside={
        <Button look="primary" onClick={() => setDraft(blank)}>
          New reason
        </Button>
      }
    >
      {({ reasons }) => {
        const live = reasons.filter(({ archived_at }) => archived_at === null)
        const archived = reasons.filter(({ archived_at }) => archived_at !== null)
        const incomplete = live.filter(({ missing, audience }) => audience === 'customer' && missing.length > 0)
        return (
          <>
            {draft && (
              <ReasonEditor
                key={draft.code || 'new'}
                start={draft}
                known={reasons.some(({ code }) => code === draft.code)}
                close={close}
              />
            )}
            {incomplete.length > 0 && (
              <p role="status" className="rounded-lg bg-review-soft px-4 py-2.5 text-review">
                {incomplete.length === 1 ? 'One reason is' : `${incomplete.length} reasons are`} not written in every
                language of the portal: customers who read those see it in English.
              </p>
            )}
            <Card title="In the order in which they are offered">
              <ReasonList
                reasons={live}
                edit={setDraft}
                archive={(code) => act.mutate({ path: `/settings/reasons/${code}`, body: { archived: true } })}
                arrange={(codes) => arrange.mutate(codes)}
              />
              <Refused error={act.error ?? arrange.error} />
            </Card>
            {archived.length > 0 && (
              <Card title="Archived">
                <ul className="-my-2 divide-y divide-line">
                  {archived.map((reason) => (
                    <li key={reason.code} className="flex flex-wrap items-center justify-between gap-2 py-2.5">
                      <span className="min-w-0 flex-1 break-words">
                        <bdi>{reason.labels['en']}</bdi>{' '}
                        <span className="text-small text-quiet">
                          <code>{reason.code}</code> · {reason.requests}{' '}
                          {reason.requests === 1 ? 'request has' : 'requests have'} it
                        </span>
                      </span>
                      <Button
                        aria-label={`Restore ${reason.labels['en']}`}
                        onClick={() =>
                          act.mutate({ path: `/settings/reasons/${reason.code}`, body: { archived: false } })
                        }
                      >
                        Restore
                      </Button>
                    </li>
                  ))}
                </ul>
              </Card>
            )}
          </>
        )
      }}
    </Frame>
  )
}

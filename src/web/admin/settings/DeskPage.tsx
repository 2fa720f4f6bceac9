import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { mayAs } from '../../../domain/actor.ts'
import { decidingRoles, type Desk } from '../../../domain/desk.ts'
import type { DeskPage } from '../../../http/admin/settings/desk.ts'
import { get, post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Choose, Field, Input } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Time } from '../kit/Show.tsx'
import { Refused } from '../kit/States.tsx'
import { client, meQuery } from '../queries.ts'
import { AmountInput } from './AmountInput.tsx'
import { DisputeCosts } from './DisputeCosts.tsx'
import { Frame } from './Frame.tsx'
import { Rates } from './Rates.tsx'
import { send as prove } from './send.ts'

const key = ['settings', 'desk']

/** Who may approve how much, when people work, and who is away. */
export function Page() {
  const query = useQuery({ queryKey: key, queryFn: () => get<DeskPage>('/settings/desk') })
  return (
    <Frame
      title="Limits and hours"
      about="How much each role approves alone, by when requests are answered, and who decides while somebody is away."
      query={query}
    >
      {(data) => (
        <>
          <Form key={JSON.stringify(data.desk)} kept={data.desk} />
          <Away data={data} />
        </>
      )}
    </Frame>
  )
}

const words = { support: 'Support', approver: 'Approver', finance: 'Finance', owner: 'Owner' } as const
const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const
const clock = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

function Form({ kept }: { kept: Desk }) {
  const { data: me } = useQuery(meQuery)
  const may = mayAs(me?.staff.role ?? '', 'owner')
  const [desk, setDesk] = useState(kept)
  const save = useMutation({
    mutationFn: () => prove<Desk>('/settings/desk', desk),
    onSuccess: () => client.invalidateQueries(),
  })
  const set = (change: Partial<Desk>) => setDesk({ ...desk, ...change })
  const hours = (change: Partial<Desk['hours']>) => set({ hours: { ...desk.hours, ...change } })
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <fieldset disabled={!may} className="contents">
        <Card title={`Limits, in ${desk.currency.toUpperCase()}`}>
          <p className="mb-3 text-small text-quiet">
            A payment in another currency is converted. Above the limits of finance two people approve, one of them an
            owner. Several refunds of one payment count together.
          </p>
          <div className="grid max-w-xl grid-cols-[6rem_1fr_1fr] items-center gap-2">
            <span />
            <span className="text-small font-medium">For one request</span>
            <span className="text-small font-medium">On one day</span>
            {decidingRoles.map((role) => (
              <div key={role} className="contents">
                <span>{words[role]}</span>
                {(['per_request_minor', 'per_day_minor'] as const).map((which) => (
                  <AmountInput
                    key={which}
                    label={`${words[role]}, ${which === 'per_request_minor' ? 'for one request' : 'on one day'}`}
                    minor={desk.limits[role][which]}
                    currency={desk.currency}
                    set={(minor) =>
                      set({ limits: { ...desk.limits, [role]: { ...desk.limits[role], [which]: minor } } })
                    }
                  />
                ))}
              </div>
            ))}
          </div>
          <label className="mt-4 flex items-start gap-2">
            <input
              type="checkbox"
              className="mt-1"
              checked={desk.four_eyes}
              onChange={({ target }) => set({ four_eyes: target.checked })}
            />
            <span>
              Four eyes
              <span className="block text-small text-quiet">
                Off only for a team of one: an owner then approves alone, also their own requests. The console and the
                audit trail say so.
              </span>
            </span>
          </label>
        </Card>
        <Card title="Hours">
          <div className="grid max-w-2xl gap-3 sm:grid-cols-3">
            <Field label="Time zone">
              {(id) => (
                <Input
                  id={id}
                  value={desk.hours.time_zone}
                  onChange={({ target }) => hours({ time_zone: target.value })}
                />
              )}
            </Field>
            <Field label="Opens">
              {(id) => (
                <Choose
                  id={id}
                  value={desk.hours.opens}
                  choices={Array.from({ length: 48 }, (_, i) => [String(i * 30), clock(i * 30)] as const)}
                  onChange={({ target }) => hours({ opens: Number(target.value) })}
                />
              )}
            </Field>
            <Field label="Closes">
              {(id) => (
                <Choose
                  id={id}
                  value={desk.hours.closes}
                  choices={Array.from({ length: 48 }, (_, i) => [String((i + 1) * 30), clock((i + 1) * 30)] as const)}
                  onChange={({ target }) => hours({ closes: Number(target.value) })}
                />
              )}
            </Field>
          </div>
          <fieldset className="mt-3 flex flex-wrap gap-3" disabled={!may}>
            <legend className="mb-1 text-small font-medium">Days</legend>
            {days.map((word, at) => (
              <label key={word} className="flex min-h-6 items-center gap-1.5">
                <input
                  type="checkbox"
                  checked={desk.hours.days.includes(at + 1)}
                  onChange={({ target }) =>
                    hours({
                      days: target.checked
                        ? [...desk.hours.days, at + 1].sort((a, b) => a - b)
                        : desk.hours.days.filter((day) => day !== at + 1),
                    })
                  }
                />
                {word}
              </label>
            ))}
          </fieldset>
          <div className="mt-3 grid max-w-2xl gap-3 sm:grid-cols-3">
            <Field label="Answer within (working hours)">
              {(id) => (
                <Input
                  id={id}
                  type="number"
                  min={1}
                  max={720}
                  value={desk.answer_within / 60}
                  onChange={({ target }) => set({ answer_within: Math.round(Number(target.value) * 60) })}
                />
              )}
            </Field>
            <Field label="Remind before (working hours)">
              {(id) => (
                <Input
                  id={id}
                  type="number"
                  min={0}
                  max={720}
                  value={desk.remind_before / 60}
                  onChange={({ target }) => set({ remind_before: Math.round(Number(target.value) * 60) })}
                />
              )}
            </Field>
            <Field label="What is overdue goes to">
              {(id) => (
                <Choose
                  id={id}
                  value={desk.escalate_to ?? ''}
                  choices={[['', 'nobody, it turns red'], ...decidingRoles.map((role) => [role, words[role]] as const)]}
                  onChange={({ target }) => set({ escalate_to: (target.value || null) as Desk['escalate_to'] })}
                />
              )}
            </Field>
          </div>
          <p className="mt-2 text-small text-quiet">Nothing is ever paid or denied because nobody looked in time.</p>
        </Card>
        <Rates desk={desk} set={set} />
        <DisputeCosts desk={desk} set={set} />
      </fieldset>
      <Refused error={save.error} />
      {may ? (
        <Button
          type="submit"
          look="primary"
          className="justify-self-start"
          disabled={save.isPending || JSON.stringify(desk) === JSON.stringify(kept)}
        >
          {save.isPending ? 'Saving…' : 'Save'}
        </Button>
      ) : (
        <p className="text-small text-quiet">Only an owner can change this.</p>
      )}
    </form>
  )
}

function Away({ data: { away, colleagues } }: { data: DeskPage }) {
  const { data: me } = useQuery(meQuery)
  const [deputy, setDeputy] = useState('')
  const [until, setUntil] = useState('')
  const send = useMutation({
    mutationFn: (body: object) => post('/settings/desk/away', body),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  })
  const name = (id: string) => colleagues.find((one) => one.id === id)?.name ?? 'A former colleague'
  const mine = me && away.find(({ staff_id }) => staff_id === me.staff.id)
  return (
    <Card title="Away">
      <ul className="mb-3 space-y-1">
        {away.map(({ staff_id, deputy_id, until_at }) => (
          <li key={staff_id} className="flex flex-wrap items-center gap-2">
            <span>
              <bdi className="font-medium">{name(staff_id)}</bdi> is away until <Time at={until_at} />.{' '}
              <bdi>{name(deputy_id)}</bdi> decides in their place.
            </span>
            {(staff_id === me?.staff.id || mayAs(me?.staff.role ?? '', 'owner')) && (
              <Button onClick={() => send.mutate({ staff: staff_id, deputy: deputy_id, until: null })}>Back</Button>
            )}
          </li>
        ))}
        {away.length === 0 && <li className="text-quiet">Everybody is here.</li>}
      </ul>
      {me && !mine && mayAs(me.staff.role, 'support') && (
        <form
          className="flex flex-wrap items-end gap-3"
          onSubmit={(event) => {
            event.preventDefault()
            send.mutate({ staff: me.staff.id, deputy, until: new Date(`${until}T23:59:59`).toISOString() })
          }}
        >
          <Field label="I am away until">
            {(id) => (
              <Input id={id} type="date" required value={until} onChange={({ target }) => setUntil(target.value)} />
            )}
          </Field>
          <Field label="In my place decides">
            {(id) => (
              <Choose
                id={id}
                required
                value={deputy}
                choices={[
                  ['', 'Choose somebody'],
                  ...colleagues
                    .filter((one) => one.id !== me.staff.id)
                    .map((one) => [one.id, `${one.name} (${one.role})`] as const),
                ]}
                onChange={({ target }) => setDeputy(target.value)}
              />
            )}
          </Field>
          <Button type="submit" disabled={send.isPending}>
            Say so
          </Button>
        </form>
      )}
      <Refused error={send.error} />
    </Card>
  )
}

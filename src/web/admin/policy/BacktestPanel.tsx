import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { History } from 'lucide-react'
import { useState } from 'react'
import type { BacktestLine, PolicyDraftScreen } from '../../../http/admin/screens.ts'
import { post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Field, Input } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Empty, Failure, Refused, Skeleton } from '../kit/States.tsx'
import { client } from '../queries.ts'
import { policyQuery } from './queries.ts'
import { backtestOver, backtestWords } from './words.ts'

type Over = 'requests' | 'day' | 'random'

/** Begins a backtest of a draft, and shows those that were made of it. */
export function BacktestPanel({
  draft,
  saved,
  mayStart,
}: {
  draft: PolicyDraftScreen
  saved: boolean
  mayStart: boolean
}) {
  const { data, error, refetch } = useQuery(policyQuery)
  const rows = data?.backtests.filter(({ draft_id }) => draft_id === draft.id)
  return (
    <div className="grid flex-1 grid-cols-[minmax(0,1fr)] content-start gap-4 overflow-y-auto p-4 lg:grid-cols-[24rem_minmax(0,1fr)] lg:px-6">
      <Start draft={draft} saved={saved} mayStart={mayStart} />
      <Card title="Backtests of this draft">
        {error && !data ? (
          <Failure error={error} retry={() => void refetch()} />
        ) : !rows ? (
          <Skeleton lines={4} />
        ) : rows.length === 0 ? (
          <Empty icon={History} title="None yet">
            What the draft would have answered in the past appears here: what changes, how much money, and who.
          </Empty>
        ) : (
          <BacktestList rows={rows} />
        )}
      </Card>
    </div>
  )
}

function Start({ draft, saved, mayStart }: { draft: PolicyDraftScreen; saved: boolean; mayStart: boolean }) {
  const navigate = useNavigate()
  const [over, setOver] = useState<Over>('requests')
  const [numbers, setNumbers] = useState({ day: '14', seed: '1', within: '60' })
  const start = useMutation({
    mutationFn: () =>
      post<{ id: string }>('/policy/backtests', {
        draft: draft.id,
        over: over === 'requests' ? 'requests' : 'payments',
        ...(over === 'day' && { day: Number(numbers.day) }),
        ...(over === 'random' && { seed: Number(numbers.seed), within_days: Number(numbers.within) }),
      }),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['policy'] })
      await navigate({ to: '/policy/backtests/$id', params: { id }, search: {} })
    },
  })
  const number = (key: keyof typeof numbers, label: string) => (
    <Field label={label}>
      {(id) => (
        <Input
          id={id}
          inputMode="numeric"
          value={numbers[key]}
          onChange={({ target }) => setNumbers({ ...numbers, [key]: target.value.replaceAll(/\D/g, '').slice(0, 9) })}
        />
      )}
    </Field>
  )
  return (
    <Card title="Try it on the past" className="self-start">
      <form
        className="space-y-3"
        onSubmit={(event) => {
          event.preventDefault()
          start.mutate()
        }}
      >
        <fieldset className="space-y-2">
          <legend className="sr-only">On what</legend>
          <Choice
            value="requests"
            over={over}
            onChoose={setOver}
            title="All past requests"
            about="with the facts as they were when each was decided"
          />
          <Choice
            value="day"
            over={over}
            onChoose={setOver}
            title="All past payments, on one day"
            about="as if everybody had asked so many days after paying"
          />
          <Choice
            value="random"
            over={over}
            onChoose={setOver}
            title="All past payments, on a random day"
            about="a day of its own for each; the same seed gives the same days"
          />
        </fieldset>
        {over === 'day' && number('day', 'Days after paying')}
        {over === 'random' && (
          <div className="grid grid-cols-2 gap-3">
            {number('within', 'Within so many days')}
            {number('seed', 'Seed')}
          </div>
        )}
        {over !== 'requests' && (
          <p className="text-small text-quiet">
            Refunds and requests that came later are not there yet on that day. Disputes and your own facts are taken as
            they are today. It is compared with the version in force.
          </p>
        )}
        <Refused error={start.error} />
        <Button type="submit" look="primary" disabled={!mayStart || !saved || start.isPending}>
          {start.isPending ? 'Starting…' : 'Start the backtest'}
        </Button>
        {!mayStart && (
          <p className="text-small text-quiet">Finance and owners start backtests. You can read their results.</p>
        )}
        {mayStart && !saved && <p className="text-small text-quiet">The draft is being saved.</p>}
      </form>
    </Card>
  )
}

function Choice({
  value,
  over,
  onChoose,
  title,
  about,
}: {
  value: Over
  over: Over
  onChoose: (over: Over) => void
  title: string
  about: string
}) {
  return (
    <label
      className={`flex items-start gap-2.5 rounded-md border p-2.5 ${over === value ? 'border-accent bg-accent-soft' : 'border-line'}`}
    >
      <input type="radio" name="over" className="mt-1" checked={over === value} onChange={() => onChoose(value)} />
      <span>
        <span className="block font-medium">{title}</span>
        <span className="block text-small text-quiet">{about}</span>
      </span>
    </label>
  )
}

/** Backtests, newest first, each with its result in one line. */
export function BacktestList({ rows }: { rows: readonly BacktestLine[] }) {
  return (
    <ul className="divide-y divide-line">
      {rows.map((row) => {
        const { word, tone } = backtestWords[row.status]
        return (
          <li key={row.id}>
            <Link
              to="/policy/backtests/$id"
              params={{ id: row.id }}
              search={{}}
              className="block rounded-md px-2 py-2 hover:bg-sunken"
            >
              <span className="flex flex-wrap items-center justify-between gap-2">
                <span className="flex items-center gap-2">
                  <Badge tone={tone} word={word} />
                  <span className="font-medium">
                    {row.tally
                      ? `${row.tally.changed.toLocaleString('en')} of ${row.done.toLocaleString('en')} answers change`
                      : row.name}
                  </span>
                </span>
                <span className="text-small text-quiet">
                  <Time at={row.created_at} />
                </span>
              </span>
              <span className="block text-small text-quiet">Over {backtestOver(row)}</span>
            </Link>
          </li>
        )
      })}
    </ul>
  )
}

import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { Decision } from '../../../domain/decision.ts'
import { format } from '../../../domain/money.ts'
import type { PastAsk, Tried } from '../../../http/admin/screens.ts'
import { post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Card, SearchBox } from '../kit/Page.tsx'
import { Amount, Badge, Time } from '../kit/Show.tsx'
import { Failure, Refused, Skeleton } from '../kit/States.tsx'
import { Trace } from '../request/Trace.tsx'
import { verdictWords } from '../../parts/words.ts'
import { HandFacts, type Given } from './HandFacts.tsx'
import { pastQuery } from './queries.ts'

/** What the draft would have answered: about a past request, about a payment as if its owner asked now, or about facts set by hand. */
export function TryPanel({ source }: { source: string }) {
  const { try: chosen } = useSearch({ from: '/staff/policy/drafts/$id' })
  const navigate = useNavigate({ from: '/policy/drafts/$id' })
  const [given, setGiven] = useState<Given>({ 'payment.age': '10d' })
  const byHand = chosen === 'hand' || chosen === undefined
  const subject = byHand
    ? { given: typedGiven(given) }
    : chosen.startsWith('rr_')
      ? { request: chosen }
      : { payment: chosen }
  const tried = useQuery({
    queryKey: ['try', source, subject],
    queryFn: () => post<Tried>('/policy/try', { source, ...subject }),
    placeholderData: (old, query) => (query?.queryKey[0] === 'try' ? old : undefined),
  })
  return (
    <div className="grid flex-1 grid-cols-[minmax(0,1fr)] content-start gap-4 overflow-y-auto p-4 lg:grid-cols-[22rem_minmax(0,1fr)] lg:px-6">
      <div className="space-y-4">
        <Card
          title="By hand"
          aside={
            !byHand && (
              <Button look="quiet" onClick={() => void navigate({ search: { tab: 'try', try: 'hand' } })}>
                Use these
              </Button>
            )
          }
        >
          <HandFacts
            source={source}
            given={given}
            onChange={(next) => {
              setGiven(next)
              if (!byHand) void navigate({ search: { tab: 'try', try: 'hand' } })
            }}
          />
        </Card>
        <Past chosen={chosen} onChoose={(id) => void navigate({ search: { tab: 'try', try: id } })} />
      </div>
      <Card
        title={
          byHand
            ? 'An ordinary case with these facts'
            : chosen.startsWith('rr_')
              ? 'This request, with its facts as they were'
              : 'This payment, if its owner asked now'
        }
        className="self-start"
      >
        {tried.error ? (
          <Refused error={tried.error} />
        ) : !tried.data ? (
          <Skeleton lines={6} />
        ) : (
          <Answer tried={tried.data} chosen={byHand ? undefined : chosen} />
        )}
      </Card>
    </div>
  )
}

/** What was typed, as the tests of a policy give it: numbers, yes and no, unknown, lists, texts. */
function typedGiven(given: Given): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).map(([name, text]) => [name, typed(text.trim())]))
}

function typed(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'unknown' || text === '') return null
  if (text.startsWith('[') && text.endsWith(']'))
    return text
      .slice(1, -1)
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean)
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

function Answer({ tried: { decision, then }, chosen }: { tried: Tried; chosen: string | undefined }) {
  return (
    <>
      {then && <Then then={then} decision={decision} />}
      <div aria-live="polite">
        <Trace decision={decision} />
      </div>
      {decision.say['en'] && (
        <p className="mt-3 border-l-2 border-edge pl-3 text-quiet">The customer reads: {decision.say['en']}</p>
      )}
      {chosen && (
        <p className="mt-3">
          <Link
            className="underline"
            to={chosen.startsWith('rr_') ? '/requests/$id' : '/payments/$id'}
            params={{ id: chosen }}
          >
            {chosen.startsWith('rr_') ? 'Open the request' : 'Open the payment'}
          </Link>
        </p>
      )}
    </>
  )
}

function Then({ then, decision }: { then: Decision; decision: Decision }) {
  const { word, tone } = verdictWords[then.verdict]
  const same = then.verdict === decision.verdict && then.amount.minor === decision.amount.minor
  return (
    <p className="mb-3 flex flex-wrap items-center gap-2 rounded-md bg-sunken px-3 py-2">
      <span>Then it was</span> <Badge tone={tone} word={word} />
      <span className="text-quiet">
        {then.verdict !== 'deny' && `${format(then.amount)}, `}rule {then.rule}, version {then.policy_version}
      </span>
      <span className="font-medium">{same ? 'The same with this draft.' : 'Another answer with this draft:'}</span>
    </p>
  )
}

function Past({ chosen, onChoose }: { chosen: string | undefined; onChoose: (id: string) => void }) {
  const [q, setQ] = useState('')
  const { data, error, refetch } = useQuery(pastQuery(q))
  return (
    <Card title="From the past">
      <SearchBox value={q} placeholder="E-mail, name or id" onSearch={setQ} />
      {error && !data ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Skeleton lines={4} />
      ) : data.rows.length === 0 ? (
        <p className="pt-3 text-quiet">{q ? 'Nothing is found by this.' : 'Past requests and payments appear here.'}</p>
      ) : (
        <ul className="mt-2 max-h-96 overflow-y-auto" aria-label="Past requests and payments" tabIndex={0}>
          {data.rows.map((row) => (
            <li key={row.id}>
              <PastRow row={row} chosen={row.id === chosen} onChoose={onChoose} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

function PastRow({ row, chosen, onChoose }: { row: PastAsk; chosen: boolean; onChoose: (id: string) => void }) {
  return (
    <button
      type="button"
      aria-pressed={chosen}
      className={`block w-full rounded-md px-2 py-1.5 text-left hover:bg-sunken ${chosen ? 'bg-sunken' : ''}`}
      onClick={() => onChoose(row.id)}
    >
      <span className="flex items-baseline justify-between gap-2">
        <bdi className="truncate font-medium">{row.customer ?? row.description}</bdi>
        <Amount minor={row.minor} currency={row.currency} />
      </span>
      <span className="flex justify-between gap-2 text-small text-quiet">
        <span className="truncate">
          {row.kind === 'request'
            ? `Request, ${row.verdict ? verdictWords[row.verdict].word.toLowerCase() : ''}`
            : 'Payment'}
          {row.customer ? `, ${row.description}` : ''}
        </span>
        <Time at={row.at} />
      </span>
    </button>
  )
}

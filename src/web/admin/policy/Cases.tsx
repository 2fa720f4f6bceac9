import { useMutation } from '@tanstack/react-query'
import type { ProvenDifferences } from '../../../http/admin/screens.ts'
import { post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Card } from '../kit/Page.tsx'
import { Refused, Skeleton } from '../kit/States.tsx'

/** Who is answered otherwise by two texts: found by proof and not by trying, one case for each pair of rules. */
export function Cases({ before, after }: { before: string; after: string }) {
  const find = useMutation({
    mutationFn: () => post<{ found: ProvenDifferences | null }>('/policy/cases', { before, after }),
  })
  const { data } = find
  return (
    <Card
      title="Who is answered otherwise"
      aside={
        <Button disabled={find.isPending} onClick={() => find.mutate()}>
          {find.isPending ? 'Searching…' : data ? 'Search again' : 'Find cases'}
        </Button>
      }
    >
      <div aria-live="polite">
        <Refused error={find.error} />
        {find.isPending ? (
          <Skeleton lines={3} />
        ) : !data ? (
          <p className="text-quiet">
            One case for each pair of rules that answer otherwise, or the proof that there is none. It takes some
            seconds.
          </p>
        ) : data.found === null ? (
          <p className="text-review">No answer within a minute. A backtest shows what changes on the past.</p>
        ) : (
          <Found found={data.found} />
        )}
      </div>
    </Card>
  )
}

function Found({ found: { cases, proven, bounds } }: { found: ProvenDifferences }) {
  return (
    <>
      {cases.length === 0 ? (
        <p>
          {proven
            ? 'Nobody: every case is answered as before. Proven.'
            : 'No case was found, and that there is none is not proven.'}
        </p>
      ) : (
        <ol className="divide-y divide-line">
          {cases.map((each) => (
            <li key={`${each.when} ${each.before}`} className="py-2">
              <p className="font-medium break-words">{each.when}</p>
              <p className="text-small">
                <span className="text-quiet">before</span> {each.before} <span className="text-quiet">→ after</span>{' '}
                {each.after}
              </p>
              <p className="text-small font-medium">{each.more}</p>
            </li>
          ))}
        </ol>
      )}
      {cases.length > 0 && (
        <p className="mt-2">
          {proven
            ? 'Every other kind of case is answered as before: proven.'
            : 'That there is no other kind of case is not proven.'}
        </p>
      )}
      <p className="mt-1 text-small text-quiet">Looked at: {bounds}.</p>
    </>
  )
}

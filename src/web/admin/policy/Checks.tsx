import { CircleCheck, CircleX, TriangleAlert } from 'lucide-react'
import type { CheckedPolicy, PolicyTest } from '../../../http/admin/screens.ts'
import { Card } from '../kit/Page.tsx'
import { Badge } from '../kit/Show.tsx'
import { Refused, Skeleton } from '../kit/States.tsx'
import { goTo } from './Editor.tsx'

/** What is wrong with the text, at which line; when nothing is, how its own tests come out, and what is probably not meant. */
export function Checks({ checked, error }: { checked: CheckedPolicy | undefined; error: unknown }) {
  if (error && !checked) return <Refused error={error} />
  if (!checked) return <Skeleton lines={3} />
  return checked.problems.length > 0 ? <Problems checked={checked} /> : <Tests checked={checked} />
}

function Problems({ checked: { problems } }: { checked: CheckedPolicy }) {
  return (
    <Card title={problems.length === 1 ? '1 error' : `${problems.length} errors`}>
      <ul id="policy-problems" aria-live="polite" className="max-h-64 space-y-2 overflow-y-auto">
        {problems.map((problem, at) => (
          <li key={at}>
            <button
              type="button"
              className="block w-full rounded-md border border-deny bg-deny-soft p-2.5 text-left"
              onClick={() => goTo(problem.line, problem.column)}
            >
              <span className="figures block text-small font-semibold text-deny">
                Line {problem.line}, column {problem.column}
              </span>
              <span className="block break-words">{problem.message}</span>
              {problem.suggestion && (
                <span className="mt-1 block text-small">
                  Did you mean <code className="font-mono font-medium">{problem.suggestion}</code>?
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Tests({ checked: { tests, warnings } }: { checked: CheckedPolicy }) {
  const failing = tests.filter(({ passed }) => !passed).length
  return (
    <Card
      title="Its own tests"
      aside={
        failing > 0 ? (
          <Badge tone="deny" word={`${failing} of ${tests.length} fail`} />
        ) : tests.length > 0 ? (
          <Badge tone="approve" word={`${tests.length} pass`} />
        ) : (
          <Badge tone="review" word="None" />
        )
      }
    >
      {tests.length === 0 ? (
        <p className="text-quiet">The text has no tests. Add some under “tests:”, and they run while you type.</p>
      ) : (
        <ul className="max-h-56 space-y-1.5 overflow-y-auto" tabIndex={0} aria-label="Tests">
          {tests
            .toSorted((a, b) => Number(a.passed) - Number(b.passed))
            .map((test) => (
              <li key={`${test.line} ${test.name}`}>
                <TestLine test={test} />
              </li>
            ))}
        </ul>
      )}
      {warnings.length > 0 && (
        <ul className="mt-3 space-y-1 border-t border-line pt-3" aria-label="Probably not meant">
          {warnings.map(({ rule, message }) => (
            <li key={`${rule} ${message}`} className="flex items-start gap-2 text-small">
              <TriangleAlert size={14} className="mt-0.5 shrink-0 text-review" aria-label="Warning" />
              <span>
                <code className="font-mono">{rule}</code> {message}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

export function TestLine({ test }: { test: PolicyTest }) {
  return (
    <div className="flex items-start gap-2">
      {test.passed ? (
        <CircleCheck size={15} className="mt-0.5 shrink-0 text-approve" aria-label="passes" />
      ) : (
        <CircleX size={15} className="mt-0.5 shrink-0 text-deny" aria-label="fails" />
      )}
      <div className="min-w-0">
        <button type="button" className="text-left break-words hover:underline" onClick={() => goTo(test.line, 1)}>
          {test.name}
        </button>
        {!test.passed && (
          <>
            <p className="text-small text-deny">
              expects {test.expected}, gets {test.actual}
            </p>
            <ul className="text-small text-quiet">
              {test.why.map((line) => (
                <li key={line} className="break-words">
                  {line}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  )
}

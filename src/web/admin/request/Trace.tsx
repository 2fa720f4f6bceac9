import { CircleCheck, CircleHelp, CircleX, Lightbulb } from 'lucide-react'
import type { Decision, Finding } from '../../../domain/decision.ts'
import { format, money } from '../../../domain/money.ts'
import { Badge } from '../kit/Show.tsx'
import { verdictWords } from '../../parts/words.ts'

const marks = {
  met: { icon: CircleCheck, word: 'Met', look: 'text-approve' },
  unmet: { icon: CircleX, word: 'Not met', look: 'text-quiet' },
  unknown: { icon: CircleHelp, word: 'Unknown', look: 'text-review' },
} as const

/** Why the policy said what it said: rule by rule, line by line, required against actual. */
export function Trace({ decision }: { decision: Decision }) {
  const rules = [...Map.groupBy(decision.findings, ({ rule }) => rule)]
  const mine = rules.filter(([rule]) => rule === decision.rule)
  const others = rules.filter(([rule]) => rule !== decision.rule)
  const { word, tone } = verdictWords[decision.verdict]
  return (
    <div>
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={tone} word={word} />
        <span className="font-medium">{decision.because}</span>
      </p>
      <p className="mt-1 text-small text-quiet">
        Rule <code className="font-mono">{decision.rule}</code> of{' '}
        {decision.policy_version === 0 ? 'this text' : `policy version ${decision.policy_version}`}
        {decision.amount.minor > 0 && (
          <>
            {' '}
            · {format(money(decision.amount.minor, decision.amount.currency))}: {decision.amount_because}
          </>
        )}
      </p>
      {mine.map(([rule, findings]) => (
        <RuleLines key={rule} rule={rule} findings={findings} />
      ))}
      {others.length > 0 && (
        <details className="mt-3">
          <summary className="cursor-pointer text-small text-quiet">
            {others.length === 1 ? 'One other rule was asked' : `${others.length} other rules were asked`}
          </summary>
          {others.map(([rule, findings]) => (
            <RuleLines key={rule} rule={rule} findings={findings} />
          ))}
        </details>
      )}
      {decision.counterfactual && (
        <p className="mt-3 flex items-start gap-2 rounded-md bg-sunken px-3 py-2">
          <Lightbulb size={16} className="mt-0.5 shrink-0 text-quiet" aria-hidden="true" />
          {decision.counterfactual.sentence}
        </p>
      )}
    </div>
  )
}

function RuleLines({ rule, findings }: { rule: string; findings: readonly Finding[] }) {
  return (
    <div className="mt-3">
      <p className="text-small font-medium text-quiet">
        {rule.startsWith('guard:')
          ? `Guard, before every policy: ${rule.slice(6).replaceAll('_', ' ')}`
          : `Rule ${rule}`}
      </p>
      <ul className="mt-1 divide-y divide-line overflow-hidden rounded-md border border-line">
        {findings.map((finding) => (
          <FindingLine key={finding.condition} finding={finding} />
        ))}
      </ul>
    </div>
  )
}

function FindingLine({ finding: { mark, condition, required, actual, sentence } }: { finding: Finding }) {
  const { icon: Icon, word, look } = marks[mark]
  return (
    <li className="flex items-start gap-2.5 px-3 py-2">
      <Icon size={16} className={`mt-0.5 shrink-0 ${look}`} aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p>
          <span className="sr-only">{word}: </span>
          {sentence}
        </p>
        <p className="mt-0.5 text-small text-quiet">
          <code className="font-mono text-[0.75rem] break-words">{condition}</code>
        </p>
      </div>
      <dl className="hidden max-w-[42%] shrink-0 grid-cols-[auto_auto] content-start gap-x-2 text-right text-small sm:grid">
        <dt className="text-quiet">required</dt>
        <dd className="figures">{required}</dd>
        <dt className="text-quiet">actual</dt>
        <dd className={`figures font-medium ${look}`}>{actual}</dd>
      </dl>
    </li>
  )
}

import type { RequestScreen } from '../../../http/admin/screens.ts'
import { Card } from '../kit/Page.tsx'
import { Time } from '../kit/Show.tsx'
import { ReasonName } from '../reasons.tsx'
import { actorWord } from '../words.ts'

/** What was asked and answered, and what the duplicates said that go on here. */
export function Conversation({ screen: { questions, merged, people } }: { screen: RequestScreen }) {
  if (questions.length === 0 && merged.length === 0) return null
  return (
    <Card title="Conversation">
      <ol className="space-y-3">
        {merged.map((one) => (
          <li key={one.id}>
            <p className="text-small text-quiet">
              From a duplicate, {one.description} · <Time at={one.created_at} />
            </p>
            <p className="font-medium">
              <ReasonName code={one.reason} />
            </p>
            {one.comment && <Words text={one.comment} />}
          </li>
        ))}
        {questions.map((one) => (
          <li key={one.id}>
            <p className="text-small text-quiet">
              {actorWord(one.asked_by, people)} asked · <Time at={one.asked_at} />
            </p>
            <Words text={one.question} />
            {one.answer !== null ? (
              <div className="mt-2 border-l-2 border-accent pl-3">
                <p className="text-small text-quiet">
                  The customer answered · <Time at={one.answered_at!} />
                </p>
                <Words text={one.answer} />
              </div>
            ) : (
              <p className="mt-1 text-small text-waiting">
                {one.closed_at ? 'It was over before an answer came.' : 'Waits for the answer until '}
                {!one.closed_at && <Time at={one.answer_by} />}
              </p>
            )}
          </li>
        ))}
      </ol>
    </Card>
  )
}

function Words({ text }: { text: string }) {
  return (
    <p dir="auto" className="max-h-60 overflow-y-auto break-words whitespace-pre-wrap">
      {text}
    </p>
  )
}

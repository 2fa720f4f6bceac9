import type { UseQueryResult } from '@tanstack/react-query'
import { useState } from 'react'
import type { CheckedPolicy } from '../../../http/admin/screens.ts'
import { Button } from '../kit/Button.tsx'
import { Empty, Failure, Skeleton } from '../kit/States.tsx'

type Description = NonNullable<CheckedPolicy['description']>['en']
type DescribedRule = Description['otherwise']

/** What customers read on the public page of the policy, generated from the text. */
export function WordsPanel({ check }: { check: UseQueryResult<CheckedPolicy> }) {
  if (check.error && !check.data) return <Failure error={check.error} retry={() => void check.refetch()} />
  if (!check.data) return <Skeleton lines={10} />
  if (!check.data.description)
    return (
      <Empty title="Not while there are errors">
        The text in plain words appears here as soon as it can be read. The errors stand under Write.
      </Empty>
    )
  return <Words description={check.data.description} />
}

export function Words({ description }: { description: NonNullable<CheckedPolicy['description']> }) {
  const [language, setLanguage] = useState<'en' | 'de'>('en')
  const { name, rules, rights, otherwise } = description[language]
  return (
    <div className="flex-1 overflow-y-auto p-4 lg:px-6">
      <div className="mb-3 flex items-center gap-1" role="group" aria-label="Language">
        {(['en', 'de'] as const).map((tag) => (
          <Button
            key={tag}
            look={tag === language ? 'plain' : 'quiet'}
            aria-pressed={tag === language}
            onClick={() => setLanguage(tag)}
          >
            {tag === 'en' ? 'English' : 'Deutsch'}
          </Button>
        ))}
      </div>
      <article lang={language} className="max-w-3xl rounded-lg border border-line bg-surface p-5 lg:p-7">
        <h2 className="text-title font-semibold">{name}</h2>
        <ol className="mt-4 space-y-5">
          {rules.map((rule, at) => (
            <li key={rule.id}>
              <Rule rule={rule} title={`${at + 1}. ${rule.id}`} />
            </li>
          ))}
        </ol>
        <div className="mt-5 border-t border-line pt-4">
          <Rule rule={otherwise} title={language === 'en' ? 'In every other case' : 'In jedem anderen Fall'} />
        </div>
        {rights.length > 0 && (
          <div className="mt-5 border-t border-line pt-4">
            <h3 className="font-semibold">
              {language === 'en' ? 'By law, beside these rules' : 'Von Gesetzes wegen, neben diesen Regeln'}
            </h3>
            <ul className="mt-2 space-y-4">
              {rights.map((rule) => (
                <li key={rule.id}>
                  <Rule rule={rule} title={rule.id} />
                </li>
              ))}
            </ul>
          </div>
        )}
      </article>
    </div>
  )
}

function Rule({ rule: { when, then, say }, title }: { rule: DescribedRule; title: string }) {
  return (
    <>
      <h3 className="font-medium">{title}</h3>
      <ul className="mt-1 list-disc space-y-0.5 pl-5">
        {when.map((line) => (
          <li key={line}>{line}.</li>
        ))}
      </ul>
      <p className="mt-1 font-medium">{then.map((line) => `${line}.`).join(' ')}</p>
      {say && <p className="mt-1 border-l-2 border-edge pl-3 text-quiet">{say}</p>}
    </>
  )
}

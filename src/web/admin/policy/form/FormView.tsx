import { useMemo, useRef, useState } from 'react'
import { formFacts } from '../../../../domain/policy/form/condition.ts'
import { insertItem, moveItem } from '../../../../domain/policy/form/edit.ts'
import { fileOrder, formOf, freeId, type FormRule } from '../../../../domain/policy/form/model.ts'
import type { CheckedPolicy } from '../../../../http/admin/screens.ts'
import { Plus } from 'lucide-react'
import { Button } from '../../kit/Button.tsx'
import { Empty } from '../../kit/States.tsx'
import type { Writing } from '../useDraft.ts'
import { FactsForm } from './FactsForm.tsx'
import { HeadForm } from './HeadForm.tsx'
import { RuleCard } from './RuleCard.tsx'
import { TestsForm } from './TestsForm.tsx'

/** An edit of the document: a text in, a text out; undefined when it can't be done there. */
export type Edit = (text: string) => string | undefined

/** The document as a form. Each change is an edit of the text, which keeps every other line as it is. */
export function FormView({
  writing,
  checked,
  readOnly,
}: {
  writing: Writing
  checked: CheckedPolicy | undefined
  readOnly: boolean
}) {
  const form = useMemo(() => formOf(writing.text), [writing.text])
  const facts = useMemo(() => formFacts(form?.facts ?? {}), [form])
  const [said, setSaid] = useState('')
  const [refused, setRefused] = useState(false)
  const text = useRef(writing.text)
  text.current = writing.text
  const edit = (change: Edit) => {
    const next = change(text.current)
    setRefused(next === undefined)
    if (next !== undefined) writing.write(next)
  }
  if (!form)
    return (
      <Empty title="The text can’t be shown as a form">
        It is not whole YAML at the moment. The error stands beside the text; when it is gone, the form is back.
      </Empty>
    )
  const move = (list: 'rules' | 'rights', rules: readonly FormRule[], from: number, to: number) => {
    if (to < 0 || to >= rules.length || from === to) return
    edit((was) => moveItem(was, [list], from, to))
    setSaid(`${rules[from]!.id} is now number ${to + 1} of ${rules.length}.`)
  }
  const list = (name: 'rules' | 'rights', rules: readonly FormRule[]) => (
    <ol className="space-y-3">
      {rules.map((rule, at) => (
        <li key={`${rule.id}/${rules.findIndex(({ id }) => id === rule.id) === at ? '' : at}`}>
          <RuleCard
            rule={rule}
            path={[name, at]}
            at={at}
            count={rules.length}
            facts={facts}
            form={form}
            readOnly={readOnly}
            edit={edit}
            onMove={(to) => move(name, rules, at, to)}
            onDrop={(from) => move(name, rules, from, at)}
            list={name}
          />
        </li>
      ))}
    </ol>
  )
  const add = (name: 'rules' | 'rights', at: number) =>
    edit((was) =>
      insertItem(
        was,
        [name],
        at,
        {
          id: freeId(form),
          when: ['payment.age <= days(14)'],
          then: 'review',
          say: { en: 'A person looks at your request.' },
        },
        fileOrder,
      ),
    )
  return (
    <fieldset className="min-w-0 space-y-5 pb-6" disabled={readOnly}>
      <legend className="sr-only">The policy as a form</legend>
      <p className="sr-only" role="status">
        {said}
      </p>
      {refused && (
        <p role="alert" className="rounded-md border border-review bg-review-soft p-2.5">
          This place can’t be edited from the form, because the text has an unusual shape there. Edit it in the text.
        </p>
      )}
      <HeadForm form={form} edit={edit} />
      <section aria-label="Rules">
        <div className="mb-2 flex items-center justify-between">
          <h2 className="font-semibold">Rules, asked from top to bottom</h2>
        </div>
        {list('rules', form.rules)}
        {!readOnly && (
          <Button className="mt-3 w-full" onClick={() => add('rules', form.rules.length)}>
            <Plus size={15} aria-hidden="true" /> Add a rule
          </Button>
        )}
        <div className="mt-3">
          <RuleCard
            rule={form.otherwise}
            path={['otherwise']}
            at={-1}
            count={0}
            facts={facts}
            form={form}
            readOnly={readOnly}
            edit={edit}
            list="otherwise"
          />
        </div>
      </section>
      <section aria-label="Rights">
        <h2 className="mb-1 font-semibold">What the law gives beside them</h2>
        <p className="mb-2 text-small text-quiet">The answer that is better for the customer stands.</p>
        {list('rights', form.rights)}
        {!readOnly && (
          <Button className="mt-2 w-full" look="quiet" onClick={() => add('rights', form.rights.length)}>
            <Plus size={15} aria-hidden="true" /> Add a right
          </Button>
        )}
      </section>
      <FactsForm form={form} edit={edit} readOnly={readOnly} />
      <TestsForm form={form} facts={facts} checked={checked} edit={edit} readOnly={readOnly} />
    </fieldset>
  )
}

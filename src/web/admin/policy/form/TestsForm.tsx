import { ChevronDown, ChevronUp, CircleCheck, CircleX, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { FormFact } from '../../../../domain/policy/form/condition.ts'
import { insertItem, removeField, removeItem, setValue } from '../../../../domain/policy/form/edit.ts'
import { fileOrder, type Form, type FormTest } from '../../../../domain/policy/form/model.ts'
import type { Plain } from '../../../../domain/policy/form/scalar.ts'
import type { CheckedPolicy, PolicyTest } from '../../../../http/admin/screens.ts'
import { Button } from '../../kit/Button.tsx'
import { Choose, Field } from '../../kit/Field.tsx'
import { exampleOf } from '../HandFacts.tsx'
import type { Edit } from './FormView.tsx'
import { Typed } from './Typed.tsx'

/** The tests of the document, each with how it comes out. */
export function TestsForm({
  form,
  facts,
  checked,
  edit,
  readOnly,
}: {
  form: Form
  facts: readonly FormFact[]
  checked: CheckedPolicy | undefined
  edit: (change: Edit) => void
  readOnly: boolean
}) {
  const add = () =>
    edit((text) =>
      insertItem(
        text,
        ['tests'],
        form.tests.length,
        { name: `case ${form.tests.length + 1}`, given: { 'payment.age': '14d' }, expect: { then: 'approve' } },
        fileOrder,
      ),
    )
  return (
    <section aria-label="Tests in the document">
      <h2 className="mb-1 font-semibold">Tests</h2>
      <p className="mb-2 text-small text-quiet">
        They run while you write, and nothing is published while one comes out differently.
      </p>
      <ul className="space-y-2">
        {form.tests.map((test, at) => (
          <li key={at}>
            <TestCard
              test={test}
              at={at}
              result={checked?.tests[at]?.name === test.name ? checked.tests[at] : undefined}
              form={form}
              facts={facts}
              edit={edit}
              readOnly={readOnly}
            />
          </li>
        ))}
      </ul>
      {!readOnly && (
        <Button className="mt-2 w-full" onClick={add}>
          <Plus size={15} aria-hidden="true" /> Add a test
        </Button>
      )}
    </section>
  )
}

function TestCard({
  test,
  at,
  result,
  form,
  facts,
  edit,
  readOnly,
}: {
  test: FormTest
  at: number
  result: PolicyTest | undefined
  form: Form
  facts: readonly FormFact[]
  edit: (change: Edit) => void
  readOnly: boolean
}) {
  const [open, setOpen] = useState(false)
  return (
    <article aria-label={`Test: ${test.name}`} className="rounded-lg border border-line bg-surface">
      <button
        type="button"
        aria-expanded={open}
        className="flex min-h-10 w-full items-center gap-2 px-3 text-left"
        onClick={() => setOpen(!open)}
      >
        {result ? (
          result.passed ? (
            <CircleCheck size={15} className="shrink-0 text-approve" aria-label="passes" />
          ) : (
            <CircleX size={15} className="shrink-0 text-deny" aria-label="fails" />
          )
        ) : (
          <span className="w-[15px]" />
        )}
        <span className="min-w-0 flex-1 truncate">{test.name}</span>
        {open ? <ChevronUp size={16} aria-hidden="true" /> : <ChevronDown size={16} aria-hidden="true" />}
      </button>
      {open && (
        <div className="space-y-3 border-t border-line p-3">
          {result && !result.passed && (
            <p className="text-small text-deny">
              expects {result.expected}, gets {result.actual}
            </p>
          )}
          <Field label="Name">
            {(id) => (
              <Typed
                id={id}
                value={test.name}
                maxLength={300}
                onWrite={(to) => edit((text) => setValue(text, ['tests', at, 'name'], to))}
              />
            )}
          </Field>
          <GivenFields test={test} at={at} facts={facts} edit={edit} readOnly={readOnly} />
          <ExpectFields test={test} at={at} form={form} edit={edit} />
          {!readOnly && (
            <Button look="quiet" onClick={() => edit((text) => removeItem(text, ['tests'], at))}>
              <Trash2 size={15} aria-hidden="true" /> Take out
            </Button>
          )}
        </div>
      )}
    </article>
  )
}

/** A value as it is typed: a number, yes or no, unknown, a list, else a text. */
function typed(text: string): Plain {
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'unknown' || text === '') return null
  if (/^\[.*\]$/.test(text))
    return text
      .slice(1, -1)
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean)
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

const shown = (value: unknown): string =>
  value === null ? 'unknown' : Array.isArray(value) ? `[${value.join(', ')}]` : String(value)

function GivenFields({
  test,
  at,
  facts,
  edit,
  readOnly,
}: {
  test: FormTest
  at: number
  facts: readonly FormFact[]
  edit: (change: Edit) => void
  readOnly: boolean
}) {
  const path = ['tests', at, 'given']
  const set = (name: string, value: Plain) =>
    edit((text) =>
      Object.keys(test.given).length === 0
        ? setValue(text, path, { [name]: value }, ['name', 'given', 'expect'])
        : setValue(text, [...path, name], value),
    )
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-small font-medium">Given, beside an ordinary case</legend>
      <ul className="space-y-1.5">
        {Object.entries(test.given).map(([name, value]) => (
          <li key={name} className="flex items-center gap-2">
            <span className="min-w-0 flex-1 truncate text-small" title={name}>
              {facts.find((fact) => fact.name === name)?.label ?? name}
            </span>
            <Typed
              aria-label={name}
              className="w-40!"
              value={shown(value)}
              onWrite={(to) => set(name, typed(to.trim()))}
            />
            {!readOnly && (
              <Button
                look="quiet"
                aria-label={`Take out ${name}`}
                onClick={() => edit((text) => removeField(text, [...path, name]))}
              >
                ✕
              </Button>
            )}
          </li>
        ))}
      </ul>
      {!readOnly && (
        <select
          aria-label="Another given fact"
          value=""
          className="mt-1.5 min-h-9 w-full rounded-md border border-edge bg-surface px-2"
          onChange={({ target }) => {
            const fact = facts.find(({ name }) => name === target.value)
            if (fact)
              set(
                fact.name,
                typed(
                  exampleOf(fact)
                    .split(/,| or /)[0]!
                    .trim(),
                ),
              )
          }}
        >
          <option value="">Another given fact…</option>
          {facts
            .filter(({ name }) => !Object.hasOwn(test.given, name))
            .map(({ name, label }) => (
              <option key={name} value={name}>
                {label} ({name})
              </option>
            ))}
        </select>
      )}
    </fieldset>
  )
}

function ExpectFields({
  test,
  at,
  form,
  edit,
}: {
  test: FormTest
  at: number
  form: Form
  edit: (change: Edit) => void
}) {
  const set = (key: string, value: string) =>
    edit((text) =>
      value === ''
        ? removeField(text, ['tests', at, 'expect', key])
        : setValue(text, ['tests', at, 'expect', key], value, ['then', 'rule', 'amount', 'access']),
    )
  const now = (key: string): string => (test.expect[key] === undefined ? '' : shown(test.expect[key]))
  const rules = ['otherwise', ...form.rules, ...form.rights].map((rule) => (typeof rule === 'string' ? rule : rule.id))
  const choice = (key: string, label: string, choices: readonly string[]) => (
    <Field label={label}>
      {(id) => (
        <Choose
          id={id}
          value={now(key)}
          choices={[
            ['', 'not said'],
            ...[...new Set([...choices, ...(now(key) ? [now(key)] : [])])].map((each) => [each, each] as const),
          ]}
          onChange={({ target }) => set(key, target.value)}
        />
      )}
    </Field>
  )
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      {choice('then', 'Expects', ['approve', 'review', 'deny'])}
      {choice('rule', 'By the rule', rules)}
      <Field label="Amount">
        {(id) => (
          <Typed id={id} placeholder="49.00 usd" value={now('amount')} onWrite={(to) => set('amount', to.trim())} />
        )}
      </Field>
      {choice('access', 'Access', ['now', 'period_end', 'keep'])}
    </div>
  )
}

import { useId, useState } from 'react'
import type { FormFact } from '../../../../domain/policy/form/condition.ts'
import type { Path } from '../../../../domain/policy/form/document.ts'
import { removeField, setValue } from '../../../../domain/policy/form/edit.ts'
import { ruleOrder, type FormRule } from '../../../../domain/policy/form/model.ts'
import type { Plain } from '../../../../domain/policy/form/scalar.ts'
import { Button } from '../../kit/Button.tsx'
import { Choose, Field } from '../../kit/Field.tsx'
import { Approvers } from './Approvers.tsx'
import { Conditions } from './Conditions.tsx'
import type { Edit } from './FormView.tsx'
import { Typed, TypedArea } from './Typed.tsx'

type Props = { rule: FormRule; path: Path; facts: readonly FormFact[]; edit: (change: Edit) => void; readOnly: boolean }

/** Every part of a rule: name, conditions, answer, amount, access, who approves, what the customer reads. */
export function RuleFields({ rule, path, facts, edit, named, readOnly }: Props & { named: boolean }) {
  const set = (key: string, value: Plain | undefined) =>
    edit((text) =>
      value === undefined ? removeField(text, [...path, key]) : setValue(text, [...path, key], value, ruleOrder),
    )
  const answer = (then: string) =>
    edit((text) => {
      // What belongs to another answer alone goes with it: the language refuses it there.
      const alone = [
        ...(then === 'review' ? [] : ['approvers']),
        ...(then === 'deny' ? ['amount'] : ['appeal']),
      ].filter((key) => rule[key as keyof FormRule] !== undefined)
      const cleared = alone.reduce<string | undefined>((was, key) => was && removeField(was, [...path, key]), text)
      return cleared && setValue(cleared, [...path, 'then'], then, ruleOrder)
    })
  return (
    <>
      {named && (
        <Field
          label="Name of the rule"
          hint="Lower-case letters, digits and hyphens. It stands in explanations and reports."
        >
          {(id, hint) => (
            <Typed id={id} aria-describedby={hint} value={rule.id} maxLength={60} onWrite={(to) => set('id', to)} />
          )}
        </Field>
      )}
      {named && <Conditions when={rule.when} path={path} facts={facts} edit={edit} readOnly={readOnly} />}
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Then">
          {(id) => (
            <Choose
              id={id}
              value={rule.then}
              choices={[
                ['approve', 'approve: pay at once'],
                ['review', 'review: a person decides'],
                ['deny', 'deny'],
                ...(['approve', 'review', 'deny'].includes(rule.then)
                  ? []
                  : [[rule.then, rule.then || 'choose…'] as const]),
              ]}
              onChange={({ target }) => answer(target.value)}
            />
          )}
        </Field>
        <Field label="Access of the customer">
          {(id) => (
            <Choose
              id={id}
              value={rule.access ?? ''}
              choices={[
                ['', rule.then === 'deny' ? 'not said: stays' : 'not said: ends at once'],
                ['now', 'ends at once'],
                ['period_end', 'ends with the paid period'],
                ['keep', 'stays'],
              ]}
              onChange={({ target }) => set('access', target.value || undefined)}
            />
          )}
        </Field>
      </div>
      {rule.then !== 'deny' && <AmountField rule={rule} set={set} />}
      {rule.then === 'review' && <Approvers rule={rule} path={path} edit={edit} readOnly={readOnly} />}
      {rule.then === 'deny' && (
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            checked={rule.appeal ?? false}
            onChange={({ target }) => set('appeal', target.checked ? true : undefined)}
          />
          The customer may ask a person
        </label>
      )}
      <Say rule={rule} path={path} edit={edit} readOnly={readOnly} />
    </>
  )
}

const amounts = [
  ['', 'what was asked for'],
  ['payment.refundable', 'all that is left of the payment'],
  ['prorate(payment.amount, payment.unused_share)', 'the unused part of the period, to the second'],
  ['prorate(payment.amount, payment.unused_days_share)', 'the unused days of the period'],
  ['prorate(payment.amount, payment.unused_months_share)', 'the whole months left'],
  ['prorate(payment.refundable, percent(50))', 'half of what is left'],
] as const

function AmountField({ rule, set }: { rule: FormRule; set: (key: string, value: Plain | undefined) => void }) {
  const amount = rule.amount ?? ''
  const known = amounts.some(([expression]) => expression === amount)
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label={rule.then === 'review' ? 'Amount to propose' : 'Amount'}>
        {(id) => (
          <Choose
            id={id}
            value={known ? amount : 'formula'}
            choices={[...amounts, ['formula', 'a formula…']]}
            onChange={({ target }) =>
              set(
                'amount',
                target.value === 'formula'
                  ? amount || 'least(payment.refundable, money(50, "usd"))'
                  : target.value || undefined,
              )
            }
          />
        )}
      </Field>
      {!known && (
        <Field label="Formula">
          {(id) => (
            <Typed
              id={id}
              className="font-mono text-small"
              spellCheck={false}
              value={amount}
              onWrite={(to) => set('amount', to || undefined)}
            />
          )}
        </Field>
      )}
    </div>
  )
}

function Say({ rule, path, edit, readOnly }: Omit<Props, 'facts'>) {
  const [tag, setTag] = useState('')
  const id = useId()
  const languages = Object.keys(rule.say)
  const shown = languages.length === 0 ? ['en'] : languages
  const valid = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag) && !languages.includes(tag)
  const set = (language: string, sentence: string) =>
    edit((text) =>
      languages.length === 0
        ? setValue(text, [...path, 'say'], { [language]: sentence }, ruleOrder)
        : setValue(text, [...path, 'say', language], sentence),
    )
  return (
    <fieldset>
      <legend className="mb-1 text-small font-medium">What the customer reads</legend>
      <div className="space-y-2">
        {shown.map((language) => (
          <div key={language} className="flex items-start gap-2">
            <span className="mt-2 w-8 shrink-0 font-mono text-small text-quiet" aria-hidden="true">
              {language}
            </span>
            <TypedArea
              aria-label={`Sentence in ${language}`}
              lang={language}
              rows={2}
              maxLength={1000}
              value={rule.say[language] ?? ''}
              onWrite={(to) =>
                to === '' && language !== 'en'
                  ? edit((text) => removeField(text, [...path, 'say', language]))
                  : set(language, to)
              }
            />
          </div>
        ))}
      </div>
      {!readOnly && languages.length > 0 && (
        <div className="mt-2 flex items-center gap-2">
          <label htmlFor={id} className="text-small text-quiet">
            Another language
          </label>
          <input
            id={id}
            value={tag}
            placeholder="fr"
            maxLength={20}
            className="min-h-9 w-20 rounded-md border border-edge bg-surface px-2 font-mono text-small"
            onChange={({ target }) => setTag(target.value.trim())}
          />
          <Button
            disabled={!valid}
            onClick={() => {
              set(tag, rule.say['en'] ?? '…')
              setTag('')
            }}
          >
            Add
          </Button>
        </div>
      )}
    </fieldset>
  )
}

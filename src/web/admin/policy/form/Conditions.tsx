import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import {
  conditionOn,
  joinCondition,
  signsFor,
  splitCondition,
  units,
  type Condition,
  type FormFact,
  type Operand,
  type Sign,
  type Span,
  type Unit,
} from '../../../../domain/policy/form/condition.ts'
import type { Path } from '../../../../domain/policy/form/document.ts'
import { insertItem, removeItem, setValue } from '../../../../domain/policy/form/edit.ts'
import { ruleOrder } from '../../../../domain/policy/form/model.ts'
import { Button } from '../../kit/Button.tsx'
import type { Edit } from './FormView.tsx'
import { Typed } from './Typed.tsx'

const selectLook = 'min-h-9 min-w-0 rounded-md border border-edge bg-surface px-1.5 disabled:opacity-70'

const signWords: Readonly<Record<Sign, string>> = {
  '==': 'is',
  '!=': 'is not',
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is more than',
  '>=': 'is at least',
}

/** The conditions of a rule, all of which must hold: fact, sign and value each; what has another shape is an expression. */
export function Conditions({
  when,
  path,
  facts,
  edit,
  readOnly,
}: {
  when: readonly string[]
  path: Path
  facts: readonly FormFact[]
  edit: (change: Edit) => void
  readOnly: boolean
}) {
  const [fact, setFact] = useState('')
  const list = [...path, 'when']
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-small font-medium">If all of this holds</legend>
      <ul className="space-y-2">
        {when.map((source, at) => (
          <li key={at} className="flex items-start gap-1.5">
            <Row
              source={source}
              facts={facts}
              name={`Condition ${at + 1}`}
              onWrite={(to) => edit((text) => setValue(text, [...list, at], to))}
            />
            {!readOnly && (
              <Button
                look="quiet"
                aria-label={`Take out condition ${at + 1}`}
                onClick={() => edit((text) => removeItem(text, list, at))}
              >
                <X size={15} aria-hidden="true" />
              </Button>
            )}
          </li>
        ))}
      </ul>
      {when.length === 0 && <p className="text-small text-deny">A rule has at least one condition.</p>}
      {!readOnly && (
        <div className="mt-2 flex items-center gap-2">
          <select
            aria-label="Another condition, about"
            value={fact}
            className={`${selectLook} flex-1`}
            onChange={({ target }) => setFact(target.value)}
          >
            <option value="">Another condition, about…</option>
            <FactOptions facts={facts} />
            <option value="=">an expression</option>
          </select>
          <Button
            disabled={!fact}
            onClick={() => {
              const found = facts.find(({ name }) => name === fact)
              const source = found ? joinCondition(conditionOn(found)) : 'payment.age <= days(14) || payment.first'
              edit((text) => insertItem(text, list, when.length, source, ruleOrder))
              setFact('')
            }}
          >
            <Plus size={15} aria-hidden="true" /> Add
          </Button>
        </div>
      )}
    </fieldset>
  )
}

const groupWords: Readonly<Record<string, string>> = {
  payment: 'The payment',
  customer: 'The customer',
  subscription: 'The subscription',
  request: 'The request',
  now: 'The time',
}

function FactOptions({ facts }: { facts: readonly FormFact[] }) {
  const groups = Map.groupBy(facts, ({ name }) => groupWords[name.split('.')[0] ?? ''] ?? 'Your own facts')
  return [...groups].map(([group, members]) => (
    <optgroup key={group} label={group}>
      {members.map(({ name, label }) => (
        <option key={name} value={name}>
          {label}
        </option>
      ))}
    </optgroup>
  ))
}

function Row({
  source,
  facts,
  name,
  onWrite,
}: {
  source: string
  facts: readonly FormFact[]
  name: string
  onWrite: (to: string) => void
}) {
  const condition = splitCondition(source, facts)
  const write = (next: Condition) => onWrite(joinCondition(next))
  if (condition.shape === 'expression')
    return (
      <Typed
        aria-label={`${name}, an expression`}
        className="flex-1 font-mono text-small"
        spellCheck={false}
        value={source}
        onWrite={onWrite}
      />
    )
  return (
    <div className="flex min-w-0 flex-1 flex-wrap items-center gap-1.5" role="group" aria-label={`${name}: ${source}`}>
      <select
        aria-label={`${name}: fact`}
        value={condition.fact.name}
        className={`${selectLook} flex-1 basis-40`}
        onChange={({ target }) => {
          const fact = facts.find((each) => each.name === target.value)
          if (fact) write(conditionOn(fact))
        }}
      >
        <FactOptions facts={facts} />
      </select>
      {condition.shape === 'compare' && condition.window && (
        <>
          <span className="text-small text-quiet">in the last</span>
          <SpanFields
            name={`${name}: time before`}
            span={condition.window}
            onWrite={(window) => write({ ...condition, window })}
          />
        </>
      )}
      <SignField condition={condition} name={name} write={write} />
      {condition.shape === 'compare' && (
        <OperandFields
          name={name}
          fact={condition.fact}
          operand={condition.operand}
          onWrite={(operand) => write({ ...condition, operand })}
        />
      )}
    </div>
  )
}

function SignField({
  condition,
  name,
  write,
}: {
  condition: Exclude<Condition, { shape: 'expression' }>
  name: string
  write: (next: Condition) => void
}) {
  if (condition.shape !== 'compare')
    return (
      <select
        aria-label={`${name}: holds or not`}
        value={condition.shape}
        className={selectLook}
        onChange={({ target }) => write({ ...condition, shape: target.value as 'yes' | 'no' })}
      >
        <option value="yes">is so</option>
        <option value="no">is not so</option>
      </select>
    )
  return (
    <select
      aria-label={`${name}: comparison`}
      value={condition.sign}
      className={selectLook}
      onChange={({ target }) => write({ ...condition, sign: target.value as Sign })}
    >
      {signsFor(condition.fact.type).map((sign) => (
        <option key={sign} value={sign}>
          {signWords[sign]}
        </option>
      ))}
    </select>
  )
}

function SpanFields({ name, span, onWrite }: { name: string; span: Span; onWrite: (span: Span) => void }) {
  return (
    <span className="flex items-center gap-1">
      <Typed
        aria-label={`${name}: number`}
        inputMode="numeric"
        className="figures w-16!"
        value={span.count}
        onWrite={(to) => /^\d{1,6}$/.test(to) && onWrite({ ...span, count: to })}
      />
      <select
        aria-label={`${name}: unit`}
        value={span.unit}
        className={selectLook}
        onChange={({ target }) => onWrite({ ...span, unit: target.value as Unit })}
      >
        {units.map((unit) => (
          <option key={unit} value={unit}>
            {unit}
          </option>
        ))}
      </select>
    </span>
  )
}

function OperandFields({
  name,
  fact,
  operand,
  onWrite,
}: {
  name: string
  fact: FormFact
  operand: Operand
  onWrite: (operand: Operand) => void
}) {
  switch (operand.kind) {
    case 'duration':
      return (
        <SpanFields name={`${name}: value`} span={operand} onWrite={(span) => onWrite({ kind: 'duration', ...span })} />
      )
    case 'percent':
      return (
        <span className="flex items-center gap-1">
          <Typed
            aria-label={`${name}: percent`}
            inputMode="decimal"
            className="figures w-20!"
            value={operand.count}
            onWrite={(to) => /^\d{1,3}(\.\d{1,4})?$/.test(to) && onWrite({ ...operand, count: to })}
          />
          %
        </span>
      )
    case 'money':
      return (
        <span className="flex items-center gap-1">
          <Typed
            aria-label={`${name}: amount`}
            inputMode="decimal"
            className="figures w-24!"
            value={operand.amount}
            onWrite={(to) => /^\d{1,12}(\.\d{1,3})?$/.test(to) && onWrite({ ...operand, amount: to })}
          />
          <Typed
            aria-label={`${name}: currency`}
            maxLength={3}
            className="w-16! font-mono"
            value={operand.currency}
            onWrite={(to) => /^[a-z]{3}$/i.test(to) && onWrite({ ...operand, currency: to.toLowerCase() })}
          />
        </span>
      )
    case 'count':
      return (
        <Typed
          aria-label={`${name}: number`}
          inputMode="numeric"
          className="figures w-20!"
          value={operand.count}
          onWrite={(to) => /^\d{1,9}$/.test(to) && onWrite({ ...operand, count: to })}
        />
      )
    case 'date':
      return (
        <Typed
          aria-label={`${name}: date`}
          type="date"
          className="w-40!"
          value={operand.date}
          onWrite={(to) => /^\d{4}-\d\d-\d\d$/.test(to) && onWrite({ ...operand, date: to })}
        />
      )
    case 'text':
      return fact.values ? (
        <select
          aria-label={`${name}: value`}
          value={operand.text}
          className={selectLook}
          onChange={({ target }) => onWrite({ kind: 'text', text: target.value })}
        >
          {[...new Set([...fact.values, operand.text])].map((value) => (
            <option key={value} value={value}>
              {value.replaceAll('_', ' ')}
            </option>
          ))}
        </select>
      ) : (
        <Typed
          aria-label={`${name}: text`}
          className="flex-1 basis-24"
          value={operand.text}
          onWrite={(to) => !/["\\]/.test(to) && onWrite({ kind: 'text', text: to })}
        />
      )
  }
}

import { Plus, X } from 'lucide-react'
import { roles } from '../../../../domain/actor.ts'
import type { Path } from '../../../../domain/policy/form/document.ts'
import { insertItem, removeItem, setValue } from '../../../../domain/policy/form/edit.ts'
import { ruleOrder, type FormApprovers, type FormRule } from '../../../../domain/policy/form/model.ts'
import type { Plain } from '../../../../domain/policy/form/scalar.ts'
import { Button } from '../../kit/Button.tsx'
import { Choose, Field } from '../../kit/Field.tsx'
import type { Edit } from './FormView.tsx'
import { Typed } from './Typed.tsx'

const order = ['role', 'count', 'from']
const choices = roles.filter((role) => role !== 'viewer').map((role) => [role, role] as const)

/** Who may approve a review and how many must; others from an amount on. */
export function Approvers({
  rule,
  path,
  edit,
  readOnly,
}: {
  rule: FormRule
  path: Path
  edit: (change: Edit) => void
  readOnly: boolean
}) {
  const all = rule.approvers ?? [{ role: 'support', count: 1, from: undefined }]
  const own = [...path, 'approvers']
  const set = (at: number, key: 'role' | 'count' | 'from', value: Plain) =>
    edit((text) =>
      rule.approvers === undefined
        ? setValue(text, own, { role: 'support', count: 1, [key]: value }, ruleOrder)
        : setValue(text, [...own, ...(rule.approversListed ? [at] : []), key], value, order),
    )
  const more = () => {
    const next = { role: 'finance', count: 2, from: '500 usd' }
    edit((text) =>
      rule.approversListed
        ? insertItem(text, own, all.length, next)
        : setValue(text, own, [{ role: all[0]!.role, count: all[0]!.count }, next], ruleOrder),
    )
  }
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-small font-medium">Who approves</legend>
      <ul className="space-y-2">
        {all.map((each, at) => (
          <li key={at} className="flex flex-wrap items-end gap-2">
            <Row each={each} at={at} set={set} />
            {at > 0 && !readOnly && (
              <Button
                look="quiet"
                aria-label={`Take out approvers ${at + 1}`}
                onClick={() => edit((text) => removeItem(text, own, at))}
              >
                <X size={15} aria-hidden="true" />
              </Button>
            )}
          </li>
        ))}
      </ul>
      {!readOnly && (
        <Button look="quiet" className="mt-1" onClick={more}>
          <Plus size={15} aria-hidden="true" /> Others from an amount on
        </Button>
      )}
    </fieldset>
  )
}

function Row({
  each,
  at,
  set,
}: {
  each: FormApprovers
  at: number
  set: (at: number, key: 'role' | 'count' | 'from', value: Plain) => void
}) {
  const known = choices.some(([role]) => role === each.role)
  return (
    <>
      {at > 0 && (
        <div className="flex-1 basis-32">
          <Field label="From">
            {(id) => (
              <Typed
                id={id}
                value={each.from ?? ''}
                placeholder="500 usd, 450 eur"
                onWrite={(to) => {
                  const amounts = to
                    .split(',')
                    .map((amount) => amount.trim())
                    .filter(Boolean)
                  set(at, 'from', amounts.length === 1 ? amounts[0]! : amounts)
                }}
              />
            )}
          </Field>
        </div>
      )}
      <div className="flex-1 basis-32">
        <Field label="Role, at least">
          {(id) => (
            <Choose
              id={id}
              value={each.role}
              choices={known ? choices : [...choices, [each.role, each.role || 'choose…'] as const]}
              onChange={({ target }) => set(at, 'role', target.value)}
            />
          )}
        </Field>
      </div>
      <div className="flex-1 basis-20">
        <Field label="People">
          {(id) => (
            <Choose
              id={id}
              value={String(each.count)}
              choices={[1, 2, 3, 4, 5].map((count) => [String(count), String(count)] as const)}
              onChange={({ target }) => set(at, 'count', Number(target.value))}
            />
          )}
        </Field>
      </div>
    </>
  )
}

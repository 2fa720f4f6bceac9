import { setValue } from '../../../../domain/policy/form/edit.ts'
import { fileOrder, type Form } from '../../../../domain/policy/form/model.ts'
import { Choose, Field } from '../../kit/Field.tsx'
import type { Edit } from './FormView.tsx'
import { Typed } from './Typed.tsx'

const zones = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/Los_Angeles',
  'Asia/Tokyo',
  'Australia/Sydney',
]

/** Name, time zone, and which version judges. */
export function HeadForm({ form, edit }: { form: Form; edit: (change: Edit) => void }) {
  const set = (key: string, value: string) => edit((text) => setValue(text, [key], value, fileOrder))
  return (
    <section aria-label="The policy" className="grid gap-3 sm:grid-cols-2">
      <Field label="Name of the policy">
        {(id) => <Typed id={id} value={form.name} maxLength={200} onWrite={(to) => set('policy', to)} />}
      </Field>
      <Field label="Days are counted in">
        {(id) => (
          <>
            <Typed id={id} value={form.timezone ?? 'UTC'} list={`${id}-zones`} onWrite={(to) => set('timezone', to)} />
            <datalist id={`${id}-zones`}>
              {zones.map((zone) => (
                <option key={zone} value={zone} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <div className="sm:col-span-2">
        <Field label="A request is judged by">
          {(id) => (
            <Choose
              id={id}
              value={form.judge_by ?? 'request'}
              choices={[
                ['request', 'the version in force when somebody asks'],
                ['purchase', 'the version in force when they paid'],
              ]}
              onChange={({ target }) => set('judge_by', target.value)}
            />
          )}
        </Field>
      </div>
    </section>
  )
}

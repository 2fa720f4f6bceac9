import { Area, Field, Input } from '../kit/Field.tsx'

export type Fields = { comment: string; from: string }

/** What goes with a publication: the reason, and the instant from which it acts (none is at once). */
export const publishing = ({ comment, from }: Fields): { comment: string; effective_from?: string } => ({
  comment,
  ...(from && { effective_from: new Date(from).toISOString() }),
})

export function PublishFields({ fields, onChange }: { fields: Fields; onChange: (fields: Fields) => void }) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return (
    <>
      <Field label="What changes, and why">
        {(id) => (
          <Area
            id={id}
            rows={2}
            maxLength={2000}
            value={fields.comment}
            onChange={({ target }) => onChange({ ...fields, comment: target.value })}
          />
        )}
      </Field>
      <Field label="In force from" hint={`Empty is at once. Times are of your own clock (${zone}).`}>
        {(id, hint) => (
          <Input
            id={id}
            aria-describedby={hint}
            type="datetime-local"
            value={fields.from}
            onChange={({ target }) => onChange({ ...fields, from: target.value })}
          />
        )}
      </Field>
    </>
  )
}

import { useId, type ComponentProps, type ReactNode } from 'react'

const box =
  'w-full rounded-md border border-edge bg-surface px-2.5 py-1.5 min-h-9 placeholder:text-quiet disabled:opacity-60'

/** A label above its control, with what helps below it. */
export function Field({
  label,
  hint,
  children,
}: {
  label: string
  hint?: ReactNode
  children: (id: string, hintId: string | undefined) => ReactNode
}) {
  const id = useId()
  const hintId = hint ? `${id}-hint` : undefined
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-small font-medium">
        {label}
      </label>
      {children(id, hintId)}
      {hint && (
        <div id={hintId} className="mt-1 text-small text-quiet">
          {hint}
        </div>
      )}
    </div>
  )
}

export function Input({ className = '', ...rest }: ComponentProps<'input'>) {
  return <input className={`${box} ${className}`} {...rest} />
}

export function Area({ className = '', ...rest }: ComponentProps<'textarea'>) {
  return <textarea className={`${box} resize-y ${className}`} {...rest} />
}

type Choice = readonly [value: string, word: string]

/** The browser's own list: it works everywhere, with every keyboard and every screen reader. */
export function Choose({
  choices,
  className = '',
  ...rest
}: ComponentProps<'select'> & { choices: readonly Choice[] }) {
  return (
    <select className={`${box} pr-7 ${className}`} {...rest}>
      {choices.map(([value, word]) => (
        <option key={value} value={value}>
          {word}
        </option>
      ))}
    </select>
  )
}

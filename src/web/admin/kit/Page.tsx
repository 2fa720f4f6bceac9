import { Search } from 'lucide-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useKeys } from '../keys.ts'

/** The head of a screen: what it is, and what can be set on it. */
export function Head({ title, aside, children }: { title: string; aside?: ReactNode; children?: ReactNode }) {
  return (
    <header className="border-b border-line bg-surface px-4 pt-4 pb-3 lg:px-6">
      <div className="flex min-h-9 flex-wrap items-center justify-between gap-2">
        <h1 className="text-title font-semibold tracking-tight">{title}</h1>
        {aside}
      </div>
      {children && <div className="mt-2.5 flex flex-wrap items-center gap-2">{children}</div>}
    </header>
  )
}

/** A search that goes into the address bar once the typing pauses. `/` leads to it. */
export function SearchBox({
  value,
  placeholder,
  onSearch,
}: {
  value: string
  placeholder: string
  onSearch: (q: string) => void
}) {
  const [text, setText] = useState(value)
  const box = useRef<HTMLInputElement>(null)
  useKeys({ '/': () => box.current?.focus() })
  useEffect(() => setText(value), [value])
  useEffect(() => {
    if (text === value) return
    const timer = setTimeout(() => onSearch(text.trim()), 220)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <div className="relative min-w-0 flex-1 basis-full sm:basis-56 md:max-w-md">
      <Search size={15} aria-hidden="true" className="absolute top-2.5 left-2.5 text-quiet" />
      <input
        ref={box}
        type="search"
        aria-label={placeholder}
        placeholder={placeholder}
        value={text}
        className="min-h-9 w-full rounded-md border border-edge bg-surface pr-2 pl-8 placeholder:text-quiet"
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
      />
    </div>
  )
}

/** A filter that is either on or off the address bar. */
export function Pick({
  label,
  value,
  choices,
  onPick,
}: {
  label: string
  value: string | undefined
  choices: readonly (readonly [string, string])[]
  onPick: (value: string | undefined) => void
}) {
  return (
    <select
      aria-label={label}
      value={value ?? ''}
      onChange={({ target }) => onPick(target.value || undefined)}
      className={`min-h-9 max-w-52 min-w-0 flex-1 basis-28 sm:flex-none sm:basis-auto rounded-md border bg-surface pr-6 pl-2 ${value ? 'border-accent text-accent font-medium' : 'border-edge'}`}
    >
      <option value="">{label}: all</option>
      {choices.map(([code, word]) => (
        <option key={code} value={code}>
          {word}
        </option>
      ))}
    </select>
  )
}

export function Card({
  title,
  aside,
  children,
  className = '',
}: {
  title?: string
  aside?: ReactNode
  children: ReactNode
  className?: string
}) {
  return (
    <section className={`rounded-lg border border-line bg-surface ${className}`}>
      {title && (
        <div className="flex items-center justify-between gap-2 border-b border-line px-4 py-2.5">
          <h2 className="font-semibold">{title}</h2>
          {aside}
        </div>
      )}
      <div className="p-4">{children}</div>
    </section>
  )
}

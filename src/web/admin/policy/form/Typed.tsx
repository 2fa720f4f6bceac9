import { useEffect, useRef, useState, type ComponentProps } from 'react'

const pauseMs = 600
const box =
  'min-h-9 w-full min-w-0 rounded-md border border-edge bg-surface px-2 py-1 disabled:opacity-70 read-only:bg-sunken'

type Props = {
  value: string
  onWrite: (value: string) => void
} & Omit<ComponentProps<'input'>, 'value' | 'onChange'>

/** What is typed here goes into the document when the typing pauses, or when the field is left: half a word is no edit. */
export function Typed({ value, onWrite, className = '', ...rest }: Props) {
  const typing = useTyping(value, onWrite)
  return <input {...rest} {...typing} className={`${box} ${className}`} />
}

export function TypedArea({
  value,
  onWrite,
  className = '',
  ...rest
}: { value: string; onWrite: (value: string) => void } & Omit<ComponentProps<'textarea'>, 'value' | 'onChange'>) {
  const typing = useTyping(value, onWrite)
  return <textarea {...rest} {...typing} className={`${box} resize-y ${className}`} />
}

function useTyping(value: string, onWrite: (value: string) => void) {
  const [text, setText] = useState(value)
  const written = useRef(value)
  const now = useRef(onWrite)
  now.current = onWrite
  useEffect(() => {
    if (value === written.current) return
    written.current = value
    setText(value)
  }, [value])
  const write = (next: string) => {
    if (next === written.current) return
    written.current = next
    now.current(next)
  }
  useEffect(() => {
    if (text === written.current) return
    const timer = setTimeout(() => write(text), pauseMs)
    return () => clearTimeout(timer)
  }, [text])
  return {
    value: text,
    // Its own letters are taken back by the browser, everything else by the document (WritePanel).
    ...(text !== written.current && { 'data-typing': '' }),
    onChange: ({ target }: { target: { value: string } }) => setText(target.value),
    onBlur: () => write(text),
  }
}

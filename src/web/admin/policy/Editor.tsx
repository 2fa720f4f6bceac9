import { useEffect, useRef, type ReactNode, type UIEvent } from 'react'
import type { PolicyProblem } from '../../../http/admin/screens.ts'

/** 1.35rem, as in the face below. */
const rowHeight = 21.6
const face = 'font-mono text-[0.8125rem] leading-[1.35rem] [tab-size:2]'

/** Text with line numbers; a line that is wrong is marked, and its error stands right below the editor. */
export function Editor({
  text,
  problems,
  readOnly = false,
  label,
  changedLine = 0,
  onChange,
}: {
  text: string
  problems: PolicyProblem[]
  readOnly?: boolean
  label: string
  /** A line that was changed from elsewhere: it is brought into sight. */
  changedLine?: number
  onChange?: (text: string) => void
}) {
  const gutter = useRef<HTMLDivElement>(null)
  const back = useRef<HTMLDivElement>(null)
  const area = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    if (!area.current || changedLine < 1 || document.activeElement === area.current) return
    const top = (changedLine - 1) * rowHeight
    const { scrollTop, clientHeight } = area.current
    if (top < scrollTop || top > scrollTop + clientHeight - 3 * rowHeight)
      area.current.scrollTop = Math.max(0, top - 5 * rowHeight)
  }, [changedLine, text])
  const wrong = new Set(problems.map(({ line }) => line))
  const lines = text.split('\n')
  const follow = ({ currentTarget }: UIEvent<HTMLTextAreaElement>) => {
    if (gutter.current) gutter.current.scrollTop = currentTarget.scrollTop
    if (back.current) back.current.scrollTop = currentTarget.scrollTop
  }
  const numbers: ReactNode[] = lines.map((_, at) => (
    <div key={at} className={wrong.has(at + 1) ? 'font-semibold text-deny' : ''}>
      {wrong.has(at + 1) ? '✕ ' : ''}
      {at + 1}
    </div>
  ))
  return (
    <div className="relative flex h-full min-h-72 overflow-hidden rounded-md border border-edge bg-surface focus-within:outline-2 focus-within:outline-accent">
      <div
        ref={gutter}
        aria-hidden="true"
        className={`${face} figures w-14 shrink-0 overflow-hidden border-r border-line bg-sunken py-2 pr-2 text-right text-quiet select-none`}
      >
        {numbers}
        <div className="h-8" />
      </div>
      <div className="relative min-w-0 flex-1">
        <div
          ref={back}
          aria-hidden="true"
          className={`${face} pointer-events-none absolute inset-0 overflow-hidden py-2`}
        >
          {lines.map((_, at) => (
            <div key={at} className={`h-[1.35rem] ${wrong.has(at + 1) ? 'bg-deny-soft' : ''}`} />
          ))}
          <div className="h-8" />
        </div>
        <textarea
          id="policy-text"
          ref={area}
          aria-label={label}
          aria-describedby={problems.length > 0 ? 'policy-problems' : undefined}
          aria-invalid={problems.length > 0}
          value={text}
          readOnly={readOnly}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          wrap="off"
          onChange={({ target }) => onChange?.(target.value)}
          onScroll={follow}
          className={`${face} relative block h-full w-full resize-none overflow-auto bg-transparent px-3 py-2 outline-none`}
        />
      </div>
    </div>
  )
}

/** Puts the caret at a line and column of the editor. */
export function goTo(line: number, column: number): void {
  const area = document.getElementById('policy-text')
  if (!(area instanceof HTMLTextAreaElement)) return
  const before = area.value
    .split('\n')
    .slice(0, line - 1)
    .reduce((sum, part) => sum + part.length + 1, 0)
  area.focus()
  area.setSelectionRange(before + column - 1, before + column - 1)
  area.scrollTop = Math.max(0, (line - 6) * rowHeight)
}

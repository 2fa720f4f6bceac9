import type { UseQueryResult } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import type { CheckedPolicy } from '../../../http/admin/screens.ts'
import { Skeleton } from '../kit/States.tsx'
import { Checks } from './Checks.tsx'
import { Editor } from './Editor.tsx'
import type { Writing } from './useDraft.ts'

const FormView = lazy(() => import('./form/FormView.tsx').then(({ FormView }) => ({ default: FormView })))

/** The same document twice: as a form and as text, side by side, or one after the other on a phone; and what the checks say of it. */
export function WritePanel({
  writing,
  check,
  readOnly,
}: {
  writing: Writing
  check: UseQueryResult<CheckedPolicy>
  readOnly: boolean
}) {
  const { pane = 'form' } = useSearch({ from: '/staff/policy/drafts/$id' })
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 'z') return
      // A field that is being typed in takes its own letters back first.
      if (event.target instanceof HTMLElement && event.target.matches('[data-typing]')) return
      const act = event.shiftKey ? writing.redo : writing.undo
      event.preventDefault()
      act?.()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [writing.undo, writing.redo])
  const problems = check.data?.problems ?? []
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <ul className="flex gap-1 border-b border-line bg-surface px-4 py-1.5 xl:hidden" aria-label="Form or text">
        {(['form', 'text'] as const).map((name) => (
          <li key={name}>
            <Link
              from="/policy/drafts/$id"
              to="."
              search={(was: object) => ({ ...was, pane: name })}
              aria-current={pane === name ? 'true' : undefined}
              className={`inline-flex min-h-9 items-center rounded-md px-3 ${pane === name ? 'bg-sunken font-medium' : 'text-quiet'}`}
            >
              {name === 'form' ? 'Form' : 'Text'}
            </Link>
          </li>
        ))}
      </ul>
      <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)] gap-4 overflow-y-auto p-4 xl:grid-cols-[minmax(0,1fr)_minmax(0,1fr)] xl:overflow-hidden xl:px-6">
        <section
          aria-label="Form"
          className={`min-h-0 xl:block xl:overflow-y-auto ${pane === 'form' ? '' : 'hidden'}`}
          tabIndex={-1}
        >
          <Suspense fallback={<Skeleton lines={8} tall />}>
            <FormView writing={writing} checked={check.data} readOnly={readOnly} />
          </Suspense>
        </section>
        <div className={`min-h-0 flex-col gap-4 xl:flex ${pane === 'text' ? 'flex' : 'hidden'}`}>
          <div className="h-[60vh] min-h-80 xl:h-auto xl:min-h-0 xl:flex-1">
            <Editor
              text={writing.text}
              problems={problems}
              label="Text of the draft"
              readOnly={readOnly}
              changedLine={writing.changedLine}
              onChange={writing.write}
            />
          </div>
          <Checks checked={check.data} error={check.error} />
        </div>
      </div>
    </div>
  )
}

import { CircleAlert, Inbox, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { isProblem } from '../api.ts'
import { Button } from './Button.tsx'

/** The shape of what is coming, so that nothing jumps when it is there. */
export function Skeleton({
  lines = 6,
  tall = false,
  alone = false,
}: {
  lines?: number
  tall?: boolean
  alone?: boolean
}) {
  // Where nothing else is on the page, this is its heading.
  const Title = alone ? 'h1' : 'span'
  return (
    <div role="status" className="p-4">
      <Title className="sr-only">Loading…</Title>
      {Array.from({ length: lines }, (_, line) => (
        <div
          key={line}
          className={`skeleton mb-3 rounded bg-sunken ${tall ? 'h-14' : 'h-5'} ${line % 3 === 2 ? 'w-2/3' : 'w-full'}`}
        />
      ))}
    </div>
  )
}

/** Nothing here: says what will appear and how. */
export function Empty({
  icon: Icon = Inbox,
  title,
  children,
}: {
  icon?: LucideIcon
  title: string
  children?: ReactNode
}) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center px-6 py-16 text-center">
      <Icon size={28} className="mb-3 text-quiet" aria-hidden="true" />
      <p className="text-title font-semibold">{title}</p>
      <div className="mt-1 text-quiet">{children}</div>
    </div>
  )
}

/** What happened, what to do, and the button that tries again. */
export function Failure({ error, retry, alone = false }: { error: unknown; retry?: () => void; alone?: boolean }) {
  // Where nothing else is on the page, this is its heading.
  const Title = alone ? 'h1' : 'p'
  return (
    <div role="alert" className="m-4 flex items-start gap-3 rounded-lg border border-deny bg-deny-soft p-4">
      <CircleAlert size={18} className="mt-0.5 shrink-0 text-deny" aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <Title className="font-semibold">{isProblem(error) ? error.title : 'This could not be shown'}</Title>
        <p className="mt-0.5 break-words">
          {isProblem(error) ? error.message : 'Something on this page went wrong. Nothing was changed.'}
        </p>
        <SignInAgain error={error} />
      </div>
      {retry && <Button onClick={retry}>Try again</Button>}
    </div>
  )
}

/** A refusal beside the control that it is about. */
export function Refused({ error, id }: { error: unknown; id?: string }) {
  if (!error) return null
  return (
    <p role="alert" id={id} className="flex items-start gap-1.5 text-small text-deny">
      <CircleAlert size={14} className="mt-0.5 shrink-0" aria-hidden="true" />
      <span className="break-words">
        {isProblem(error) ? error.message : 'That did not work, and nothing was changed. Try again.'}{' '}
        <SignInAgain error={error} />
      </span>
    </p>
  )
}

/** In another tab, so that nothing that was typed here is lost. */
function SignInAgain({ error }: { error: unknown }) {
  if (!isProblem(error) || error.code !== 'not_signed_in') return null
  return (
    <a className="font-medium text-accent underline" href="/admin/sign-in" target="_blank" rel="noreferrer">
      Sign in again (in a new tab)
    </a>
  )
}

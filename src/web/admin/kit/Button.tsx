import type { ComponentProps } from 'react'

type Look = 'plain' | 'primary' | 'approve' | 'deny' | 'quiet'

const looks: Record<Look, string> = {
  plain: 'border border-edge bg-surface hover:bg-sunken',
  primary: 'border border-transparent bg-accent text-on-accent hover:brightness-110',
  approve: 'border border-transparent bg-approve text-surface hover:brightness-110',
  deny: 'border border-transparent bg-deny text-surface hover:brightness-110',
  quiet: 'border border-transparent text-quiet hover:bg-sunken hover:text-ink',
}

/** What every button and every link that looks like one wears. */
export function buttonLook(look: Look = 'plain'): string {
  return `inline-flex min-h-9 items-center justify-center gap-2 rounded-md px-3 py-1.5 font-medium whitespace-nowrap disabled:cursor-not-allowed disabled:opacity-55 disabled:hover:brightness-100 ${looks[look]}`
}

export function Button({
  look = 'plain',
  className = '',
  type = 'button',
  ...rest
}: ComponentProps<'button'> & { look?: Look }) {
  return <button type={type} className={`${buttonLook(look)} ${className}`} {...rest} />
}

/** The key that does the same, for those who never touch the mouse. */
export function Key({ children }: { children: string }) {
  return (
    <kbd
      aria-hidden="true"
      className="hidden min-w-5 rounded border border-current px-1 text-center font-mono text-[0.6875rem] leading-4 font-normal md:inline-block"
    >
      {children}
    </kbd>
  )
}

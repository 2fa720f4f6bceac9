/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact'
import { go } from '../router.ts'

type Props = { readonly href: string; readonly class?: string; readonly children: ComponentChildren }

/** A link within the portal: followed without loading the page again, except when the reader wants a tab of its own. */
export function Link({ href, class: className, children }: Props) {
  const follow = (event: MouseEvent) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    event.preventDefault()
    go(href)
  }
  return (
    <a href={href} class={className} onClick={follow}>
      {children}
    </a>
  )
}

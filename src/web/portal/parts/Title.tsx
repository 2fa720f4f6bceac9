/** @jsxImportSource preact */
import { useEffect, useRef } from 'preact/hooks'
import { place } from '../router.ts'

let announced = place.value.path

/** The page's headline. It names the tab, and takes the focus when the reader has come here from another page. */
export function Title({ children }: { children: string }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = children
    if (announced !== place.value.path) heading.current?.focus({ preventScroll: true })
    announced = place.value.path
  }, [children])
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  )
}

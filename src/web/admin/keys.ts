import { useEffect, useRef } from 'react'

type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** Single keys, as long as nobody is typing, no dialog is open and no modifier is held. Escape always works. */
export function useKeys(keys: Keys): void {
  const current = useRef(keys)
  current.current = keys
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (event.key !== 'Escape' && (typing(event.target) || document.querySelector('[role="dialog"]'))) return
      // Enter belongs to the button or link that has the focus.
      if (
        event.key === 'Enter' &&
        event.target instanceof HTMLElement &&
        /^(BUTTON|A|SUMMARY)$/.test(event.target.tagName)
      )
        return
      const act = current.current[event.key]
      if (!act) return
      event.preventDefault()
      act(event)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
}

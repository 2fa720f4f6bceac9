// Storage can be switched off, full, or refused to a frame on another site. Then what is kept lives as long as the page.
const here = new Map<string, string | null>()

/** Keeps a text for as long as the tab is open; null forgets it. */
export function keepInTab(key: string, text: string | null): void {
  here.set(key, text)
  try {
    if (text === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, text)
  } catch {
    /* as above */
  }
}

export function readInTab(key: string): string | null {
  const known = here.get(key)
  if (known !== undefined) return known
  try {
    return sessionStorage.getItem(key)
  } catch {
    return null
  }
}

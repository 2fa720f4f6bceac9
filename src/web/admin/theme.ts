export type Theme = 'system' | 'light' | 'dark'

const key = 'moneyback-theme'

export function chosenTheme(): Theme {
  const kept = localStorage.getItem(key)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

/** Puts the chosen look on the page; the tokens do the rest. */
export function applyTheme(theme: Theme = chosenTheme()): void {
  if (theme === 'system') {
    localStorage.removeItem(key)
    delete document.documentElement.dataset['theme']
    return
  }
  localStorage.setItem(key, theme)
  document.documentElement.dataset['theme'] = theme
}

/** @jsxImportSource preact */
import { useWords } from '../language.ts'

/** The outline of a page while it is loaded, the same that the server draws before the script is there. Its heading is what a screen reader says meanwhile. */
export function Skeleton({ of }: { of: 'list' | 'page' }) {
  const words = useWords()
  return (
    <div class="skeleton" role="status">
      <h1 class="unseen">{words.loading}</h1>
      <span class="bone title" />
      {of === 'list' ? [0, 1, 2].map((row) => <span key={row} class="bone card" />) : <span class="bone sheet" />}
    </div>
  )
}

import { useEffect, useRef, useState } from 'react'

export type Selection = {
  readonly ids: ReadonlySet<string>
  toggle(id: string): void
  /** From the one that was touched last to this one, as lists do everywhere. */
  reach(id: string): void
  all(on: boolean): void
  clear(): void
}

/** Which rows are selected. A row that leaves the list leaves the selection, too: nobody acts on what they don't see. */
export function useSelection(rows: readonly { id: string }[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const last = useRef<string>(undefined)
  const order = rows.map(({ id }) => id)
  const known = order.join()
  useEffect(() => {
    setChosen((old) => {
      const kept = [...old].filter((id) => order.includes(id))
      return kept.length === old.size ? old : new Set(kept)
    })
  }, [known])
  return {
    ids: chosen,
    toggle: (id) => {
      last.current = id
      setChosen((old) => {
        const next = new Set(old)
        if (!next.delete(id)) next.add(id)
        return next
      })
    },
    reach: (id) => {
      const [from, to] = [order.indexOf(last.current ?? id), order.indexOf(id)].toSorted((a, b) => a - b) as [
        number,
        number,
      ]
      last.current = id
      setChosen((old) => new Set([...old, ...order.slice(Math.max(0, from), to + 1)]))
    },
    all: (on) => setChosen(new Set(on ? order : [])),
    clear: () => setChosen(new Set()),
  }
}

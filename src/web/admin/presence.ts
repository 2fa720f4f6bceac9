import { useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import type { Viewer } from '../../http/admin/screens.ts'
import { post } from './api.ts'

let open: string | null = null
const listeners = new Set<() => void>()

/** Says which request this page has open; null: none. */
export function setOpen(id: string | null): void {
  if (open === id) return
  open = id
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Which colleagues have which request open. One call every few seconds says ours and asks for theirs. */
export function useViewers(): readonly Viewer[] {
  const mine = useSyncExternalStore(subscribe, () => open)
  const { data } = useQuery({
    queryKey: ['presence', mine],
    queryFn: () => post<{ viewers: Viewer[] }>('/presence', { open: mine }),
    refetchInterval: 5_000,
    placeholderData: (before) => before,
    retry: false,
  })
  return data?.viewers ?? []
}

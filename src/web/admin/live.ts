import { useEffect, useState } from 'react'
import { client } from './queries.ts'

// Many hints in one breath (an import, a storm of webhooks) are one look.
const gatherMs = 250

/** Listens to what happens and fetches again what is on the screen. Answers whether the line is up. */
export function useLive(): boolean {
  const [up, setUp] = useState(true)
  useEffect(() => {
    const line = new EventSource('/admin/api/live')
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        void client.invalidateQueries({
          predicate: ({ queryKey }) => !['me', 'presence', 'views'].includes(String(queryKey[0])),
        })
      }, gatherMs)
    }
    line.addEventListener('hint', look)
    line.addEventListener('ready', () => {
      setUp(true)
      look()
    })
    line.addEventListener('error', () => setUp(false))
    return () => {
      clearTimeout(timer)
      line.close()
    }
  }, [])
  return up
}

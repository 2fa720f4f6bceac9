/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks'
import * as api from '../api.ts'
import { CallFailed } from '../api.ts'
import { keepWayBack } from '../draft.ts'
import { useWords } from '../language.ts'
import { NoticePage, TroublePage, WayBack } from '../parts/Notice.tsx'
import { Skeleton } from '../parts/Skeleton.tsx'
import { go, to } from '../router.ts'

type Fault = 'expired' | 'used' | 'unknown' | 'no_link'
type Stage = { readonly fault: Fault; readonly return_url: string | null } | 'opening' | 'offline' | 'broken'

const tokenIn = (hash: string): string => new URLSearchParams(hash.slice(1)).get('t') ?? ''
const isFault = (text: unknown): text is Fault => text === 'expired' || text === 'used' || text === 'unknown'

/**
 * Exchanges the link's token for a session. The token stands behind the #, so it was not sent with the page; it is sent now,
 * in a POST, which programs that only look at links don't do.
 */
export function Enter() {
  const words = useWords()
  const [stage, setStage] = useState<Stage>('opening')
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    const open = () => {
      setStage('opening')
      void exchange(tokenIn(location.hash)).then((next) => next && setStage(next))
    }
    open()
    // A second link opened in the same tab changes nothing but the part behind the #.
    addEventListener('hashchange', open)
    return () => removeEventListener('hashchange', open)
  }, [turn])

  if (stage === 'opening')
    return (
      <>
        <p class="unseen" role="status">
          {words.enter.opening}
        </p>
        <Skeleton of="list" />
      </>
    )
  if (stage === 'offline' || stage === 'broken') return <TroublePage trouble={stage} again={() => setTurn(turn + 1)} />
  return (
    <NoticePage notice={words.enter[stage.fault]} shape="lock">
      <WayBack url={stage.return_url} />
    </NoticePage>
  )
}

/** Where it led: undefined when the reader is in. */
async function exchange(token: string): Promise<Stage | undefined> {
  if (token === '') return { fault: 'no_link', return_url: null }
  try {
    const { payment, request, return_url } = await api.enter(token)
    keepWayBack(return_url)
    go(request !== undefined ? to.request(request) : payment === null ? to.payments : to.why(payment), {
      replace: true,
    })
    return undefined
  } catch (error) {
    if (!(error instanceof CallFailed)) return 'broken'
    const { fault, return_url } = error.problem
    if (isFault(fault)) return { fault, return_url: typeof return_url === 'string' ? return_url : null }
    return error.trouble === 'offline' ? 'offline' : 'broken'
  }
}

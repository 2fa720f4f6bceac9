/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks'
import * as api from '../api.ts'
import { CallFailed, type Trouble } from '../api.ts'
import type { EnterAnswer } from '../../../http/portal/wire.ts'
import { keepWayBack } from '../draft.ts'
import { useWords } from '../language.ts'
import { ByMail, NoticePage, TroublePage, WayBack } from '../parts/Notice.tsx'
import { Skeleton } from '../parts/Skeleton.tsx'
import { go, to } from '../router.ts'
import { signIn } from '../sign-in.ts'
import { keepVisit } from '../visit.ts'
import { OpenByMail } from './OpenByMail.tsx'
import { SignIn } from './SignIn.tsx'

type Fault = 'expired' | 'used' | 'unknown' | 'no_link'
type Stage =
  | { readonly fault: Fault; readonly return_url: string | null }
  | { readonly mailed: string }
  | 'opening'
  | Exclude<Trouble, 'signed_out' | 'not_found'>

/** What the link carries: a token of ours (t), one that the merchant has signed (jwt), or a mailed one (m), which waits for a tap. */
function carried(hash: string): { token: string } | { jwt: string } | { mailed: string } | undefined {
  const parts = new URLSearchParams(hash.slice(1))
  const [token, jwt, mailed] = [parts.get('t'), parts.get('jwt'), parts.get('m')]
  if (token) return { token }
  if (jwt) return { jwt }
  return mailed ? { mailed } : undefined
}

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
      void exchange().then((next) => next && setStage(next))
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
  if (typeof stage === 'string') return <TroublePage trouble={stage} again={() => setTurn(turn + 1)} />
  if ('mailed' in stage)
    return <OpenByMail token={stage.mailed} done={arrived} over={(fault) => setStage({ fault, return_url: null })} />
  if (stage.fault === 'no_link' && signIn.offered) return <SignIn />
  return (
    <NoticePage notice={words.enter[stage.fault]} shape="lock">
      <ByMail />
      <WayBack url={stage.return_url} />
    </NoticePage>
  )
}

/** Goes where a link leads, once it has opened the portal. */
function arrived({ payment, request, return_url, session }: EnterAnswer): void {
  keepWayBack(return_url)
  keepVisit(session)
  signIn.remember()
  go(request !== undefined ? to.request(request) : payment === null ? to.payments : to.why(payment), { replace: true })
}

/** What became of the link: undefined when the reader is in. */
async function exchange(): Promise<Stage | undefined> {
  const link = carried(location.hash)
  if (link === undefined) return { fault: 'no_link', return_url: null }
  if ('mailed' in link) return link
  try {
    arrived(await api.enter(link))
    return undefined
  } catch (error) {
    if (!(error instanceof CallFailed)) return 'broken'
    const { fault, return_url } = error.problem
    if (isFault(fault)) return { fault, return_url: typeof return_url === 'string' ? return_url : null }
    const { trouble } = error
    return trouble === 'signed_out' || trouble === 'not_found' ? 'broken' : trouble
  }
}

/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact'
import { useSpoken, useWords } from '../language.ts'
import { readWayBack } from '../draft.ts'
import { to } from '../router.ts'
import { minutesToWait, type Trouble } from '../api.ts'
import { signIn } from '../sign-in.ts'
import { framed } from '../visit.ts'
import { tellHost } from '../frame.ts'
import { counted } from '../words/fill.ts'
import type { Notice as NoticeOf } from '../words/words.ts'
import { Icon, type Shape } from './Icon.tsx'
import { Link } from './Link.tsx'
import { Title } from './Title.tsx'

type Props = { readonly notice: NoticeOf; readonly shape?: Shape; readonly children?: ComponentChildren }

/** A whole page that says what happened and what to do. */
export function NoticePage({ notice, shape = 'alert', children }: Props) {
  return (
    <section class="notice-page">
      <span class="medallion">
        <Icon shape={shape} />
      </span>
      <Title>{notice.title}</Title>
      <p class="lead">{notice.text}</p>
      {children}
    </section>
  )
}

/** The way back to the merchant's page; nothing where it is not known. */
export function WayBack({ url = readWayBack(), quiet = false }: { url?: string | null; quiet?: boolean }) {
  const words = useWords()
  if (url === null || framed) return null
  return (
    <a class={quiet ? 'quiet-link' : 'button'} href={url} rel="noreferrer">
      {words.back_to_shop}
    </a>
  )
}

/** The way to a link by e-mail; nothing where none are sent. */
export function ByMail() {
  const { sign_in } = useWords()
  if (!signIn.offered) return null
  return (
    <Link class="button" href={to.signIn}>
      {sign_in.by_mail}
    </Link>
  )
}

/** What stands in the place of a page that could not be loaded. */
export function TroublePage({ trouble, again }: { trouble: Trouble; again: () => void }) {
  const reader = useSpoken()
  const { words } = reader
  switch (trouble) {
    case 'signed_out':
      tellHost({ moneyback: 'signed_out' })
      return (
        <NoticePage notice={words.signed_out} shape="lock">
          <ByMail />
          <WayBack />
        </NoticePage>
      )
    case 'not_found':
      return (
        <NoticePage notice={words.not_found} shape="receipt">
          <Link class="button" href={to.payments}>
            {words.status.all_payments}
          </Link>
        </NoticePage>
      )
    case 'too_often':
      return (
        <NoticePage
          shape="clock"
          notice={{ title: words.broken.title, text: counted(words.too_often, reader, { minutes: minutesToWait }) }}
        >
          <button type="button" class="button" onClick={again}>
            {words.try_again}
          </button>
        </NoticePage>
      )
    case 'offline':
    case 'away':
    case 'broken':
      return (
        <NoticePage notice={trouble === 'offline' ? words.offline : words.broken}>
          <button type="button" class="button" onClick={again}>
            {words.try_again}
          </button>
        </NoticePage>
      )
  }
}

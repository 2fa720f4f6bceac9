/** @jsxImportSource preact */
import { signal } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import { languageCodes, languages, type Language } from '../../domain/languages.ts'
import * as api from './api.ts'
import { readWayBack } from './draft.ts'
import { choose, useSpoken, useWords } from './language.ts'
import { ByMail, NoticePage, WayBack } from './parts/Notice.tsx'
import { place, routeOf, to } from './router.ts'
import { framed } from './visit.ts'
import { Link } from './parts/Link.tsx'
import { signIn } from './sign-in.ts'
import { Enter } from './screens/Enter.tsx'
import { Payments } from './screens/Payments.tsx'
import { Request } from './screens/Request.tsx'
import { ThenSeveral, WhySeveral } from './screens/Several.tsx'
import { SignIn } from './screens/SignIn.tsx'
import { Then } from './screens/Then.tsx'
import { Why } from './screens/Why.tsx'

const shop = document.querySelector<HTMLMetaElement>('meta[name="shop"]')?.content ?? ''
const logo = document.querySelector<HTMLMetaElement>('meta[name="logo"]')?.content
const left = signal(false)

/** The portal: a head with the merchant's name, one page, and a foot with the language. */
export function App() {
  const words = useWords()
  return (
    <>
      <a class="skip" href="#main">
        {words.skip}
      </a>
      <header class="head">
        <Link class="shop" href={to.payments}>
          {logo && <img class="logo" src={logo} alt="" />}
          {shop}
        </Link>
        {!framed && <WayBack quiet url={readWayBack()} />}
      </header>
      <OfflineBanner />
      <main id="main">{left.value ? <Left /> : <Page />}</main>
      <Foot />
    </>
  )
}

function Page() {
  const words = useWords()
  const route = routeOf(place.value)
  switch (route.at) {
    case 'enter':
      return <Enter />
    case 'sign_in':
      return <SignIn />
    case 'payments':
      return <Payments />
    case 'why':
      return <Why key={route.payment} id={route.payment} />
    case 'then':
      return <Then key={`${route.payment} ${route.reason}`} id={route.payment} reason={route.reason} />
    case 'why_several':
      return <WhySeveral payments={route.payments} />
    case 'then_several':
      return <ThenSeveral key={route.reason} payments={route.payments} reason={route.reason} />
    case 'request':
      return <Request key={route.id} id={route.id} />
    case 'elsewhere':
      return (
        <NoticePage notice={words.not_found} shape="receipt">
          <Link class="button" href={to.payments}>
            {words.status.all_payments}
          </Link>
        </NoticePage>
      )
  }
}

function Left() {
  const words = useWords()
  return (
    <NoticePage notice={words.left} shape="lock">
      <ByMail />
      <WayBack />
    </NoticePage>
  )
}

/** Says that the connection is gone for as long as it is; nothing typed is lost meanwhile. */
function OfflineBanner() {
  const words = useWords()
  const [online, setOnline] = useState(navigator.onLine)
  useEffect(() => {
    const look = () => setOnline(navigator.onLine)
    addEventListener('online', look)
    addEventListener('offline', look)
    return () => {
      removeEventListener('online', look)
      removeEventListener('offline', look)
    }
  }, [])
  return <div role="status">{!online && <p class="banner">{words.offline_banner}</p>}</div>
}

const withdrawalOffered = document.querySelector('meta[name="withdrawal"]') !== null

/** The way to withdraw from a contract, on every page and before anybody has signed in: article 11a of directive 2011/83/EU. */
function WithdrawContract() {
  const { words, language } = useSpoken()
  if (!withdrawalOffered) return null
  const route = routeOf(place.value)
  const payment = 'payment' in route ? `&payment=${route.payment}` : ''
  return (
    <a class="quiet-link withdraw-contract" href={`/portal/withdrawal?lang=${language}${payment}`}>
      {words.withdraw_contract}
    </a>
  )
}

function Foot() {
  const { words, language } = useSpoken()
  const leave = () => {
    void api.leave().catch(() => undefined)
    signIn.leave()
    left.value = true
  }
  return (
    <footer class="foot">
      <WithdrawContract />
      <label class="languages">
        <span>{words.choose_language}</span>
        <select value={language} onChange={(event) => void choose(event.currentTarget.value as Language)}>
          {languageCodes.map((code) => (
            <option key={code} value={code} lang={code}>
              {languages[code].name}
            </option>
          ))}
        </select>
      </label>
      {!left.value && !['enter', 'sign_in'].includes(routeOf(place.value).at) && (
        <button type="button" onClick={leave}>
          {words.leave}
        </button>
      )}
    </footer>
  )
}

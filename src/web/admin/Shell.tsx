import { Dialog } from '@base-ui/react/dialog'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useNavigate } from '@tanstack/react-router'
import {
  BarChart3,
  CreditCard,
  Ellipsis,
  Inbox,
  Keyboard,
  ListFilter,
  LogOut,
  OctagonPause,
  ScrollText,
  Settings,
  ShieldCheck,
  WifiOff,
  type LucideIcon,
} from 'lucide-react'
import { useState } from 'react'
import { post } from './api.ts'
import { Palette } from './Palette.tsx'
import { UndoBar } from './UndoBar.tsx'
import { FirstStepsHint } from './FirstStepsHint.tsx'
import { Help } from './Help.tsx'
import { useKeys } from './keys.ts'
import { useLive } from './live.ts'
import { client, meQuery, queueQuery } from './queries.ts'

const places = [
  { to: '/queue', word: 'Queue', icon: Inbox },
  { to: '/requests', word: 'Requests', icon: ListFilter },
  { to: '/payments', word: 'Payments', icon: CreditCard },
  { to: '/reports', word: 'Reports', icon: BarChart3 },
  { to: '/policy', word: 'Policy', icon: ShieldCheck },
  { to: '/audit', word: 'Audit', icon: ScrollText },
  { to: '/settings', word: 'Settings', icon: Settings },
] as const satisfies readonly { to: string; word: string; icon: LucideIcon }[]

async function signOut() {
  await post('/auth/sign-out').catch(() => undefined)
  client.clear()
  location.assign('/admin/sign-in')
}

/** The rail, the line to the server, and the screen in between. */
export function Shell() {
  const { data: me } = useQuery(meQuery)
  const { data: queue } = useQuery(queueQuery({}))
  const [help, setHelp] = useState(false)
  const up = useLive()
  useKeys({ '?': () => setHelp(true) })
  // A failed refund is both a row and a difference; it is one thing to do.
  const apart =
    queue?.exceptions.filter(({ request_id }) => !queue.rows.some(({ id }) => id === request_id)).length ?? 0
  const waiting = queue ? queue.counts.all + apart : undefined
  return (
    <div className="flex h-full flex-col md:flex-row">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded focus:bg-surface focus:p-2"
      >
        Skip to the page
      </a>
      <nav
        aria-label="Main"
        className="hidden w-14 shrink-0 flex-col border-r border-line bg-surface px-2 py-3 md:flex xl:w-52"
      >
        <Mark />
        <ul className="mt-5 flex flex-1 flex-col gap-0.5">
          {places.map((place) => (
            <li key={place.to}>
              <Place {...place} count={place.to === '/queue' ? waiting : undefined} />
            </li>
          ))}
        </ul>
        <RailButton icon={Keyboard} word="Keys" onClick={() => setHelp(true)} />
        <RailButton icon={LogOut} word="Sign out" onClick={signOut} />
        {me && (
          <div className="mt-2 hidden border-t border-line px-2 pt-3 text-small xl:block">
            <p className="truncate font-medium">{me.staff.name}</p>
            <p className="truncate text-quiet">
              {me.staff.role} · {me.livemode ? 'live' : 'test mode'}
            </p>
          </div>
        )}
      </nav>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        {!up && (
          <p role="status" className="flex items-center gap-2 bg-review-soft px-4 py-1.5 text-small text-review">
            <WifiOff size={14} aria-hidden="true" /> The line to the server is down: what you see may be old. Trying
            again by itself.
          </p>
        )}
        {queue?.sending_stopped && (
          <p role="alert" className="flex items-start gap-2 bg-deny-soft px-4 py-1.5 text-small text-deny">
            <OctagonPause size={14} aria-hidden="true" className="mt-0.5 shrink-0" />
            <span className="min-w-0 break-words">
              <strong className="font-semibold">Nothing is sent to Stripe.</strong> {queue.sending_stopped}
            </span>
          </p>
        )}
        <FirstStepsHint />
        <main id="main" tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto outline-none">
          <Outlet />
        </main>
      </div>
      <BottomBar waiting={waiting} />
      <UndoBar />
      <Palette />
      <Help open={help} close={() => setHelp(false)} />
    </div>
  )
}

function Mark() {
  return (
    <Link to="/queue" aria-label="Moneyback, to the queue" className="flex items-center gap-2.5 rounded-md px-1.5 py-1">
      <img src="/favicon.svg" alt="" width={26} height={26} />
      <span className="hidden text-[0.9375rem] font-semibold tracking-tight xl:inline">Moneyback</span>
    </Link>
  )
}

const railLook =
  'relative flex min-h-9 w-full items-center gap-2.5 rounded-md px-2.5 text-quiet hover:bg-sunken hover:text-ink'

function Place({
  to,
  word,
  icon: Icon,
  count,
}: {
  to: (typeof places)[number]['to']
  word: string
  icon: LucideIcon
  count: number | undefined
}) {
  return (
    <Link
      to={to}
      search={{}}
      title={word}
      className={railLook}
      activeOptions={{ includeSearch: false }}
      activeProps={{ className: 'bg-sunken text-ink! font-medium' }}
    >
      <Icon size={17} aria-hidden="true" className="shrink-0" />
      <span className="sr-only xl:not-sr-only xl:flex-1">{word}</span>
      {count !== undefined && count > 0 && <Count count={count} />}
    </Link>
  )
}

function Count({ count }: { count: number }) {
  return (
    <span className="figures absolute top-0.5 right-0 rounded-full bg-accent px-1.5 text-[0.6875rem] leading-4.5 font-semibold text-on-accent xl:static">
      {count}
      <span className="sr-only"> waiting</span>
    </span>
  )
}

function RailButton({ icon: Icon, word, onClick }: { icon: LucideIcon; word: string; onClick: () => void }) {
  return (
    <button type="button" title={word} onClick={onClick} className={railLook}>
      <Icon size={17} aria-hidden="true" className="shrink-0" />
      <span className="sr-only xl:not-sr-only">{word}</span>
    </button>
  )
}

/** On a phone: four places and the rest behind one more. */
function BottomBar({ waiting }: { waiting: number | undefined }) {
  const [open, setOpen] = useState(false)
  const navigate = useNavigate()
  const look = 'relative flex min-h-13 flex-1 flex-col items-center justify-center gap-0.5 text-[0.6875rem] text-quiet'
  return (
    <nav aria-label="Main, on a phone" className="flex border-t border-line bg-surface md:hidden">
      {places.slice(0, 4).map(({ to, word, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          search={{}}
          className={look}
          activeOptions={{ includeSearch: false }}
          activeProps={{ className: 'text-ink! font-semibold' }}
        >
          <Icon size={19} aria-hidden="true" />
          {word}
          {to === '/queue' && waiting ? (
            <span className="figures absolute top-1 left-1/2 ml-2 rounded-full bg-accent px-1.5 leading-4 font-semibold text-on-accent">
              {waiting}
              <span className="sr-only"> waiting</span>
            </span>
          ) : null}
        </Link>
      ))}
      <Dialog.Root open={open} onOpenChange={setOpen}>
        <Dialog.Trigger className={look}>
          <Ellipsis size={19} aria-hidden="true" />
          More
        </Dialog.Trigger>
        <Dialog.Portal>
          <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
          <Dialog.Popup className="fixed inset-x-0 bottom-0 z-50 rounded-t-xl border-t border-line bg-surface p-3 pb-6">
            <Dialog.Title className="px-3 pb-2 font-semibold">More</Dialog.Title>
            {places.slice(4).map(({ to, word, icon: Icon }) => (
              <button
                key={to}
                type="button"
                className="flex min-h-12 w-full items-center gap-3 rounded-md px-3"
                onClick={() => {
                  setOpen(false)
                  void navigate({ to })
                }}
              >
                <Icon size={19} aria-hidden="true" />
                {word}
              </button>
            ))}
            <button type="button" className="flex min-h-12 w-full items-center gap-3 rounded-md px-3" onClick={signOut}>
              <LogOut size={19} aria-hidden="true" />
              Sign out
            </button>
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
    </nav>
  )
}

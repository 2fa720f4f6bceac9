import { Dialog } from '@base-ui/react/dialog'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { format, money } from '../../domain/money.ts'
import type { PaymentsScreen, RequestsScreen } from '../../http/admin/screens.ts'
import { get } from './api.ts'

type Entry = { id: string; word: string; hint: string; run: () => void }

const places = [
  ['/queue', 'Queue'],
  ['/requests', 'Requests'],
  ['/payments', 'Payments'],
  ['/reports', 'Reports'],
  ['/policy', 'Policy'],
  ['/audit', 'Audit'],
  ['/settings', 'Settings'],
] as const

const deeds = [
  ['a', 'Approve'],
  ['p', 'Approve a part'],
  ['d', 'Deny'],
  ['q', 'Ask the customer'],
  ['e', 'Escalate'],
  ['z', 'Snooze'],
  ['h', 'Handled elsewhere'],
  ['m', 'Take it on, or give it back'],
] as const

/** ⌘K or Ctrl+K: go anywhere, find anything, do anything with the open request. */
export function Palette() {
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        setOpen((before) => !before)
      }
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup className="fixed top-[12vh] left-1/2 z-50 w-[min(38rem,calc(100vw-2rem))] -translate-x-1/2 overflow-hidden rounded-xl border border-line bg-surface shadow-over">
          <Dialog.Title className="sr-only">Go anywhere, find anything</Dialog.Title>
          <Search close={() => setOpen(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Search({ close }: { close: () => void }) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const entries = useEntries(text, close)
  const chosen = Math.min(at, entries.length - 1)
  return (
    <div>
      <input
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="palette"
        aria-activedescendant={entries[chosen] ? `palette-${chosen}` : undefined}
        aria-label="Go to, find, do"
        placeholder="Go to, find an e-mail, a payment, an invoice, or do something"
        className="min-h-12 w-full border-b border-line bg-surface px-4 outline-none"
        value={text}
        onChange={({ target }) => {
          setText(target.value)
          setAt(0)
        }}
        onKeyDown={(event) => {
          const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
          if (step) {
            event.preventDefault()
            setAt((chosen + step + entries.length) % Math.max(1, entries.length))
          }
          if (event.key === 'Enter') {
            event.preventDefault()
            entries[chosen]?.run()
          }
        }}
      />
      <ul id="palette" role="listbox" aria-label="What was found" className="max-h-[50vh] overflow-y-auto p-1.5">
        {entries.map((entry, index) => (
          <li
            key={entry.id}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === chosen}
            className={`flex min-h-9 cursor-pointer items-center justify-between gap-3 rounded-md px-3 ${index === chosen ? 'bg-accent-soft' : ''}`}
            onMouseMove={() => setAt(index)}
            onClick={() => entry.run()}
          >
            <bdi className="min-w-0 truncate">{entry.word}</bdi>
            <span className="shrink-0 text-small text-quiet">{entry.hint}</span>
          </li>
        ))}
        {entries.length === 0 && <li className="px-3 py-4 text-quiet">Nothing is called like that.</li>}
      </ul>
    </div>
  )
}

function useEntries(text: string, close: () => void): Entry[] {
  const navigate = useNavigate()
  const path = useRouterState({ select: ({ location }) => location })
  const onRequest = /\/requests\/rr_/.test(path.pathname) || 'open' in path.search
  const q = text.trim()
  const [slow, setSlow] = useState(q)
  useEffect(() => {
    const timer = setTimeout(() => setSlow(q), 150)
    return () => clearTimeout(timer)
  }, [q])
  const found = useQuery({
    queryKey: ['palette', slow],
    enabled: slow.length >= 3,
    queryFn: async () => {
      const [requests, payments] = await Promise.all([
        get<RequestsScreen>('/requests', { q: slow }),
        get<PaymentsScreen>('/payments', { q: slow }),
      ])
      return { requests: requests.rows.slice(0, 6), payments: payments.rows.slice(0, 6) }
    },
  })
  const go = (to: string) => () => {
    close()
    void navigate({ to })
  }
  // The open request listens to these keys itself: what is allowed there is allowed here, and nothing else.
  const press = (key: string) => () => {
    close()
    setTimeout(() => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })), 120)
  }
  const fits = ({ word }: Entry) => word.toLowerCase().includes(q.toLowerCase())
  return [
    ...[
      ...(onRequest
        ? deeds.map(([key, word]) => ({ id: `do-${key}`, word, hint: `this request · ${key}`, run: press(key) }))
        : []),
      { id: 'undo', word: 'Undo', hint: 'what was just decided · u', run: press('u') },
      { id: 'keys', word: 'Keys', hint: 'the list of all keys · ?', run: press('?') },
      ...places.map(([to, word]) => ({ id: to, word, hint: 'go to', run: go(to) })),
    ].filter(fits),
    ...(q.length >= 3 ? (found.data?.requests ?? []) : []).map((row) => ({
      id: row.id,
      word: `${row.customer_name ?? row.customer_email ?? 'Unknown customer'}, ${format(money(row.amount_minor, row.currency))}`,
      hint: `request · ${row.status.replaceAll('_', ' ')}`,
      run: go(`/requests/${row.id}`),
    })),
    ...(q.length >= 3 ? (found.data?.payments ?? []) : []).map((row) => ({
      id: row.id,
      word: `${row.customer_name ?? row.customer_email ?? 'Unknown customer'}, ${row.description}`,
      hint: `payment · ${format(money(row.captured_minor, row.currency))}`,
      run: go(`/payments/${row.id}`),
    })),
  ]
}

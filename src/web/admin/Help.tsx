import { Dialog } from '@base-ui/react/dialog'
import { X } from 'lucide-react'

const keys = [
  ['j / k', 'next / previous request'],
  ['Enter', 'open it as a page of its own'],
  ['a, then Enter', 'approve'],
  ['p', 'approve a part'],
  ['d', 'deny'],
  ['q', 'ask the customer'],
  ['e / z', 'escalate / snooze'],
  ['h / g / o', 'handled elsewhere / merge / reopen'],
  ['u', 'undo, for ten seconds'],
  ['m', 'take it on, or give it back'],
  ['x', 'select it, or not'],
  ['Shift + j / k', 'select the next / previous, too'],
  ['Esc', 'back, nothing is done'],
  ['/', 'search'],
  ['Ctrl or ⌘ + K', 'go anywhere, find anything'],
  ['Ctrl or ⌘ + Enter', 'send what you have typed'],
  ['?', 'this list'],
] as const

export function Help({ open, close }: { open: boolean; close: () => void }) {
  return (
    <Dialog.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) close()
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 w-[min(26rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 rounded-xl border border-line bg-surface p-5 shadow-over">
          <div className="mb-3 flex items-center justify-between">
            <Dialog.Title className="text-title font-semibold">Keys</Dialog.Title>
            <Dialog.Close aria-label="Close" className="rounded p-1 text-quiet hover:bg-sunken">
              <X size={18} aria-hidden="true" />
            </Dialog.Close>
          </div>
          <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-2">
            {keys.map(([key, does]) => (
              <div key={key} className="contents">
                <dt>
                  <kbd className="rounded border border-edge bg-sunken px-1.5 py-0.5 font-mono text-small">{key}</kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

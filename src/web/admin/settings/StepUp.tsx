import { Dialog } from '@base-ui/react/dialog'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { MePage } from '../../../http/admin/settings/me.ts'
import { get, post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Field, Input } from '../kit/Field.tsx'
import { Refused, Skeleton } from '../kit/States.tsx'
import { askBy } from './send.ts'

export const myPageQuery = { queryKey: ['settings', 'me'], queryFn: () => get<MePage>('/settings/me') }

/** Asks somebody to show again that it is them, whenever a deed of the settings needs it. */
export function StepUp() {
  const [done, setDone] = useState<(given: boolean) => void>()
  useEffect(() => {
    askBy((again) => setDone(() => again))
    return () => askBy(undefined)
  }, [])
  const close = (given: boolean) => {
    done?.(given)
    setDone(undefined)
  }
  return (
    <Dialog.Root open={done !== undefined} onOpenChange={(open) => !open && close(false)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 w-[min(24rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 rounded-xl border border-line bg-surface p-5 shadow-over">
          <Dialog.Title className="text-title font-semibold">Show again that it is you</Dialog.Title>
          {done && <Proof close={close} />}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Proof({ close }: { close: (given: boolean) => void }) {
  const { data } = useQuery(myPageQuery)
  const [text, setText] = useState('')
  const prove = useMutation({
    mutationFn: () => post('/settings/me/step-up', data?.proof === 'code' ? { code: text } : { password: text }),
    onSuccess: () => close(true),
  })
  // Until it is known what proves it there is nothing to type into: an Enter would be lost.
  if (!data) return <Skeleton lines={2} />
  if (data.proof === 'sign_in')
    return (
      <>
        <Dialog.Description className="mt-1 text-quiet">
          What you are about to do needs that you signed in within the last five minutes. Sign out, sign in again, and
          do it then. Nothing was changed.
        </Dialog.Description>
        <Button className="mt-4" onClick={() => close(false)}>
          Close
        </Button>
      </>
    )
  const code = data.proof === 'code'
  return (
    <form
      className="mt-1 space-y-3"
      onSubmit={(event) => {
        event.preventDefault()
        prove.mutate()
      }}
    >
      <Dialog.Description className="text-quiet">
        This could do harm in other hands. It holds for five minutes.
      </Dialog.Description>
      <Field label={code ? 'Code of your authenticator app' : 'Your password'}>
        {(id) => (
          <Input
            id={id}
            autoFocus
            required
            type={code ? 'text' : 'password'}
            inputMode={code ? 'numeric' : undefined}
            autoComplete={code ? 'one-time-code' : 'current-password'}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        )}
      </Field>
      <Refused error={prove.error} />
      <div className="flex gap-2">
        <Button type="submit" look="primary" disabled={prove.isPending}>
          Go on
        </Button>
        <Button look="quiet" onClick={() => close(false)}>
          Back
        </Button>
      </div>
    </form>
  )
}

import { useMutation, useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleX, Scissors } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { mayAs } from '../../../domain/actor.ts'
import { format, money, toDecimal } from '../../../domain/money.ts'
import type { RequestScreen } from '../../../http/admin/screens.ts'
import { post } from '../api.ts'
import { useKeys } from '../keys.ts'
import { Button, Key } from '../kit/Button.tsx'
import { Refused } from '../kit/States.tsx'
import { client, meQuery } from '../queries.ts'
import { ApproveForm } from './ApproveForm.tsx'
import { DeedForm } from './DeedForm.tsx'
import { deedsFor, type DeedName } from './deeds.ts'
import { DenyForm } from './DenyForm.tsx'
import { Needs } from './Needs.tsx'
import { approvalSentence, askedPolicy, proposedMinor, whyNotApprove } from './outcome.ts'

type Mode = 'choose' | 'approve' | 'part' | 'deny' | DeedName

/** The three answers, and what each one does, before it does it. */
export function ActionBar({ screen, onDecided }: { screen: RequestScreen; onDecided: () => void }) {
  const { request, payment } = screen
  const { data: me } = useQuery(meQuery)
  const [mode, setMode] = useState<Mode>('choose')
  const bar = useRef<HTMLDivElement>(null)
  const decide = useMutation({
    mutationFn: ({ how, body }: { how: 'approve' | 'deny'; body: object }) =>
      post(`/requests/${request.id}/${how}`, { ...body, seen: screen.revision }),
    onSuccess: () => {
      setMode('choose')
      onDecided()
    },
    onSettled: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' }),
  })
  const open = (next: Mode) => {
    decide.reset()
    setMode(next)
  }
  const person = me?.staff
  const blocked = person ? whyNotApprove(screen, person) : 'One moment…'
  const noDeny = person && mayAs(person.role, 'support') ? undefined : 'Only support or a higher role can deny.'
  const deniable = request.status === 'in_review' || request.status === 'failed'
  // What was denied can still be approved, by somebody who may make exceptions.
  const decidable = deniable || (request.status === 'denied' && !blocked)
  // A part may be within the limits where the whole is not.
  const noPart = person ? whyNotApprove(screen, person, 1) : 'One moment…'
  const deeds = person && mayAs(person.role, 'support') ? deedsFor(screen, person.role) : []
  const deed = deeds.find(({ name }) => name === mode)
  useKeys(
    decidable || deeds.length > 0
      ? {
          ...Object.fromEntries(deeds.map(({ key, name }) => [key, () => open(name)])),
          a: () => {
            if (decidable && !blocked) open('approve')
          },
          p: () => {
            if (decidable && !noPart) open('part')
          },
          d: () => {
            if (deniable && !noDeny) open('deny')
          },
          ...(mode !== 'choose' && { Escape: () => open('choose') }),
        }
      : {},
  )
  useEffect(() => {
    if (mode !== 'choose') bar.current?.querySelector<HTMLElement>('[data-first]')?.focus()
  }, [mode])
  if (!decidable && deeds.length === 0) return null
  const amount = proposedMinor(screen)
  const access = askedPolicy(screen)?.access ?? 'keep'
  return (
    <div ref={bar} className="border-t border-line bg-surface px-4 py-3 shadow-[0_-4px_16px_rgb(0_0_0/0.05)] lg:px-5">
      {mode === 'choose' && (
        <>
          {decidable && (
            <p className="mb-2 text-small" id="what-happens">
              {blocked ? (
                <span className="text-review">{blocked}</span>
              ) : (
                <>
                  <span className="font-medium">{deniable ? 'Approve: ' : 'Approve after all: '}</span>
                  {approvalSentence(screen, amount, access)}
                </>
              )}
            </p>
          )}
          {decidable && <Needs screen={screen} amount_minor={amount} />}
          <div className="flex flex-wrap gap-2">
            {decidable && (
              <>
                <Button
                  look="approve"
                  disabled={!!blocked}
                  aria-describedby="what-happens"
                  onClick={() => open('approve')}
                >
                  <CircleCheck size={16} aria-hidden="true" />
                  {request.status === 'failed' ? 'Refund again' : 'Approve'}{' '}
                  {amount > 0 && format(money(amount, payment.currency))} <Key>a</Key>
                </Button>
                <Button disabled={!!noPart} onClick={() => open('part')}>
                  <Scissors size={15} aria-hidden="true" />A part <Key>p</Key>
                </Button>
              </>
            )}
            {deniable && (
              <Button disabled={!!noDeny} title={noDeny} onClick={() => open('deny')} className="text-deny">
                <CircleX size={16} aria-hidden="true" />
                Deny <Key>d</Key>
              </Button>
            )}
            {deeds.map(({ name, word, key }) => (
              <Button key={name} look={name === 'ask' ? 'plain' : 'quiet'} onClick={() => open(name)}>
                {word} <Key>{key}</Key>
              </Button>
            ))}
          </div>
          {decide.error && (
            <div className="mt-2">
              <Refused error={decide.error} />
            </div>
          )}
        </>
      )}
      {(mode === 'approve' || mode === 'part') && (
        <ApproveForm
          key={mode}
          screen={screen}
          part={mode === 'part'}
          busy={decide.isPending}
          error={decide.error}
          start={{ amount: toDecimal(money(amount, payment.currency)), access }}
          cancel={() => open('choose')}
          send={(body) => decide.mutate({ how: 'approve', body })}
        />
      )}
      {deed && (
        <DeedForm
          key={deed.name}
          id={request.id}
          deed={deed}
          cancel={() => open('choose')}
          done={() => {
            setMode('choose')
            if (deed.name !== 'reopen') onDecided()
          }}
        />
      )}
      {mode === 'deny' && (
        <DenyForm
          screen={screen}
          busy={decide.isPending}
          error={decide.error}
          cancel={() => open('choose')}
          send={(body) => decide.mutate({ how: 'deny', body })}
        />
      )}
    </div>
  )
}

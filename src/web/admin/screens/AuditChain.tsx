import { useMutation } from '@tanstack/react-query'
import { Download, ShieldAlert, ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import type { AuditChain as Chain } from '../../../http/admin/screens.ts'
import { exact } from '../../parts/time.ts'
import { post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Refused } from '../kit/States.tsx'
import { send } from '../settings/send.ts'

type Filter = Record<string, string | undefined>

/** The button that reads the whole trail and says how far its chain holds, and the export with the hashes. */
export function AuditChain({ filter }: { filter: Filter }) {
  const verify = useMutation({ mutationFn: () => post<Chain>('/audit/verify') })
  const download = useMutation({
    mutationFn: () => send('/audit/may-export'),
    onSuccess: () => {
      const set = Object.entries(filter).filter(([name, value]) => value && name !== 'before') as [string, string][]
      location.assign(`/admin/api/audit/export.csv?${new URLSearchParams(set).toString()}`)
    },
  })
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <Button onClick={() => verify.mutate()} disabled={verify.isPending}>
          <ShieldCheck size={15} aria-hidden="true" />
          {verify.isPending ? 'Reading every row…' : 'Verify'}
        </Button>
        <Button onClick={() => download.mutate()} disabled={download.isPending}>
          <Download size={15} aria-hidden="true" />
          Export
        </Button>
      </div>
      {(verify.error || download.error) && (
        <div className="basis-full">
          <Refused error={verify.error ?? download.error} />
        </div>
      )}
      {verify.data && <Verified chain={verify.data} />}
    </>
  )
}

function Verified({ chain }: { chain: Chain }) {
  const holds = chain.broken === 0
  const rows = chain.links.toLocaleString('en')
  return (
    <div
      role="status"
      className={`flex basis-full items-start gap-2.5 rounded-lg border p-3 ${holds ? 'border-approve bg-approve-soft' : 'border-deny bg-deny-soft'}`}
    >
      {holds ? (
        <ShieldCheck size={18} className="mt-0.5 shrink-0 text-approve" aria-hidden="true" />
      ) : (
        <ShieldAlert size={18} className="mt-0.5 shrink-0 text-deny" aria-hidden="true" />
      )}
      <div className="min-w-0 space-y-1">
        {holds ? (
          <p className="font-medium">
            {chain.links === 0 ? 'The chain is still empty.' : `The chain holds: ${rows} rows`}
            {chain.since && chain.until && `, from ${exact(chain.since)} to ${exact(chain.until)}.`}
          </p>
        ) : (
          <p className="font-medium">
            The chain is broken in {chain.broken.toLocaleString('en')} {chain.broken === 1 ? 'place' : 'places'}. The
            first is row {chain.first_broken?.seq}: {chain.first_broken?.what}. Keep a backup before anything is changed
            and tell an owner.
          </p>
        )}
        {holds && chain.head && <Head {...chain.head} waiting={chain.waiting} />}
      </div>
    </div>
  )
}

function Head({ number, hash, waiting }: { number: number; hash: string; waiting: number }) {
  const [copied, setCopied] = useState(false)
  return (
    <p className="text-small">
      Note this down elsewhere, and nobody can make a new chain of it: link {number.toLocaleString('en')},{' '}
      <code className="font-mono text-[0.75rem] break-all">{hash}</code>{' '}
      <button
        type="button"
        className="rounded border border-edge bg-surface px-1.5"
        onClick={() => void navigator.clipboard.writeText(`${number} ${hash}`).then(() => setCopied(true))}
      >
        {copied ? 'Copied' : 'Copy'}
      </button>
      {waiting > 0 && ` ${waiting} ${waiting === 1 ? 'row is' : 'rows are'} of this moment and follow in a second.`}
    </p>
  )
}

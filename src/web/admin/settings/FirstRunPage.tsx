import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { CircleCheck, CircleDashed } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { FirstRunPage, ReadyPolicies } from '../../../http/admin/settings/first-run.ts'
import { get } from '../api.ts'
import { Button, buttonLook } from '../kit/Button.tsx'
import { Choose, Field } from '../kit/Field.tsx'
import { Failure, Refused, Skeleton } from '../kit/States.tsx'
import { Frame } from './Frame.tsx'
import { useSend } from './send.ts'

const firstRunQuery = {
  queryKey: ['settings', 'first-run'],
  queryFn: () => get<FirstRunPage>('/settings/first-run'),
}

/** From a fresh installation to the first answer, a step at a time; each is ticked by what is so. */
export function Page() {
  const query = useQuery(firstRunQuery)
  const dismiss = useSend()
  return (
    <Frame
      title="First steps"
      about="From a fresh installation to the first answer. Each step is ticked by what is so, so you can leave and come back."
      query={query}
      aside={
        query.data && (
          <Button
            look="quiet"
            onClick={() =>
              dismiss.mutate({ path: '/settings/first-run/dismiss', body: { dismissed: !query.data.dismissed } })
            }
          >
            {query.data.dismissed ? 'Point to it on every page' : 'Don’t point to it'}
          </Button>
        )
      }
    >
      {({ steps, customer }) => (
        <>
          <Refused error={dismiss.error} />
          <ol className="divide-y divide-line rounded-lg border border-line bg-surface">
            <Step done={steps.connected} title="Connect Stripe">
              Which account, what the key may do, and what is missing.{' '}
              <Settings page="stripe">Check the connection</Settings>
            </Step>
            <Step done={steps.events} title="Hear of what happens there">
              Stripe’s webhook tells of payments, refunds and disputes. <Settings page="stripe">Set it up</Settings>
            </Step>
            <Step done={steps.imported} title="Import the history">
              Payments and refunds of the last months: for the portal, the reports, and to try a policy on.{' '}
              <Settings page="stripe">Import</Settings>
            </Step>
            <Step done={steps.policy} title="Choose a policy">
              <Policies />
            </Step>
            <Step done={steps.backtested} title="Try it on what has happened">
              In the draft, “Backtest” says what it would have answered, to whom, and what it would have cost.{' '}
              <Link className="text-accent underline" to="/policy" search={{}}>
                Open the policy
              </Link>
            </Step>
            <Step done={steps.tried} title="Ask as a customer">
              <Try customer={customer} />
            </Step>
            <Step done={steps.team} title="Invite your team">
              Who decides, who publishes, who only looks. <Settings page="team">Invite</Settings>
            </Step>
          </ol>
        </>
      )}
    </Frame>
  )
}

function Step({ done, title, children }: { done: boolean; title: string; children: ReactNode }) {
  const Icon = done ? CircleCheck : CircleDashed
  return (
    <li className="flex gap-3 p-4">
      <Icon size={20} aria-hidden="true" className={`mt-0.5 shrink-0 ${done ? 'text-approve' : 'text-quiet'}`} />
      <div className="min-w-0 flex-1">
        <h2 className="font-semibold">
          {title} <span className="sr-only">{done ? '(done)' : '(to do)'}</span>
        </h2>
        <div className="mt-0.5 text-quiet">{children}</div>
      </div>
    </li>
  )
}

function Settings({ page, children }: { page: string; children: string }) {
  return (
    <Link className="text-accent underline" to="/settings/$page" params={{ page }} search={{}}>
      {children}
    </Link>
  )
}

function Policies() {
  const [file, setFile] = useState('default.yaml')
  const { data, error } = useQuery({
    queryKey: ['ready policies'],
    queryFn: () => get<ReadyPolicies>('/settings/first-run/policies'),
    staleTime: Infinity,
  })
  const navigate = useNavigate()
  const draft = useSend<{ id: string }>(({ id }) => navigate({ to: '/policy/drafts/$id', params: { id }, search: {} }))
  if (error) return <Failure error={error} />
  if (!data) return <Skeleton lines={3} />
  const chosen = data.policies.find((one) => one.file === file)
  return (
    <div className="space-y-3">
      <p>Begin with one that is ready, and make it yours. These are what companies and laws publish.</p>
      <Field label="A ready-made policy">
        {(id) => (
          <Choose
            id={id}
            className="max-w-md"
            value={file}
            choices={data.policies.map((one) => [one.file, one.name] as const)}
            onChange={({ target }) => setFile(target.value)}
          />
        )}
      </Field>
      {chosen && (
        <ul className="space-y-1.5 rounded-md bg-sunken p-3 text-ink" aria-label="What it says">
          {chosen.rules.map((rule, at) => (
            <li key={at}>
              {rule.when ? (
                <span className="text-quiet">If {rule.when}: </span>
              ) : (
                <span className="text-quiet">Otherwise: </span>
              )}
              {rule.then}
            </li>
          ))}
        </ul>
      )}
      <Refused error={draft.error} />
      <Button
        look="primary"
        disabled={draft.isPending}
        onClick={() => draft.mutate({ path: '/settings/first-run/draft', body: { file } })}
      >
        Take it as a draft
      </Button>
    </div>
  )
}

function Try({ customer }: { customer: FirstRunPage['customer'] }) {
  const [url, setUrl] = useState<string>()
  const link = useSend<{ url: string }>((answer) => setUrl(answer.url))
  return (
    <div className="space-y-2">
      <p>
        {customer
          ? `A link into the portal as ${customer.name ?? customer.id}, good once and for ten minutes. What you ask there is asked in earnest.`
          : 'Needs a customer who has paid: import the history first.'}
      </p>
      <Refused error={link.error} />
      {url ? (
        <a className={buttonLook('primary')} href={url} target="_blank" rel="noreferrer">
          Open the portal
        </a>
      ) : (
        <Button
          disabled={!customer || link.isPending}
          onClick={() => link.mutate({ path: '/settings/first-run/try', body: {} })}
        >
          Make a link
        </Button>
      )}
    </div>
  )
}

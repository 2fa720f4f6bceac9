import { useQuery } from '@tanstack/react-query'
import { mayAs } from '../../../domain/actor.ts'
import type { WithdrawalOffer } from '../../../domain/withdrawal.ts'
import type { WithdrawalPage } from '../../../http/admin/settings/withdrawal.ts'
import { get } from '../api.ts'
import { Choose, Field } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Refused } from '../kit/States.tsx'
import { meQuery } from '../queries.ts'
import { Frame } from './Frame.tsx'
import { useSend } from './send.ts'

const path = '/settings/withdrawal'

/** The right of withdrawal: the switch, the address, and what was declared. */
export function Page() {
  const query = useQuery({ queryKey: ['settings', 'withdrawal'], queryFn: () => get<WithdrawalPage>(path) })
  return (
    <Frame
      title="Right of withdrawal"
      about="Consumers in the EU must find a function to withdraw from a contract for as long as they may (directive 2011/83/EU, article 11a). This is engineering and no legal advice."
      query={query}
    >
      {(data) => (
        <div className="space-y-4">
          <Switch data={data} />
          <Statements statements={data.statements} />
        </div>
      )}
    </Frame>
  )
}

function Switch({ data: { offer, offered, address } }: { data: WithdrawalPage }) {
  const { data: me } = useQuery(meQuery)
  const save = useSend()
  return (
    <Card
      title="The function"
      aside={<Badge tone={offered ? 'approve' : 'quiet'} word={offered ? 'Offered' : 'Not offered'} />}
    >
      <Field
        label="Offer it"
        hint="It stands at the foot of every page of the portal, also before anybody has signed in."
      >
        {(id, hint) => (
          <Choose
            id={id}
            aria-describedby={hint}
            className="max-w-md"
            disabled={!mayAs(me?.staff.role ?? '', 'owner') || save.isPending}
            value={offer}
            onChange={({ target }) => save.mutate({ path, body: { offer: target.value as WithdrawalOffer } })}
            choices={[
              ['auto', 'when customers in the EU, the EEA or the UK have paid within a year'],
              ['on', 'always'],
              ['off', 'never'],
            ]}
          />
        )}
      </Field>
      <p className="mt-3 text-quiet">
        Link to it from your own pages too:{' '}
        <a className="text-accent underline" href={address}>
          {address}
        </a>
      </p>
      {save.error && <Refused error={save.error} />}
    </Card>
  )
}

function Statements({ statements }: { statements: WithdrawalPage['statements'] }) {
  return (
    <Card title="Statements">
      {statements.length === 0 ? (
        <p className="text-quiet">
          Nobody has withdrawn from a contract yet. Each statement will stand here with its text, date and time, and
          what became of it.
        </p>
      ) : (
        <ul className="divide-y divide-line">
          {statements.map((each) => (
            <li key={each.id} className="py-3">
              <p className="flex flex-wrap items-center justify-between gap-2">
                <span>
                  <bdi className="font-medium">{each.name}</bdi> <bdi className="text-quiet">{each.email}</bdi>
                </span>
                <span className="flex items-center gap-2">
                  <Time at={each.received_at} />
                  {each.open ? (
                    <Badge tone="review" word="A person must look" />
                  ) : (
                    <Badge tone="quiet" word={each.request_id ? 'Became a request' : 'Handled'} />
                  )}
                </span>
              </p>
              <details className="mt-1">
                <summary className="cursor-pointer text-quiet">
                  <bdi>{each.contract}</bdi>
                </summary>
                <p className="mt-2 whitespace-pre-wrap" dir="auto" lang={each.language}>
                  {each.statement}
                </p>
                <p className="mt-2 text-quiet">
                  {each.signed_in ? 'Signed in.' : 'Not signed in.'}{' '}
                  {each.period_ends_at && (
                    <>
                      The period ends <Time at={each.period_ends_at} />.{' '}
                    </>
                  )}
                  {each.request_id && (
                    <a className="text-accent underline" href={`/admin/requests/${each.request_id}`}>
                      The request
                    </a>
                  )}
                </p>
              </details>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

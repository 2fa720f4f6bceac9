import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { mayAs, roles, type Role } from '../../../domain/actor.ts'
import type { Invitation, TeamPage } from '../../../http/admin/settings/team.ts'
import { get } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Choose, Field, Input } from '../kit/Field.tsx'
import { Card } from '../kit/Page.tsx'
import { Badge, Time } from '../kit/Show.tsx'
import { Refused } from '../kit/States.tsx'
import { meQuery } from '../queries.ts'
import { ShownOnce } from './Copy.tsx'
import { Frame } from './Frame.tsx'
import { useSend } from './send.ts'

type Colleague = TeamPage['staff'][number]

const roleWords: Record<Role, string> = {
  viewer: 'Viewer: sees everything, changes nothing',
  support: 'Support: decides requests',
  approver: 'Approver: also approves what needs a higher role',
  finance: 'Finance: also publishes policies',
  owner: 'Owner: also team, keys, Stripe and limits',
}
const roleChoices = roles.map((role) => [role, roleWords[role]] as const)

/** Who works here, as what, and who may join. */
export function Page() {
  const query = useQuery({ queryKey: ['settings', 'team'], queryFn: () => get<TeamPage>('/settings/team') })
  const { data: me } = useQuery(meQuery)
  const [made, setMade] = useState<Invitation>()
  const [inviting, setInviting] = useState(false)
  const owner = me !== undefined && mayAs(me.staff.role, 'owner')
  return (
    <Frame
      title="Team"
      about={owner ? 'Who works here, and what each of them may do.' : 'Who works here. Only an owner can change this.'}
      query={query}
      aside={
        owner && (
          <Button look="primary" onClick={() => setInviting(true)}>
            Invite
          </Button>
        )
      }
    >
      {(data) => (
        <>
          {made && <Invited made={made} close={() => setMade(undefined)} />}
          {inviting && (
            <Invite
              close={() => setInviting(false)}
              then={(invitation) => {
                setMade(invitation)
                setInviting(false)
              }}
            />
          )}
          <People
            title="Staff"
            people={data.staff.filter(({ state }) => state !== 'deactivated')}
            me={me?.staff.id}
            owner={owner}
            made={setMade}
          />
          {data.staff.some(({ state }) => state === 'deactivated') && (
            <People
              title="Were here"
              people={data.staff.filter(({ state }) => state === 'deactivated')}
              me={me?.staff.id}
              owner={owner}
              made={setMade}
            />
          )}
          <SignInRules page={data} owner={owner} />
        </>
      )}
    </Frame>
  )
}

function Invite({ close, then }: { close: () => void; then: (made: Invitation) => void }) {
  const [draft, setDraft] = useState({ email: '', name: '', role: 'support' as Role })
  const invite = useSend<Invitation>(then)
  return (
    <Card title="Invite somebody">
      <form
        className="grid gap-3 sm:grid-cols-2"
        onSubmit={(event) => {
          event.preventDefault()
          invite.mutate({ path: '/settings/team/invite', body: draft })
        }}
      >
        <Field label="E-mail">
          {(id) => (
            <Input
              id={id}
              type="email"
              required
              autoFocus
              value={draft.email}
              onChange={({ target }) => setDraft({ ...draft, email: target.value })}
            />
          )}
        </Field>
        <Field label="Name (they can change it)">
          {(id) => (
            <Input
              id={id}
              maxLength={100}
              value={draft.name}
              onChange={({ target }) => setDraft({ ...draft, name: target.value })}
            />
          )}
        </Field>
        <div className="sm:col-span-2">
          <Field label="Role">
            {(id) => (
              <Choose
                id={id}
                value={draft.role}
                choices={roleChoices}
                onChange={({ target }) => setDraft({ ...draft, role: target.value as Role })}
              />
            )}
          </Field>
        </div>
        <div className="sm:col-span-2">
          <Refused error={invite.error} />
        </div>
        <div className="flex gap-2 sm:col-span-2">
          <Button type="submit" look="primary" disabled={invite.isPending}>
            {invite.isPending ? 'Inviting…' : 'Invite'}
          </Button>
          <Button look="quiet" onClick={close}>
            Back
          </Button>
        </div>
      </form>
    </Card>
  )
}

const mailWords: Record<Invitation['mail'], string> = {
  sent: 'A mail with this link was sent.',
  no_mail_server: 'No mail server is set up, so no mail was sent: pass the link on yourself.',
  failed: 'The mail could not be sent: pass the link on yourself.',
}

function Invited({ made, close }: { made: Invitation; close: () => void }) {
  return (
    <ShownOnce title="The invitation is made" text={made.link} label="the link" close={close}>
      <p>{mailWords[made.mail]} It is good once, and for seven days. It is shown only now.</p>
    </ShownOnce>
  )
}

function People({
  title,
  people,
  me,
  owner,
  made,
}: {
  title: string
  people: Colleague[]
  me: string | undefined
  owner: boolean
  made: (invitation: Invitation) => void
}) {
  const act = useSend<Invitation>((answer) => {
    if (answer.link) made(answer)
  })
  return (
    <Card title={title}>
      <ul className="-my-2 divide-y divide-line">
        {people.map((person) => (
          <li key={person.id} className="flex flex-wrap items-center justify-between gap-x-3 gap-y-2 py-3">
            <div className="min-w-0 flex-1 basis-56">
              <p className="font-medium">
                <bdi>{person.name}</bdi> {person.id === me && <span className="font-normal text-quiet">(you)</span>}
              </p>
              <p className="text-quiet break-all">{person.email}</p>
              <p className="mt-1 flex flex-wrap items-center gap-1.5 text-small text-quiet">
                <State person={person} />
              </p>
            </div>
            {owner && <Deeds person={person} me={me} act={act} />}
            {!owner && <span className="text-quiet">{person.role}</span>}
          </li>
        ))}
      </ul>
      <Refused error={act.error} />
    </Card>
  )
}

function State({ person }: { person: Colleague }) {
  if (person.state === 'deactivated') return <Badge tone="quiet" word="Deactivated" />
  if (person.state === 'invited')
    return (
      <>
        <Badge tone="waiting" word="Invited" />
        {person.invited_until && (
          <span>
            the link ends <Time at={person.invited_until} />
          </span>
        )}
      </>
    )
  return (
    <>
      {person.two_factor ? (
        <Badge tone="approve" word="Second factor" />
      ) : (
        person.ways.includes('password') && <Badge tone="review" word="Password only" />
      )}
      {person.ways.includes('oidc') && <Badge tone="approve" word="Identity provider" />}
      {person.last_seen_at && (
        <span>
          here <Time at={person.last_seen_at} />
        </span>
      )}
    </>
  )
}

function Deeds({
  person,
  me,
  act,
}: {
  person: Colleague
  me: string | undefined
  act: ReturnType<typeof useSend<Invitation>>
}) {
  const [sure, setSure] = useState(false)
  const at = `/settings/team/${person.id}`
  if (person.state === 'deactivated')
    return (
      <Button
        onClick={() =>
          act.mutate({
            path: '/settings/team/invite',
            body: { email: person.email, name: person.name, role: person.role },
          })
        }
      >
        Invite again
      </Button>
    )
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      <Choose
        aria-label={`Role of ${person.name}`}
        className="w-32"
        value={person.role}
        choices={roles.map((role) => [role, role.charAt(0).toUpperCase() + role.slice(1)] as const)}
        onChange={({ target }) => act.mutate({ path: `${at}/role`, body: { role: target.value } })}
      />
      {person.state === 'invited' && (
        <Button
          onClick={() =>
            act.mutate({
              path: '/settings/team/invite',
              body: { email: person.email, name: person.name, role: person.role },
            })
          }
        >
          New link
        </Button>
      )}
      {person.sessions > 0 && person.id !== me && (
        <Button
          aria-label={`Sign ${person.name} out`}
          title={`Signed in ${person.sessions} times`}
          onClick={() => act.mutate({ path: `${at}/sign-out`, body: {} })}
        >
          Sign out
        </Button>
      )}
      {person.two_factor && person.id !== me && (
        <Button
          aria-label={`Reset the second factor of ${person.name}`}
          onClick={() => act.mutate({ path: `${at}/reset-two-factor`, body: {} })}
        >
          Reset factor
        </Button>
      )}
      {sure ? (
        <Button
          look="deny"
          onClick={() => {
            setSure(false)
            act.mutate({ path: `${at}/deactivate`, body: {} })
          }}
        >
          Yes, take every way in
        </Button>
      ) : (
        <Button look="quiet" aria-label={`Deactivate ${person.name}`} onClick={() => setSure(true)}>
          Deactivate
        </Button>
      )}
    </div>
  )
}

function SignInRules({ page, owner }: { page: TeamPage; owner: boolean }) {
  const act = useSend()
  return (
    <Card title="Signing in">
      <label className="flex items-start gap-2">
        <input
          type="checkbox"
          className="mt-1"
          disabled={!owner || act.isPending}
          checked={page.two_factor_required}
          onChange={({ target }) =>
            act.mutate({ path: '/settings/team/two-factor-required', body: { required: target.checked } })
          }
        />
        <span>
          Require a second factor for everybody
          <span className="block text-small text-quiet">
            Who signs in with a password and has none sets one up before anything else opens.
          </span>
        </span>
      </label>
      <Refused error={act.error} />
      <p className="mt-3 text-quiet">
        {page.oidc ? (
          <>Invited colleagues can also sign in with {page.oidc}.</>
        ) : (
          <>
            To sign in through your identity provider, set <code className="font-mono text-[0.75rem]">OIDC_ISSUER</code>
            , <code className="font-mono text-[0.75rem]">OIDC_CLIENT_ID</code> and{' '}
            <code className="font-mono text-[0.75rem]">OIDC_CLIENT_SECRET</code>.
          </>
        )}
      </p>
    </Card>
  )
}

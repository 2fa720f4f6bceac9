import { useMutation, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { SignInOptions } from '../../../http/admin/sign-in.ts'
import { get, isProblem, post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Field, Input } from '../kit/Field.tsx'

/** Only into the console: an address that leads elsewhere is not followed. */
const into = (to: string | undefined): string =>
  to && /^\/(?!\/|\\)/.test(to) ? (to.startsWith('/admin') ? to : `/admin${to}`) : '/admin/queue'

/** E-mail and password, then the code where there is a second factor; or the identity provider. */
export function SignInScreen() {
  const { to, error } = useSearch({ from: '/sign-in' })
  const [code, setCode] = useState(false)
  return (
    <main className="grid min-h-full place-items-center p-4">
      <div className="w-full max-w-sm rounded-xl border border-line bg-surface p-7">
        <img src="/favicon.svg" alt="" width={36} height={36} />
        <h1 className="mt-4 text-title font-semibold tracking-tight">Sign in to Moneyback</h1>
        <p className="mt-0.5 mb-5 text-quiet">{code ? 'Your second factor.' : 'The refund desk, for staff.'}</p>
        {error && !code && (
          <p role="alert" className="mb-4 text-deny">
            {refusedByProvider(error)}
          </p>
        )}
        {code ? (
          <CodeForm back={() => setCode(false)} done={() => location.assign(into(to))} />
        ) : (
          <PasswordForm needsCode={() => setCode(true)} done={() => location.assign(into(to))} to={to} />
        )}
      </div>
    </main>
  )
}

function PasswordForm({ needsCode, done, to }: { needsCode: () => void; done: () => void; to: string | undefined }) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const { data: options } = useQuery({
    queryKey: ['sign-in options'],
    queryFn: () => get<SignInOptions>('/auth/options'),
  })
  const signIn = useMutation({
    mutationFn: () => post<{ twoFactorRedirect?: boolean }>('/auth/sign-in/email', { email, password }),
    onSuccess: (answer) => (answer.twoFactorRedirect ? needsCode() : done()),
  })
  const provider = useMutation({
    mutationFn: () => post<{ url: string }>('/auth/sign-in/oidc', { to: into(to).replace(/^\/admin/, '') || '/queue' }),
    onSuccess: ({ url }) => location.assign(url),
  })
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        signIn.mutate()
      }}
    >
      <Field label="E-mail">
        {(id) => (
          <Input
            id={id}
            type="email"
            autoComplete="username"
            required
            autoFocus
            value={email}
            onChange={({ target }) => setEmail(target.value)}
          />
        )}
      </Field>
      <Field label="Password">
        {(id) => (
          <Input
            id={id}
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={({ target }) => setPassword(target.value)}
          />
        )}
      </Field>
      <Wrong
        error={signIn.error ?? provider.error}
        otherwise="E-mail and password don’t match. Check both and try again."
      />
      <Button type="submit" look="primary" className="w-full" disabled={signIn.isPending}>
        {signIn.isPending ? 'Signing in…' : 'Sign in'}
      </Button>
      {options?.oidc && (
        <Button
          className="w-full"
          disabled={provider.isPending || provider.isSuccess}
          onClick={() => provider.mutate()}
        >
          Sign in with {options.oidc}
        </Button>
      )}
    </form>
  )
}

function CodeForm({ back, done }: { back: () => void; done: () => void }) {
  const [text, setText] = useState('')
  const [recovery, setRecovery] = useState(false)
  const verify = useMutation({
    mutationFn: () =>
      post(`/auth/two-factor/${recovery ? 'verify-backup-code' : 'verify-totp'}`, { code: text.trim() }),
    onSuccess: done,
  })
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault()
        verify.mutate()
      }}
    >
      <Field
        key={String(recovery)}
        label={recovery ? 'One of your recovery codes' : 'Code of your authenticator app'}
        hint={recovery ? 'It is used up by this.' : undefined}
      >
        {(id, hint) => (
          <Input
            id={id}
            aria-describedby={hint}
            autoFocus
            required
            inputMode={recovery ? undefined : 'numeric'}
            autoComplete="one-time-code"
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        )}
      </Field>
      <Wrong error={verify.error} otherwise="This code is not right. Take the newest one." />
      <Button type="submit" look="primary" className="w-full" disabled={verify.isPending || verify.isSuccess}>
        {verify.isPending ? 'Signing in…' : 'Sign in'}
      </Button>
      <div className="flex flex-wrap justify-between gap-2">
        <Button look="quiet" onClick={() => setRecovery(!recovery)}>
          {recovery ? 'Use the app' : 'The phone is away'}
        </Button>
        <Button look="quiet" onClick={back}>
          Back
        </Button>
      </div>
    </form>
  )
}

function Wrong({ error, otherwise }: { error: unknown; otherwise: string }) {
  if (!error) return null
  return (
    <p role="alert" className="text-deny">
      {why(error, otherwise)}
    </p>
  )
}

function why(error: unknown, otherwise: string): string {
  if (!isProblem(error)) return 'That did not work. Try again.'
  if (error.code === 'code_used') return error.message
  if (error.code === 'INVALID_TWO_FACTOR_COOKIE') return 'That took too long. Go back and give your password again.'
  if (error.status === 401) return otherwise
  if (error.status === 429) return 'Too many attempts. Wait fifteen minutes, then try again.'
  return error.message
}

/** What better-auth calls it, in words (`?error=` of the callback). */
function refusedByProvider(error: string): string {
  if (/signup_disabled|unable_to_create_session|account_not_linked/i.test(error))
    return 'You are known to the identity provider, but nobody has invited you here. Ask an owner for an invitation.'
  return 'The identity provider did not let you in. Try again; if it happens again, tell an owner.'
}

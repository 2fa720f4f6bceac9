import { useMutation } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { isProblem, post } from '../api.ts'
import { Button } from '../kit/Button.tsx'
import { Field, Input } from '../kit/Field.tsx'

/** Only into the console: an address that leads elsewhere is not followed. */
const into = (to: string | undefined): string =>
  to && /^\/(?!\/|\\)/.test(to) ? (to.startsWith('/admin') ? to : `/admin${to}`) : '/admin/queue'

export function SignInScreen() {
  const { to } = useSearch({ from: '/sign-in' })
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useMutation({
    mutationFn: () => post('/auth/sign-in/email', { email, password }),
    onSuccess: () => location.assign(into(to)),
  })
  return (
    <main className="grid min-h-full place-items-center p-4">
      <form
        className="w-full max-w-sm rounded-xl border border-line bg-surface p-7"
        onSubmit={(event) => {
          event.preventDefault()
          signIn.mutate()
        }}
      >
        <img src="/favicon.svg" alt="" width={36} height={36} />
        <h1 className="mt-4 text-title font-semibold tracking-tight">Sign in to Moneyback</h1>
        <p className="mt-0.5 mb-5 text-quiet">The refund desk, for staff.</p>
        <div className="space-y-4">
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
          {signIn.error && (
            <p role="alert" className="text-deny">
              {why(signIn.error)}
            </p>
          )}
          <Button type="submit" look="primary" className="w-full" disabled={signIn.isPending || signIn.isSuccess}>
            {signIn.isPending ? 'Signing in…' : 'Sign in'}
          </Button>
        </div>
      </form>
    </main>
  )
}

function why(error: unknown): string {
  if (isProblem(error) && error.status === 401) return 'E-mail and password don’t match. Check both and try again.'
  if (isProblem(error) && error.status === 429) return 'Too many attempts. Wait five minutes, then try again.'
  return isProblem(error) ? error.message : 'That did not work. Try again.'
}

import type { App } from '../../app.ts'
import { inTransaction } from '../../db/connect.ts'
import { audit } from '../../db/journal.ts'
import { removeCredential, saveCredential } from '../../db/stripe-credentials.ts'
import type { Actor } from '../../domain/actor.ts'
import { no, ok, type Result } from '../../domain/refusal.ts'
import { seal } from '../../sealed.ts'
import { errorLine, isCredential } from '../../stripe/answers.ts'
import { clientWith } from '../../stripe/client.ts'
import { checkPermissions, type PermissionCheck } from '../../stripe/permissions.ts'
import { whoseKey } from '../../stripe/whose-key.ts'
import { checkKey } from '../check-key.ts'

export type CheckedKey = { readonly hint: string; readonly checks: PermissionCheck[] }

/** What a pasted key may do. It is not kept. Refuses: setting_invalid (no key, of another account or mode), stripe_unreachable. */
export async function checkKeyOf(app: App, key: string): Promise<Result<CheckedKey>> {
  const wrong = (because: string) => no({ code: 'setting_invalid', field: 'key', because })
  const text = key.trim()
  if (!/^(sk|rk)_(test|live)_\w{3,250}$/.test(text))
    return wrong(
      'This is not a key of Stripe. It begins with rk_live_ or rk_test_; copy it again from Stripe, Developers, API keys.',
    )
  if (text.includes('_live_') !== app.livemode)
    return wrong(
      `This key is for ${app.livemode ? 'test' : 'live'} mode, and these books are for ${app.livemode ? 'live' : 'test'} mode.`,
    )
  const stripe = clientWith(app.stripe, text, app.config.stripe?.connectedAccount)
  try {
    const { account } = await whoseKey(stripe)
    if (account !== undefined && account !== app.account)
      return wrong(`This key is of the account ${account}, and these books are those of ${app.account}.`)
    return ok({ hint: hintOf(text), checks: await checkPermissions(stripe) })
  } catch (error) {
    if (isCredential(error)) return wrong(`Stripe does not take this key: ${error.message}`)
    app.log.warn({ error: errorLine(error) }, 'a pasted key could not be checked')
    return no({ code: 'stripe_unreachable' })
  }
}

const hintOf = (key: string): string => `${key.slice(0, 8)}…${key.slice(-4)}`

/**
 * Keeps a pasted key, sealed, and uses it from now on, before the one in the environment; what waited for a key goes on. Refuses: what `checkKeyOf` does,
 * setting_refused (a needed right is missing; no secret of the installation's own to seal with).
 */
export async function keepKey(app: App, { key, by }: { key: string; by: Actor }): Promise<Result<CheckedKey>> {
  if (app.config.secret === undefined)
    return no({
      code: 'setting_refused',
      because:
        'Set MONEYBACK_SECRET first: the key is kept encrypted with it, and a secret derived from the old Stripe key would go with that.',
    })
  const checked = await checkKeyOf(app, key)
  if (!checked.ok) return checked
  const missing = checked.value.checks.filter(({ needed, state }) => needed && state !== 'granted')
  if (missing.length > 0)
    return no({
      code: 'setting_refused',
      because: `This key lacks ${missing.map(({ permission }) => permission).join(', ')}. Add that in Stripe, Developers, API keys, and paste the key again. Nothing was kept.`,
    })
  const at = app.now()
  await inTransaction(app.db, async (tx) => {
    await saveCredential(tx, app.account, {
      secret_key: seal(app.secret, key.trim(), { purpose: 'stripe key', account: app.account, id: app.account }),
      hint: checked.value.hint,
      by,
      at,
    })
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'stripe.key_kept',
      subject: app.account,
      detail: { hint: checked.value.hint },
    })
  })
  await useIt(app)
  return checked
}

/** From the next call on; other processes see it within ten seconds. */
async function useIt(app: App): Promise<void> {
  app.kept?.changed()
  await checkKey(app).catch((error: unknown) =>
    app.log.warn({ error: errorLine(error) }, 'the key could not be checked'),
  )
}

/** Forgets the kept key: from now on the one in the environment is used. Refuses: setting_not_found. */
export async function forgetKey(app: App, { by }: { by: Actor }): Promise<Result<{ ok: true }>> {
  const forgotten = await inTransaction<Result<{ ok: true }>>(app.db, async (tx) => {
    if (!(await removeCredential(tx, app.account))) return no({ code: 'setting_not_found', what: 'kept key' })
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: by,
      action: 'stripe.key_forgotten',
      subject: app.account,
    })
    return ok({ ok: true })
  })
  if (forgotten.ok) await useIt(app)
  return forgotten
}

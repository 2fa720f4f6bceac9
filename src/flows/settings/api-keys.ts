import type { App } from '../../app.ts'
import { createApiKey, revokeApiKey } from '../../db/api-keys.ts'
import { inTransaction } from '../../db/connect.ts'
import { audit } from '../../db/journal.ts'
import type { Actor } from '../../domain/actor.ts'
import { no, ok, type Result } from '../../domain/refusal.ts'
import { allScopes, isScope, type Scope } from '../../domain/scopes.ts'

/** Makes a key for the API; its secret is answered this once. Refuses: setting_invalid. */
export async function makeApiKey(
  app: App,
  { name, scopes, days, by }: { name: string; scopes: readonly string[]; days: number | null; by: Actor },
): Promise<Result<{ id: string; secret: string }>> {
  const called = name.trim()
  if (called === '' || called.length > 80)
    return no({ code: 'setting_invalid', field: 'name', because: 'Name what will use it, in 1 to 80 characters.' })
  const unknown = scopes.find((scope) => !isScope(scope))
  if (scopes.length === 0 || unknown !== undefined)
    return no({
      code: 'setting_invalid',
      field: 'scopes',
      because: unknown
        ? `There is no scope "${unknown}". There are: ${allScopes.join(', ')}.`
        : 'Choose what the key may do: without a scope it could do nothing.',
    })
  return inTransaction(app.db, async (tx) => {
    const at = app.now()
    const made = await createApiKey(tx, app.account, called, at, {
      scopes: scopes as Scope[],
      ...(days !== null && { expires_at: new Date(at.getTime() + days * 86_400_000) }),
      by,
    })
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'api_key.made',
      subject: made.id,
      detail: { name: called, scopes, days },
    })
    return ok(made)
  })
}

/** Ends a key at once. Refuses: setting_not_found. */
export async function endApiKey(app: App, { id, by }: { id: string; by: Actor }): Promise<Result<{ id: string }>> {
  return inTransaction(app.db, async (tx) => {
    const name = await revokeApiKey(tx, app.account, id, app.now())
    if (name === undefined) return no({ code: 'setting_not_found', what: 'key that works' })
    await audit(tx, {
      account: app.account,
      at: app.now(),
      actor: by,
      action: 'api_key.revoked',
      subject: id,
      detail: { name },
    })
    return ok({ id })
  })
}

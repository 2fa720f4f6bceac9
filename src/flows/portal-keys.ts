import { createPublicKey, hkdfSync } from 'node:crypto'
import type { App } from '../app.ts'
import { inTransaction } from '../db/connect.ts'
import { audit } from '../db/journal.ts'
import { insertPortalKey, revokePortalKey } from '../db/portal-keys.ts'
import type { Actor } from '../domain/actor.ts'
import { newId } from '../domain/ids.ts'
import { no, ok, type Result } from '../domain/refusal.ts'

export type NewKey = {
  readonly name: string
  /** What the tokens say in `iss`: the address of the merchant's app. */
  readonly issuer: string
  /** An Ed25519 public key in PEM. Without one it is an HS256 key, whose secret is made here. */
  readonly public_key?: string | undefined
  readonly by: Actor
}

export type MadeKey = { readonly id: string; readonly alg: 'EdDSA' | 'HS256'; readonly secret: string | null }

/**
 * The secret of an HS256 key, 32 bytes: derived from the installation's own, so that no table holds it. It ends with that
 * one: after MONEYBACK_SECRET changes, make a new key.
 */
export function keySecret(app: App, id: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', app.secret, app.account, `portal key ${id}`, 32))
}

/** A key by which the merchant's backend signs links into the portal. Refuses: setting_invalid. */
export async function addPortalKey(app: App, { name, issuer, public_key, by }: NewKey): Promise<Result<MadeKey>> {
  if (name.trim() === '' || name.length > 100)
    return no({ code: 'setting_invalid', field: 'name', because: 'Give the key a name of at most 100 characters.' })
  if (issuer.trim() === '' || issuer.length > 200)
    return no({
      code: 'setting_invalid',
      field: 'issuer',
      because: 'Name the issuer: what your tokens say in “iss”, such as https://shop.example.com.',
    })
  const pem = public_key === undefined ? null : ed25519(public_key)
  if (pem === undefined)
    return no({
      code: 'setting_invalid',
      field: 'public_key',
      because: 'This is not an Ed25519 public key in PEM. Make one with: openssl genpkey -algorithm ed25519',
    })
  const id = newId('pk')
  const at = app.now()
  const alg = pem === null ? 'HS256' : 'EdDSA'
  await inTransaction(app.db, async (tx) => {
    await insertPortalKey(tx, app.account, {
      id,
      name: name.trim(),
      alg,
      issuer: issuer.trim(),
      public_key: pem,
      created_at: at,
      created_by: by,
    })
    await audit(tx, {
      account: app.account,
      at,
      actor: by,
      action: 'portal.key_added',
      subject: id,
      detail: { name, alg },
    })
  })
  return ok({ id, alg, secret: pem === null ? Buffer.from(keySecret(app, id)).toString('base64url') : null })
}

/** The public key as SPKI in PEM; undefined for anything else, a private key too. */
function ed25519(text: string): string | undefined {
  if (!text.includes('BEGIN PUBLIC KEY')) return undefined
  try {
    const key = createPublicKey(text)
    return key.asymmetricKeyType === 'ed25519' ? key.export({ type: 'spki', format: 'pem' }).toString() : undefined
  } catch {
    return undefined
  }
}

/** Ends a key: its tokens open nothing from now on. Visits that are under way go on. Refuses: setting_not_found. */
export async function endPortalKey(app: App, { id, by }: { id: string; by: Actor }): Promise<Result<{ id: string }>> {
  const at = app.now()
  return inTransaction(app.db, async (tx) => {
    if (!(await revokePortalKey(tx, app.account, id, at))) return no({ code: 'setting_not_found', what: 'key in use' })
    await audit(tx, { account: app.account, at, actor: by, action: 'portal.key_revoked', subject: id })
    return ok({ id })
  })
}

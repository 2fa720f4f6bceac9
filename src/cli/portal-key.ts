import { readFile } from 'node:fs/promises'
import type { App } from '../app.ts'
import { ConfigError } from '../config.ts'
import { listPortalKeys } from '../db/portal-keys.ts'
import { explainRefusal } from '../domain/refusal.ts'
import { addPortalKey, endPortalKey } from '../flows/portal-keys.ts'

const usage = `Say one of:

  npm start -- portal-key add NAME ISSUER [PUBLIC-KEY.pem]
  npm start -- portal-key list
  npm start -- portal-key revoke ID`

/** The keys by which the merchant's backend signs links into the portal, on the command line. */
export async function portalKeyCommand(app: App, [verb, ...rest]: string[]): Promise<void> {
  if (verb === 'add' && rest.length >= 2) return add(app, rest)
  if (verb === 'list') return list(app)
  if (verb === 'revoke' && rest[0]) {
    const ended = await endPortalKey(app, { id: rest[0], by: 'moneyback' })
    if (!ended.ok) throw new ConfigError(explainRefusal(ended.no))
    console.log(`${rest[0]} opens nothing from now on.`)
    return
  }
  throw new ConfigError(usage)
}

async function add(app: App, [name = '', issuer = '', file]: string[]): Promise<void> {
  const public_key = file === undefined ? undefined : await readFile(file, 'utf8')
  const made = await addPortalKey(app, { name, issuer, public_key, by: 'moneyback' })
  if (!made.ok) throw new ConfigError(explainRefusal(made.no))
  const { id, alg, secret } = made.value
  console.log(`kid  ${id}\nalg  ${alg}\naud  ${new URL(app.config.portalUrl).origin}`)
  if (secret !== null) console.log(`\n${secret}\nThis secret, in base64url, is shown only now.`)
}

async function list(app: App): Promise<void> {
  for (const { id, name, alg, issuer, revoked_at } of await listPortalKeys(app.db, app.account))
    console.log(`${id}  ${alg}  ${issuer}  ${name}${revoked_at ? '  (revoked)' : ''}`)
}

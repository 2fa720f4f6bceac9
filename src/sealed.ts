import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/** What a sealed text is and whose: a text that was put into another row can't be opened there. */
export type SealedFor = { readonly purpose: string; readonly account: string; readonly id: string }

const keyOf = (secret: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, 'moneyback', 'secrets at rest, version 1', 32))
const boundTo = ({ purpose, account, id }: SealedFor): Buffer => Buffer.from(`${purpose}\n${account}\n${id}`)

/** Encrypts a secret for the database (AES-256-GCM), with a key that comes from the installation's secret and is not in it. */
export function seal(secret: string, text: string, of: SealedFor): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret), iv).setAAD(boundTo(of))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return `v1.${iv.toString('base64url')}.${sealed.toString('base64url')}.${cipher.getAuthTag().toString('base64url')}`
}

/** Opens what was sealed. Undefined: it was sealed with another installation's secret, for another row, or was changed. */
export function unseal(secret: string, sealed: string, of: SealedFor): string | undefined {
  const [version, iv, body, tag] = sealed.split('.')
  if (version !== 'v1' || iv === undefined || body === undefined || tag === undefined) return undefined
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyOf(secret), Buffer.from(iv, 'base64url'), { authTagLength: 16 })
      .setAAD(boundTo(of))
      .setAuthTag(Buffer.from(tag, 'base64url'))
    return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

import type { Db } from '../db/connect.ts'
import { findCredential, findEndpoint } from '../db/stripe-credentials.ts'
import { unseal } from '../sealed.ts'

/** What the console keeps of Stripe's secrets. Each process reads it again after ten seconds, so nobody has to restart. */
export type Kept = {
  /** The key to call Stripe with: the kept one, else the environment's. */
  secretKey(): Promise<string>
  /** The signing secret of the endpoint that we made. */
  webhookSecret(): Promise<string | undefined>
  /** Something was kept or forgotten here: the next call reads it. */
  changed(): void
}

type Secrets = { readonly secretKey: string; readonly webhookSecret: string | undefined }

const readAgainAfterMs = 10_000

/** While PostgreSQL is away the last known ones count. What can't be opened with `secret` is as if it were not there. */
export function keptSecrets({
  db,
  account,
  secret,
  environmentKey,
}: {
  db: Db
  account: string
  secret: string
  environmentKey: string
}): Kept {
  let last: Secrets = { secretKey: environmentKey, webhookSecret: undefined }
  let readAt = 0
  let reading: Promise<Secrets> | undefined

  async function read(): Promise<Secrets> {
    const [key, endpoint] = await Promise.all([findCredential(db, account), findEndpoint(db, account)])
    const open = (sealed: string | undefined, purpose: string) =>
      sealed === undefined ? undefined : unseal(secret, sealed, { purpose, account, id: account })
    return {
      secretKey: open(key?.secret_key, 'stripe key') ?? environmentKey,
      webhookSecret: open(endpoint?.secret, 'webhook secret'),
    }
  }

  function now(): Promise<Secrets> {
    if (reading === undefined || performance.now() - readAt >= readAgainAfterMs) {
      readAt = performance.now()
      // With the books away nobody can be refunded either: the last known ones will do.
      reading = read().catch(() => last)
    }
    return reading.then((secrets) => (last = secrets))
  }

  return {
    secretKey: async () => (await now()).secretKey,
    webhookSecret: async () => (await now()).webhookSecret,
    changed() {
      reading = undefined
    },
  }
}

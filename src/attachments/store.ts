import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { AwsClient } from 'aws4fetch'
import type { Config } from '../config.ts'

/** Where the bytes of attachments are: never below a folder that is served, and never under a name that somebody sent. */
export type AttachmentStore = {
  put(id: string, bytes: Buffer): Promise<void>
  /** Undefined when it is not there. */
  get(id: string): Promise<Buffer | undefined>
  /** No error when it is gone already. */
  remove(id: string): Promise<void>
}

const stores = new Map<string, AttachmentStore>()

/** The store that the configuration names: an S3-compatible bucket, else a folder beside the other data. */
export function attachmentStore({ attachments, dataFolder }: Config): AttachmentStore {
  const key = attachments?.url ?? dataFolder
  const store = stores.get(key) ?? (attachments ? bucketStore(attachments) : folderStore(`${dataFolder}/attachments`))
  stores.set(key, store)
  return store
}

const isId = /^att_[0-9a-f]{32}$/

/** The last two characters of an id are random, so no folder gets more than its share. */
function folderStore(folder: string): AttachmentStore {
  const pathOf = (id: string): string => {
    if (!isId.test(id)) throw new TypeError(`"${id}" names no attachment`)
    return `${folder}/${id.slice(-2)}/${id}`
  }
  return {
    async put(id, bytes) {
      const path = pathOf(id)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await writeFile(`${path}.part`, bytes, { mode: 0o600 })
      await rename(`${path}.part`, path)
    },
    get: (id) =>
      readFile(pathOf(id)).catch((error: { code?: string }) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      }),
    remove: (id) => rm(pathOf(id), { force: true }),
  }
}

type Bucket = NonNullable<Config['attachments']>

/** An S3-compatible bucket, spoken to with AWS signature version 4. */
function bucketStore({ url, keyId, secret, region }: Bucket): AttachmentStore {
  let client: Promise<AwsClient> | undefined
  const ask = async (method: string, id: string, body?: Buffer): Promise<Response> => {
    if (!isId.test(id)) throw new TypeError(`"${id}" names no attachment`)
    client ??= import('aws4fetch').then(
      ({ AwsClient }) =>
        new AwsClient({ accessKeyId: keyId, secretAccessKey: secret, region, service: 's3', retries: 2 }),
    )
    const answer = await (
      await client
    ).fetch(`${url}/${id}`, {
      method,
      signal: AbortSignal.timeout(30_000),
      ...(body && { body: new Uint8Array(body), headers: { 'content-type': 'application/octet-stream' } }),
    })
    if (answer.ok || answer.status === 404) return answer
    throw new Error(`The bucket answered ${method} with ${answer.status}.`)
  }
  return {
    async put(id, bytes) {
      if (!(await ask('PUT', id, bytes)).ok) throw new Error('The bucket is not there (404).')
    },
    async get(id) {
      const answer = await ask('GET', id)
      return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined
    },
    async remove(id) {
      await ask('DELETE', id)
    },
  }
}

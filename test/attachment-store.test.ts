import { createHash, createHmac } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { attachmentStore } from '../src/attachments/store.ts'
import { readConfig } from '../src/config.ts'

const id = `att_${'0a'.repeat(16)}`
const bytes = Buffer.from('a picture')

/** A bucket that keeps what it gets in memory and lets nobody in whose signature (AWS version 4) is not right. */
async function bucket(secret: string) {
  const kept = new Map<string, Buffer>()
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const path = request.url!
      if (!signedWith(secret, request)) return response.writeHead(403).end()
      if (request.method === 'PUT') kept.set(path, body)
      if (request.method === 'DELETE') kept.delete(path)
      const found = kept.get(path)
      if (request.method === 'GET') return response.writeHead(found ? 200 : 404).end(found)
      return response.writeHead(request.method === 'PUT' ? 200 : 204).end()
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => new Promise((closed) => server.close(() => closed())))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/shop/refunds`, kept }
}

/** docs.aws.amazon.com: "Create a signed AWS API request". */
function signedWith(secret: string, { method, url, headers }: IncomingMessage): boolean {
  const [, keyId, day, region, signed, signature] =
    /Credential=([^/]+)\/(\d+)\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(
      headers.authorization ?? '',
    ) ?? []
  if (keyId !== 'key-id') return false
  const canonical = [
    method,
    url,
    '',
    ...signed!.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    signed,
    headers['x-amz-content-sha256'],
  ].join('\n')
  const scope = `${day}/${region}/s3/aws4_request`
  const text = [
    'AWS4-HMAC-SHA256',
    headers['x-amz-date'],
    scope,
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n')
  const key = [day!, region!, 's3', 'aws4_request'].reduce<Buffer>(
    (last, part) => createHmac('sha256', last).update(part).digest(),
    Buffer.from(`AWS4${secret}`),
  )
  return createHmac('sha256', key).update(text).digest('hex') === signature
}

const storeIn = (env: Record<string, string>) => attachmentStore(readConfig(env))

describe('a bucket', () => {
  test('keeps a file, gives it, and forgets it', async () => {
    const { url, kept } = await bucket('a:secret/with+signs')
    const store = storeIn({
      ATTACHMENTS_BUCKET: url,
      ATTACHMENTS_KEY: 'key-id:a:secret/with+signs',
      ATTACHMENTS_REGION: 'eu-central-1',
    })
    await store.put(id, bytes)
    expect([...kept.keys()]).toEqual([`/shop/refunds/${id}`])
    expect(await store.get(id)).toEqual(bytes)
    await store.remove(id)
    await store.remove(id)
    expect(await store.get(id)).toBeUndefined()
  })

  test('that does not know our key is an error, not an empty file', async () => {
    const { url } = await bucket('another secret')
    const store = storeIn({ ATTACHMENTS_BUCKET: url, ATTACHMENTS_KEY: 'key-id:secret' })
    await expect(store.put(id, bytes)).rejects.toThrow('answered PUT with 403')
    await expect(store.get(id)).rejects.toThrow('answered GET with 403')
  })

  test('needs a key, and the error says which variable', () => {
    expect(() => readConfig({ ATTACHMENTS_BUCKET: 'https://s3.example.com/b' })).toThrow(/ATTACHMENTS_KEY is missing/)
  })
})

describe('a folder', () => {
  test('keeps a file for its owner alone, gives it, and forgets it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'moneyback-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const store = storeIn({ DATA_DIR: folder })
    await store.put(id, bytes)
    expect(await store.get(id)).toEqual(bytes)
    const [name] = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith(id))
    expect((await stat(join(folder, name!))).mode & 0o777).toBe(0o600)
    await store.remove(id)
    expect(await store.get(id)).toBeUndefined()
  })

  test.each(['../../etc/passwd', 'att_..', `${id}/..`, `att_${'0A'.repeat(16)}`, ''])(
    'has no place for %j',
    async (name) => {
      await expect(async () => storeIn({ DATA_DIR: '/tmp/none' }).get(name)).rejects.toThrow('names no attachment')
    },
  )
})

import { createHmac } from 'node:crypto'
import { expect } from 'vitest'
import type { Role } from '../src/domain/actor.ts'
import { createStaff } from '../src/http/admin/auth.ts'
import { call, type Answer, type Problem, type World } from './world.ts'

export const password = 'correct horse battery'

export type Client = (<T = Problem>(method: string, path: string, body?: unknown) => Promise<Answer<T>>) & {
  /** Takes over the cookies that an answer has set. */
  cookie: string
}

/** A browser at the console: it keeps cookies, and says where its pages come from. */
export function browserAt({ url }: Pick<World, 'url'>): Client {
  const jar = new Map<string, string>()
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<Answer<T>> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await call<T>(url, method, `/admin/api${path}`, method === 'POST' ? (body ?? {}) : undefined, {
      origin: url,
      ...(cookie && { cookie }),
    })
    for (const line of answer.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0]!.split(/=(.*)/s) as [string, string]
      if (value === '' || /max-age=0/i.test(line)) jar.delete(name)
      else jar.set(name, value)
    }
    return answer
  }
  return Object.defineProperty(ask, 'cookie', {
    get: () => [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
  }) as unknown as Client
}

/** A colleague of this role, just signed in. */
export async function signedIn(
  world: World,
  role: Role,
  name: string = role,
): Promise<{ client: Client; id: string; email: string }> {
  const email = `${name}@example.com`
  const { id } = await createStaff(world.app, { email, name, role, password })
  const client = browserAt(world)
  const { status } = await client('POST', '/auth/sign-in/email', { email, password })
  expect(status).toBe(200)
  return { client, id, email }
}

/** The code that an authenticator app shows (RFC 6238: SHA-1, 30 s, six digits) for a secret in base32. */
export function codeAt(secret: string, at = Date.now()): string {
  const bits = [...secret.replaceAll('=', '')]
    .map((sign) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0'))
    .join('')
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const digest = createHmac('sha1', key).update(counter).digest()
  const start = digest.at(-1)! & 0xf
  return String((digest.readUInt32BE(start) & 0x7fff_ffff) % 1_000_000).padStart(6, '0')
}

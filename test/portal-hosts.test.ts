import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listen, makeServer, type Listening } from '../src/http/server.ts'
import { buildWebWhenStale } from '../scripts/build-web.ts'
import { portalWorld, type PortalWorld } from './portal-world.ts'
import { freePort } from './world.ts'

let world: PortalWorld
let listening: Listening
let port: number

beforeAll(async () => {
  await buildWebWhenStale()
  port = await freePort()
  world = await portalWorld({
    port,
    env: {
      PUBLIC_URL: 'https://desk.example.com',
      PORTAL_URL: 'https://refunds.example.com',
      PORTAL_HOSTS: 'old-refunds.example.com, Refunds.Example.net',
    },
  })
  listening = await listen(makeServer(world.app), { port, host: '127.0.0.1' })
}, 60_000)
afterAll(async () => {
  await listening.close()
  await world.close()
})

/** fetch sets the Host header by itself, so this asks by hand. */
const ask = (host: string, path: string, method = 'GET', headers: Record<string, string> = {}) =>
  new Promise<{ status: number; location: string | undefined; text: string }>((done, failed) => {
    const asking = request({ host: '127.0.0.1', port, path, method, headers: { host, ...headers } }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (part: string) => (text += part))
      answer.on('end', () => done({ status: answer.statusCode!, location: answer.headers.location, text }))
    })
    asking.on('error', failed)
    asking.end()
  })

const pages = ['/portal', '/portal/enter', '/portal/withdrawal', '/portal/look.css', '/policy/en']

describe('the portal answers under its own names', () => {
  test.each([
    'refunds.example.com',
    'REFUNDS.example.com',
    'desk.example.com',
    'old-refunds.example.com',
    'refunds.example.net',
    'localhost:3000',
    '127.0.0.1',
  ])('%s', async (host) => {
    for (const path of ['/portal', '/policy/en', '/portal/look.css'])
      expect((await ask(host, path)).status, path).not.toBe(421)
  })
})

describe('and under no other', () => {
  test.each([
    'evil.example',
    'refunds.example.com.evil.example',
    'evil.example:443',
    'refunds.example.com:8443',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    '10.0.0.1',
  ])('%s', async (host) => {
    for (const path of pages) {
      const { status, text } = await ask(host, path)
      expect(status, path).toBe(421)
      expect(JSON.parse(text).code).toBe('unknown_host')
      expect(text).not.toContain(host)
    }
    const post = await ask(host, '/portal/api/enter', 'POST', {
      origin: `https://${host}`,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/json',
    })
    expect(post.status).toBe(421)
  })
})

test('the customers’ domain begins with the portal and has no console', async () => {
  expect(await ask('refunds.example.com', '/')).toMatchObject({ status: 302, location: '/portal' })
  expect(await ask('desk.example.com', '/')).toMatchObject({ status: 302, location: '/admin' })
  expect((await ask('refunds.example.com', '/admin')).status).toBe(404)
  expect((await ask('old-refunds.example.com', '/admin/queue')).status).toBe(404)
  expect((await ask('refunds.example.com', '/admin/api/auth/sign-in/email', 'POST')).status).toBe(404)
  expect((await ask('desk.example.com', '/admin')).status).toBe(200)
})

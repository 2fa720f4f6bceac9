import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { checkedLookup, post } from './post.ts'
import { isPublicAddress } from './public-address.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
})

async function receiver(listener: RequestListener): Promise<URL> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`)
}
const send = (url: URL) => post(url, { body: '{}', headers: {}, loopback: [url.host] })

test.each([
  '0.0.0.1',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:10.0.0.1',
  '::ffff:7f00:1',
  '64:ff9b::a00:1',
  'fe80::1',
  'fd00::1',
  '2002:7f00:1::',
  '2001:db8::1',
  'no address',
])('%s is not on the internet', (address) => expect(isPublicAddress(address)).toBe(false))

test.each(['1.1.1.1', '172.32.0.1', '192.169.0.1', '::ffff:8.8.8.8', '2606:4700::1111'])(
  '%s is on the internet',
  (address) => expect(isPublicAddress(address)).toBe(true),
)

test('a name is refused when any of its addresses is closed, and what is connected is what was checked', () => {
  const answers = (...found: string[]) =>
    new Promise<string>((done) =>
      checkedLookup((_, answer) =>
        answer(
          null,
          found.map((address) => ({ address, family: 4 })),
        ),
      )('rebinding.example', { all: true }, (error, addresses) =>
        done(error ? error.message : JSON.stringify(addresses)),
      ),
    )
  return Promise.all([
    expect(answers('93.184.216.34', '169.254.169.254')).resolves.toMatch(/not on the internet/),
    expect(answers('127.0.0.1')).resolves.toMatch(/not on the internet/),
    expect(answers()).resolves.toMatch(/not on the internet/),
    expect(answers('93.184.216.34')).resolves.toContain('93.184.216.34'),
  ])
})

test('a name that leads here is not connected to', async () => {
  let called = false
  const near = await receiver((_, answer) => {
    called = true
    answer.end()
  })
  const url = new URL(`https://rebinding.example:${near.port}/`)
  const { status, error } = await post(url, {
    body: '{}',
    headers: {},
    loopback: [],
    resolve: (_, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
  })
  expect([status, error, called]).toEqual([null, expect.stringMatching(/not on the internet/), false])
})

test('a redirect is not followed', async () => {
  let hits = 0
  const url = await receiver((request, answer) => {
    hits++
    answer.writeHead(302, { location: `http://${request.headers.host}/elsewhere` }).end()
  })
  expect(await send(url)).toMatchObject({ status: 302 })
  expect(hits).toBe(1)
})

test('an answer without end is read up to 4 KiB, and then it is over', async () => {
  const url = await receiver((_, answer) => {
    answer.writeHead(200)
    const timer = setInterval(() => answer.write('x'.repeat(1000)), 1)
    answer.once('close', () => clearInterval(timer))
  })
  const { status, response } = await send(url)
  expect([status, response?.length]).toEqual([200, 1024])
})

test('headers of more than 16 KiB are no answer', async () => {
  const url = await receiver((_, answer) => {
    answer.writeHead(200, { 'x-large': 'x'.repeat(20_000) }).end()
  })
  expect(await send(url)).toMatchObject({ status: null, error: expect.stringContaining('HPE_HEADER_OVERFLOW') })
})

test('nobody there is said in words, and nothing is thrown', async () => {
  const url = new URL('http://127.0.0.1:9/')
  expect(await send(url)).toMatchObject({ status: null, error: expect.stringContaining('ECONNREFUSED') })
})

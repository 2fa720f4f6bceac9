import { createHmac } from 'node:crypto'
import { Agent, request } from 'node:http'
import { gzipSync } from 'node:zlib'
import Stripe from 'stripe'
import { expect, test } from 'vitest'
import type { WebhookSecret } from '../src/app.ts'
import { randomFrom } from '../src/demo/history.ts'
import { resolveException } from '../src/flows/resolve-exception.ts'
import { versionWatch } from '../src/flows/watch-version.ts'
import { expectBooksToAgree, openWorld, type World } from './world.ts'

const stripeVersion = Stripe.API_VERSION

const count = Number(process.env['HOSTILE_WEBHOOKS'] ?? 10_000)
const now = (): number => Math.floor(Date.now() / 1000)

const sign = (payload: Buffer | string, secret: string, at = now(), scheme = 'v1'): string =>
  `t=${at},${scheme}=${createHmac('sha256', secret).update(`${at}.`).update(payload).digest('hex')}`

type Post = { readonly body: Buffer; readonly headers: Record<string, string> }
type Make = (event: Buffer, random: () => number) => Post

const signed = (body: Buffer, signature: string, more: Record<string, string> = {}): Post => ({
  body,
  headers: { 'content-type': 'application/json', 'stripe-signature': signature, ...more },
})
const changed = (event: Buffer, change: (event: Record<string, unknown>) => object): Buffer =>
  Buffer.from(JSON.stringify(change(JSON.parse(event.toString('utf8')) as Record<string, unknown>)))

/** Everything that must not be accepted. `secret` is the right one, `ended` was it once. */
const hostile = (secret: string, ended: string): Readonly<Record<string, Make>> => ({
  'no signature': (body) => ({ body, headers: {} }),
  'an empty one': (body) => signed(body, ''),
  'a made up one': (body, random) =>
    signed(body, `t=${now()},v1=${'0123456789abcdef'[Math.floor(random() * 16)]!.repeat(64)}`),
  'another secret': (body) => signed(body, sign(body, 'whsec_somebody_elses')),
  'a secret that has ended': (body) => signed(body, sign(body, ended)),
  'the old scheme alone': (body) => signed(body, sign(body, secret, now(), 'v0')),
  'one byte changed': (body, random) => {
    const altered = Buffer.from(body)
    const at = Math.floor(random() * altered.length)
    altered[at] = altered[at]! ^ 1
    return signed(altered, sign(body, secret))
  },
  'the time changed': (body) => signed(body, sign(body, secret, now() - 400).replace(/t=\d+/, `t=${now()}`)),
  'six minutes old': (body) => signed(body, sign(body, secret, now() - 360)),
  'three days old': (body) => signed(body, sign(body, secret, now() - 259_200)),
  'six minutes ahead': (body) => signed(body, sign(body, secret, now() + 360)),
  'a year ahead': (body) => signed(body, sign(body, secret, now() + 31_536_000)),
  'two times, one of them now': (body) => signed(body, `t=${now()},${sign(body, secret, now() - 360)}`),
  'three thousand signatures, one of them right': (body) =>
    signed(body, `t=${now()}${',v1=0'.repeat(3000)},${sign(body, secret).split(',')[1]}`),
  'another account': (body) => {
    const other = changed(body, (event) => ({ ...event, id: `${String(event['id'])}x`, account: 'acct_other' }))
    return signed(other, sign(other, secret))
  },
  'the other mode': (body) => {
    const other = changed(body, (event) => ({ ...event, id: `${String(event['id'])}y`, livemode: true }))
    return signed(other, sign(other, secret))
  },
  'no event': (_, random) => {
    const body = Buffer.from(
      ['null', '[]', '"evt_1"', '{}', '{"id":7}', '{"id":"evt_1; drop"}', '{"object":"event"'][
        Math.floor(random() * 7)
      ]!,
    )
    return signed(body, sign(body, secret))
  },
  'packed with gzip': (body) => signed(gzipSync(body), sign(body, secret), { 'content-encoding': 'gzip' }),
  'in UTF-16': (body) => signed(Buffer.from(body.toString('utf8'), 'utf16le'), sign(body, secret)),
  'with a byte order mark': (body) =>
    signed(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]), sign(body, secret)),
  'no UTF-8 at all': (_, random) =>
    signed(Buffer.from(Array.from({ length: 99 }, () => Math.floor(random() * 256))), sign('x', secret)),
  'written anew': (body) =>
    signed(
      changed(body, (event) => ({ ...event, data: { object: { id: 're_forged' } } })),
      sign(body, secret),
    ),
})

test(`${count} hostile events: none is accepted that should not be, and none of the genuine is lost`, async () => {
  await using world = await openWorld({ daysAgo: 3 })
  await world.simulator.control('POST', '/_control/faults', { on: 'delivery', effect: { kind: 'drop' }, times: null })
  const bought = await Promise.all(Array.from({ length: 20 }, (_, i) => world.buys({ amount: 2000 + i })))
  await world.daysAgo(0)
  for (const { payment } of bought.slice(0, 10))
    await world.simulator.control('POST', '/_control/refunds', { payment_intent: payment, amount: 500 })
  const genuine = (await eventsOf(world)).map((event) => Buffer.from(JSON.stringify(event)))
  const rolling = 'whsec_rolling'
  const secrets: WebhookSecret[] = [
    { secret: world.webhookSecret },
    { secret: rolling, until: new Date(Date.now() + 3_600_000) },
    { secret: 'whsec_ended', until: new Date(Date.now() - 1000) },
  ]
  Object.assign(world.app, { webhookSecrets: secrets })
  const random = randomFrom(11)
  const makers = Object.entries(hostile(world.webhookSecret, 'whsec_ended'))
  const posts: { name: string; post: Post; accept: boolean }[] = []
  for (let i = 0; i < count; i++) {
    const [name, make] = makers[i % makers.length]!
    posts.push({ name, post: make(genuine[Math.floor(random() * genuine.length)]!, random), accept: false })
  }
  // Too large, three of them: it is the size alone that is refused.
  for (let i = 0; i < 3; i++) {
    const body = Buffer.alloc(1_100_000, ' ')
    posts.push({ name: 'too large', post: signed(body, sign(body, world.webhookSecret)), accept: false })
  }
  // The genuine ones among them: each twice, by the secret in use and by the one that is being rolled out.
  for (const [i, event] of genuine.entries())
    for (const secret of [world.webhookSecret, i % 2 ? rolling : world.webhookSecret])
      posts.splice(Math.floor(random() * posts.length), 0, {
        name: 'genuine',
        post: signed(event, `${sign(event, secret)},v1=${'0'.repeat(64)}`),
        accept: true,
      })
  const wrong = await sendAll(world, posts)
  expect(wrong).toEqual({})
  expect(await world.rows(`select id from stripe_event order by id`)).toEqual(
    genuine
      .map((event) => ({ id: (JSON.parse(event.toString()) as { id: string }).id }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  )
  expect(await world.rows(`select kind from exception`)).toEqual([{ kind: 'webhooks_refused' }])
  await world.settle()
  expect(await world.rows("select distinct status from stripe_event where status not in ('done', 'ignored')")).toEqual(
    [],
  )
  await expectBooksToAgree(world)
}, 180_000)

test('what is signed and of no use here is kept and ignored: a type of tomorrow, a thin event, another version', async () => {
  await using world = await openWorld()
  const { payment } = await world.buys()
  await world.daysAgo(0)
  const known: object = (await eventsOf(world))[0]!
  const bodies: Buffer[] = (
    [
      { ...known, id: 'evt_1', type: 'quantum.refund.entangled' },
      {
        id: 'evt_2',
        object: 'v2.core.event',
        type: 'v1.refund.failed',
        livemode: false,
        created: '2026-11-25T00:00:00Z',
      },
      {
        ...known,
        id: 'evt_3',
        type: 'payment_intent.succeeded',
        api_version: '2019-02-19',
        data: { object: { id: payment } },
      },
      { ...known, id: 'evt_4', data: { object: {} } },
      { ...known, id: 'evt_5', data: null },
    ] as object[]
  ).map((event) => Buffer.from(JSON.stringify(event)))
  expect(
    await sendAll(
      world,
      bodies.map((body) => ({ name: 'kept', post: signed(body, sign(body, world.webhookSecret)), accept: true })),
    ),
  ).toEqual({})
  await world.settle()
  expect(await world.rows(`select id, status from stripe_event where id like 'evt\\__' order by id`)).toEqual([
    { id: 'evt_1', status: 'ignored' },
    { id: 'evt_2', status: 'ignored' },
    { id: 'evt_3', status: 'done' },
    { id: 'evt_4', status: 'ignored' },
    { id: 'evt_5', status: 'ignored' },
  ])
})

test('events of another API version of Stripe’s are kept, looked up in ours, and told to the owner: once', async () => {
  await using world = await openWorld()
  const { payment } = await world.buys()
  await world.daysAgo(0)
  const known: object = (await eventsOf(world))[0]!
  const event = (id: string, api_version: string | null): Post => {
    const object = { ...known, id, type: 'payment_intent.succeeded', api_version, data: { object: { id: payment } } }
    const body = Buffer.from(JSON.stringify(object))
    return signed(body, sign(body, world.webhookSecret))
  }
  const bring = async (...posts: Post[]): Promise<void> => {
    const wrong = await sendAll(
      world,
      posts.map((post) => ({ name: 'kept', post, accept: true })),
    )
    expect(wrong).toEqual({})
  }
  const told = () =>
    world.rows<{ id: string; subject_id: string; owner_role: string; because: string; cure: string }>(
      "select id, subject_id, owner_role, because, cure from exception where kind = 'events_of_another_version' order by opened_at",
    )
  await bring(event('evt_ours', stripeVersion), event('evt_same_name', '2026-09-30.endive'), event('evt_none', null))
  expect(await told()).toEqual([])
  await bring(event('evt_old1', '2019-02-19'))
  await bring(event('evt_old2', '2019-02-19'))
  const [once, ...more] = await told()
  expect([once, more]).toMatchObject([
    {
      subject_id: '2019-02-19',
      owner_role: 'owner',
      because: expect.stringContaining('version 2019-02-19'),
      cure: expect.stringContaining(`the version ${stripeVersion}`),
    },
    [],
  ])
  await resolveException(world.app, { id: once!.id, by: 'staff:1', role: 'owner', note: 'A new endpoint is made.' })
  // Another process has told nothing yet, and knows all the same that it was told.
  await versionWatch(world.app)('2019-02-19')
  expect(await told()).toHaveLength(1)
  await bring(event('evt_next', '2027-03-31.fennel'))
  expect(await told()).toMatchObject([{ subject_id: '2019-02-19' }, { subject_id: 'fennel' }])
  await world.settle()
  expect(await world.rows("select id from stripe_event where id like 'evt\\_old_' and status <> 'done'")).toEqual([])
})

async function eventsOf(world: World): Promise<Stripe.Event[]> {
  const events: Stripe.Event[] = []
  for await (const event of world.stripe.events.list({ limit: 100 })) events.push(event)
  return events
}

/** Sends all over twenty connections that are kept; answers which kinds were answered as they should not be, and how. */
async function sendAll(
  world: World,
  posts: { name: string; post: Post; accept: boolean }[],
): Promise<Record<string, number[]>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 })
  const wrong: Record<string, number[]> = {}
  let next = 0
  const sender = async (): Promise<void> => {
    for (let mine = posts[next++]; mine; mine = posts[next++]) {
      const status = await send(agent, new URL('/webhooks/stripe', world.url), mine.post)
      // A body above the limit may be cut off before there is an answer.
      const right = mine.accept ? status === 200 : [400, 413, 431, 0].includes(status)
      if (!right) (wrong[mine.name] ??= []).push(status)
    }
  }
  await Promise.all(Array.from({ length: 20 }, sender))
  agent.destroy()
  return wrong
}

function send(agent: Agent, url: URL, { body, headers }: Post): Promise<number> {
  return new Promise((done) => {
    const sent = request(
      url,
      { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } },
      (answer) => {
        answer.resume().on('end', () => done(answer.statusCode!))
      },
    )
    sent.on('error', () => done(0)).end(body)
  })
}

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sql } from 'kysely'
import type { BulkItems, BulkPage } from '../src/http/admin/bulk.ts'
import { runBulk } from '../src/flows/bulk/run.ts'
import { workOnce } from '../src/jobs/work.ts'
import { browserAt, signedIn, type Client } from './staff.ts'
import { expectBooksToAgree, openWorld, refundsMade, type Problem, type World } from './world.ts'

type Planned = Omit<BulkPage, 'status'> & {
  status: string | number
  http: number
  code?: string
  field?: string
  detail?: string
}

let world: World
let support: Client
let supportId: string
let approver: Client

beforeAll(async () => {
  world = await openWorld()
}, 60_000)
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(async () => {
  await sql`delete from staff_rate_limit`.execute(world.app.db)
  // A new day: what was approved before does not count against today's limit.
  world.later(24 * 60 * 60)
  await sql`update staff_session set "expiresAt" = "expiresAt" + interval '40 days'`.execute(world.app.db)
  ;({ client: support, id: supportId } = await signedIn(world, 'support'))
  ;({ client: approver } = await signedIn(world, 'approver'))
})

async function requests(count: number, more: object = {}): Promise<string[]> {
  const ids: string[] = []
  for (let n = 0; n < count; n++) {
    const { payment } = await world.subscribes(more)
    await world.settle()
    const { id, status } = await world.ask(payment)
    expect(status).toBe('in_review')
    ids.push(id)
  }
  return ids
}
const page = async (id: string, client = support): Promise<Planned> => {
  const { status: http, body } = await client<Planned>('GET', `/bulk/${id}`)
  return { ...body, http }
}
async function plan(deed: string, ids: readonly string[], more: object = {}, client = support): Promise<Planned> {
  const { status, body } = await client<{ id: string } & Problem>('POST', '/bulk', { deed, requests: ids, ...more })
  return status === 200 ? page(body.id, client) : ({ ...body, http: status } as never)
}
const numbers = ({ sums, deed }: Pick<BulkPage, 'sums' | 'deed'>) => {
  const waiting = sums.filter(({ status }) => status === 'waiting')
  return {
    count: waiting.reduce((all, one) => all + one.count, 0),
    ...(deed === 'approve' && { sums: Object.fromEntries(waiting.map(({ currency, minor }) => [currency, minor])) }),
  }
}
const begin = (bulk: Planned, client = support) =>
  client<{ status: string } & Problem>('POST', `/bulk/${bulk.id}/begin`, numbers(bulk))
const items = async (id: string) => (await support<BulkItems>('GET', `/bulk/${id}/items`)).body.rows
const results = async (id: string) => Object.fromEntries((await items(id)).map((row) => [row.request_id, row.status]))
async function untilOver(id: string): Promise<Planned> {
  for (let round = 0; round < 60; round++) {
    await world.settle()
    const now = await page(id)
    if (now.status === 'done' || now.status === 'canceled') return now
    world.later(1)
  }
  throw new Error('the bulk action does not come to an end')
}
const count = ({ sums }: Pick<BulkPage, 'sums'>, status: string) =>
  sums.filter((one) => one.status === status).reduce((all, one) => all + one.count, 0)

describe('the dry run', () => {
  test('says how many, how much, and who is left out and why; nothing is changed', async () => {
    const [a, b, decided, own] = (await requests(4)) as [string, string, string, string]
    const [large] = (await requests(1, { amount: 20_000 })) as [string]
    await sql`update refund_request set created_by = ${`staff:${supportId}`} where id = ${own}`.execute(world.app.db)
    await support('POST', `/requests/${decided}/deny`, { note: 'No.' })
    const before = await world.rows('select id, status from refund_request order by id')
    const made = await refundsMade(world.stripe)
    const found = await plan('approve', [a, b, decided, own, large, 'rr_unknown', a])
    expect(found.sums.filter(({ status }) => status === 'waiting')).toMatchObject([
      { currency: 'usd', minor: 5800, count: 2 },
    ])
    const why = found.left_out.map(({ because }) => because).join('\n')
    for (const part of [
      'it is denied',
      'You made this request',
      'There is no such request',
      'above your limit of $100.00 for one request',
    ])
      expect(why).toContain(part)
    expect(count(found, 'excluded')).toBe(4)
    expect(await world.rows('select id, status from refund_request order by id')).toEqual(before)
    expect(await refundsMade(world.stripe)).toEqual(made)
  })

  test('the limit of a day counts for the sum: what is above it is left out', async () => {
    const ids = await requests(6, { amount: 9000 })
    const found = await plan('approve', ids)
    expect(numbers(found)).toEqual({ count: 5, sums: { usd: 45_000 } })
    expect(found.left_out[0]?.because).toContain('above your limit of $500.00 for one day')
  })

  test('all that a view of the queue holds, not only what a screen shows', async () => {
    await requests(3)
    const queue = (await support<{ rows: { id: string }[] }>('GET', '/queue?reason=changed_mind')).body.rows.map(
      ({ id }) => id,
    )
    const { status, body } = await support<{ id: string }>('POST', '/bulk', {
      deed: 'assign',
      to: 'me',
      view: { reason: 'changed_mind' },
    })
    expect(status).toBe(200)
    expect((await items(body.id)).map(({ request_id }) => request_id)).toEqual(queue)
  })

  test('what is missing is said with its field', async () => {
    const ids = await requests(1)
    for (const [deed, more, code, field] of [
      ['deny', {}, 'note_missing', 'note'],
      ['handle', { note: 'Paid by hand.' }, 'proof_missing', 'proof'],
      ['snooze', {}, 'time_invalid', 'until'],
      ['snooze', { until: '2020-01-01T00:00:00Z' }, 'time_invalid', 'until'],
      ['assign', {}, 'setting_invalid', 'to'],
      ['assign', { to: 'nobody at all' }, 'colleague_not_found', 'to'],
      ['deny', { note: 'x', template: 'tpl_x' }, 'setting_not_found', undefined],
    ] as const) {
      const body = await plan(deed, ids, more)
      expect([deed, body.code, body.field]).toEqual([deed, code, field])
    }
    expect((await plan('note', [], { note: 'x' })).field).toBe('requests')
    expect(
      (
        await plan(
          'note',
          Array.from({ length: 1001 }, (_, n) => `rr_${n}`),
          { note: 'x' },
        )
      ).detail,
    ).toContain('more than 1,000')
  })
})

describe('the run', () => {
  test('approves each by its own flow: once, with time to undo, told once, and the books agree', async () => {
    const ids = await requests(4)
    const bulk = await plan('approve', ids, { note: 'All at once.' })
    const before = (await refundsMade(world.stripe)).size
    expect((await begin(bulk)).body.status).toBe('running')
    await workOnce(world.app)
    expect((await page(bulk.id)).undoable).toBe(4)
    expect((await refundsMade(world.stripe)).size).toBe(before)
    world.later(11)
    expect(await untilOver(bulk.id)).toMatchObject({ status: 'done', left_out: [] })
    await world.settle()
    expect((await refundsMade(world.stripe)).size).toBe(before + 4)
    for (const id of ids) {
      expect((await world.request(id)).status).toBe('refunded')
      expect(
        await world.rows(`select kind from message where request_id = '${id}' and kind = 'approved'`),
      ).toHaveLength(1)
    }
    await expectBooksToAgree(world)
  })

  test('what a person decided or noted meanwhile is left as it is, with the reason, and the others are done', async () => {
    const [a, noted, denied, b] = (await requests(4)) as [string, string, string, string]
    const bulk = await plan('approve', [a, noted, denied, b])
    await approver('POST', `/requests/${noted}/notes`, { note: 'Wait!' })
    await approver('POST', `/requests/${denied}/deny`, { note: 'No.' })
    await begin(bulk)
    const over = await untilOver(bulk.id)
    expect(await results(bulk.id)).toEqual({ [a]: 'done', [noted]: 'refused', [denied]: 'refused', [b]: 'done' })
    const why = over.left_out.map(({ because }) => because).join('\n')
    expect(why).toContain('approver added a note')
    expect(why).toContain('approver denied it')
    expect((await world.request(noted)).status).toBe('in_review')
  })

  test('25 who begin the same one, and 25 who work on it, refund each once', async () => {
    const ids = await requests(5)
    const bulk = await plan('approve', ids)
    const begun = await Promise.all(Array.from({ length: 25 }, () => begin(bulk)))
    expect(begun.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(new Set(begun.filter(({ status }) => status !== 200).map(({ body }) => body.code))).toEqual(
      new Set(['setting_refused']),
    )
    const before = (await refundsMade(world.stripe)).size
    // Two people decide one of them by hand at the same moment.
    await Promise.all([
      ...Array.from({ length: 25 }, () => runBulk(world.app, bulk.id)),
      approver('POST', `/requests/${ids[4]}/approve`, {}),
    ])
    world.later(11)
    await untilOver(bulk.id)
    await world.settle()
    expect((await refundsMade(world.stripe)).size).toBe(before + 5)
    expect(
      await world.rows(
        `select request_id from decision where verdict = 'approve' and request_id in (${ids.map((id) => `'${id}'`).join(',')})`,
      ),
    ).toHaveLength(5)
    await expectBooksToAgree(world)
  })

  test('planned 25 times under one key it is one', async () => {
    const ids = await requests(1)
    const browser = browserAt(world)
    await browser('POST', '/auth/sign-in/email', { email: 'support@example.com', password: 'correct horse battery' })
    const answers = await Promise.all(
      Array.from({ length: 25 }, async () => {
        const answer = await fetch(`${world.url}/admin/api/bulk`, {
          method: 'POST',
          headers: {
            cookie: browser.cookie,
            origin: world.url,
            'content-type': 'application/json',
            'idempotency-key': 'same',
          },
          body: JSON.stringify({ deed: 'note', note: 'Once.', requests: ids }),
        })
        return (await answer.json()) as { id?: string }
      }),
    )
    expect(new Set(answers.flatMap(({ id }) => id ?? [])).size).toBe(1)
    expect(await world.rows(`select id from bulk where words ->> 'note' = 'Once.'`)).toHaveLength(1)
  })

  test('canceled, what has not begun never will, and what was done stays', async () => {
    const ids = await requests(23)
    const bulk = await plan('note', ids, { note: 'Seen.' })
    await begin(bulk)
    await runBulk(world.app, bulk.id)
    expect((await support('POST', `/bulk/${bulk.id}/cancel`)).status).toBe(200)
    const over = await untilOver(bulk.id)
    expect([count(over, 'done'), count(over, 'canceled')]).toEqual([20, 3])
    await runBulk(world.app, bulk.id)
    expect(
      await world.rows(`select seq from audit where action = 'request.note_added' and detail ->> 'note' = 'Seen.'`),
    ).toHaveLength(20)
    expect((await support('POST', `/bulk/${bulk.id}/cancel`)).body.code).toBe('setting_refused')
  })

  test('undone within ten seconds, nothing is sent; later it is too late', async () => {
    const ids = await requests(3)
    const bulk = await plan('approve', ids)
    await begin(bulk)
    await workOnce(world.app)
    const before = (await refundsMade(world.stripe)).size
    expect((await support('POST', `/bulk/${bulk.id}/undo`)).body).toMatchObject({ undone: 3, too_late: 0 })
    world.later(20)
    await world.settle()
    expect((await refundsMade(world.stripe)).size).toBe(before)
    expect(Object.values(await results(bulk.id))).toEqual(['undone', 'undone', 'undone'])
    const again = await plan('approve', ids)
    await begin(again)
    await untilOver(again.id)
    world.later(20)
    await world.settle()
    expect((await support('POST', `/bulk/${again.id}/undo`)).body).toMatchObject({ undone: 0, too_late: 3 })
    await expectBooksToAgree(world)
  })

  test('what needs two people waits for the second, each with its own', async () => {
    const ids = await requests(2)
    await sql`alter table decision disable trigger decision_is_append_only`.execute(world.app.db)
    await sql`update decision set explanation = jsonb_set(explanation, '{approvers}', '{"role": "support", "count": 2}')
      where by = 'policy' and request_id = any(${ids})`.execute(world.app.db)
    await sql`alter table decision enable trigger decision_is_append_only`.execute(world.app.db)
    const bulk = await plan('approve', ids)
    expect(bulk.second_person).toBe(2)
    await begin(bulk)
    await untilOver(bulk.id)
    for (const id of ids) expect((await world.request(id)).status).toBe('in_review')
    const mine = await plan('approve', ids)
    expect(mine.left_out[0]?.because).toContain('You have approved this already')
    await sql`update staff set role_since = now() - interval '9 days', "createdAt" = now() - interval '9 days'`.execute(
      world.app.db,
    )
    const second = await plan('approve', ids, {}, approver)
    expect((await begin(second, approver)).status).toBe(200)
    world.later(11)
    await untilOver(second.id)
    world.later(11)
    await world.settle()
    for (const id of ids) expect((await world.request(id)).status).toBe('refunded')
    await expectBooksToAgree(world)
  })

  test('denies with a reply in each customer’s language, assigns, snoozes and marks as handled', async () => {
    const [a, b] = (await requests(2)) as [string, string]
    await sql`update refund_request set locale = 'de' where id = ${b}`.execute(world.app.db)
    const { body } = await world.api<{ id: string }>('GET', '/v1/refund_requests')
    expect(body).toBeTruthy()
    const { id: template } =
      (
        await world.rows<{ id: string }>(`select id from reply_template where use = 'deny' order by position limit 1`)
      )[0] ?? {}
    const denied = await plan('deny', [a, b], { note: 'Too late.', ...(template && { template }) })
    await begin(denied)
    await untilOver(denied.id)
    for (const id of [a, b]) expect((await world.request(id)).status).toBe('denied')
    if (template) {
      const told = await world.rows<{ reply: string }>(
        `select reply from decision where verdict = 'deny' and request_id in ('${a}', '${b}') order by request_id`,
      )
      expect(new Set(told.map(({ reply }) => reply)).size).toBe(2)
    }
    const rest = await requests(2)
    const until = new Date(world.app.now().getTime() + 86_400_000).toISOString()
    for (const [deed, more] of [
      ['assign', { to: 'me' }],
      ['snooze', { until }],
      ['handle', { note: 'By transfer.', proof: 'TX-1' }],
    ] as const) {
      const bulk = await plan(deed, rest, more)
      await begin(bulk)
      expect(Object.values((await untilOver(bulk.id), await results(bulk.id)))).toEqual(['done', 'done'])
    }
    expect(
      await world.rows(
        `select status from refund_request where id in ('${rest.join("','")}') and assignee = 'staff:${supportId}'`,
      ),
    ).toEqual([{ status: 'handled' }, { status: 'handled' }])
  })
})

describe('who may', () => {
  test('count and sum have to be given as they are, by whoever planned it, who has shown that it is them', async () => {
    const ids = await requests(2)
    const bulk = await plan('approve', ids)
    for (const typed of [{ count: 3, sums: { usd: 5800 } }, { count: 2, sums: { usd: 5801 } }, { count: 2 }]) {
      const { status, body } = await support('POST', `/bulk/${bulk.id}/begin`, typed)
      expect([status, body.field]).toEqual([422, 'count'])
    }
    expect((await begin(bulk, approver)).body.code).toBe('setting_refused')
    await sql`update staff_session set "createdAt" = now() - interval '10 minutes', stepped_up_at = null`.execute(
      world.app.db,
    )
    expect((await begin(bulk)).body.code).toBe('step_up_needed')
    const note = await plan('note', ids, { note: 'No money, no proof.' })
    expect((await begin(note)).status).toBe(200)
    expect((await page(bulk.id)).status).toBe('draft')
  })

  test('a viewer plans nothing, and whoever has left does nothing more', async () => {
    const { client: viewer } = await signedIn(world, 'viewer')
    const ids = await requests(2)
    expect((await viewer('POST', '/bulk', { deed: 'note', note: 'x', requests: ids })).body.code).toBe('role_too_low')
    const bulk = await plan('approve', ids)
    await begin(bulk)
    await sql`update staff set state = 'deactivated' where id = ${supportId}`.execute(world.app.db)
    await runBulk(world.app, bulk.id)
    await sql`update staff set state = 'active' where id = ${supportId}`.execute(world.app.db)
    expect(Object.values(await results(bulk.id))).toEqual(['refused', 'refused'])
    for (const id of ids) expect((await world.request(id)).status).toBe('in_review')
  })
})

test('a program does the same over the API, and the result is a file that no spreadsheet runs', async () => {
  const ids = await requests(3)
  await support('POST', `/requests/${ids[2]}/deny`, { note: '=1+1' })
  const made = await world.api<{ id: string; totals: { status: string; count: number; amount_minor: number }[] }>(
    'POST',
    '/v1/bulk_actions',
    {
      deed: 'approve',
      requests: ids,
    },
  )
  expect([made.status, made.body.totals]).toEqual([
    201,
    [
      { status: 'excluded', currency: 'usd', count: 1, amount_minor: 0 },
      { status: 'waiting', currency: 'usd', count: 2, amount_minor: 5800 },
    ],
  ])
  const { id } = made.body
  expect((await world.api('POST', `/v1/bulk_actions/${id}/begin`, { count: 2, sums: { usd: 5800 } })).status).toBe(200)
  await untilOver(id)
  const { body } = await world.api<{ data: { result: string }[]; next_cursor: string | null }>(
    'GET',
    `/v1/bulk_actions/${id}/results?limit=2`,
  )
  expect([body.data.map(({ result }) => result), body.next_cursor]).toEqual([['done', 'done'], '2'])
  expect(
    (await world.api<{ data: { result: string }[] }>('GET', `/v1/bulk_actions/${id}/results?cursor=2`)).body.data,
  ).toMatchObject([{ result: 'excluded' }])
  expect((await world.api('POST', `/v1/bulk_actions/${id}/cancel`)).status).toBe(409)
  expect((await world.api('GET', '/v1/bulk_actions/blk_none')).status).toBe(404)
  const file = await fetch(`${world.url}/admin/api/bulk/${id}/result.csv`, { headers: { cookie: support.cookie } })
  const csv = await file.text()
  expect(csv).toContain(`,29.00,USD,done,`)
  expect(csv).toContain(`/admin/requests/${ids[0]}`)
})

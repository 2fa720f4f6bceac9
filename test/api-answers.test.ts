import { readFile } from 'node:fs/promises'
import type { z } from 'zod'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishPolicy } from '../src/flows/publish-policy.ts'
import * as schemas from '../src/http/api/schemas.ts'
import { openWorld, type Bought, type World } from './world.ts'

let world: World
let bought: Bought

beforeAll(async () => {
  world = await openWorld()
  bought = await world.buys()
  await world.settle()
}, 60_000)
afterAll(() => world[Symbol.asyncDispose]())

async function publish(source: string): Promise<void> {
  const by = 'staff:olivia'
  const published = await publishPolicy(world.app, { source, comment: 'For this test', by, role: 'owner' })
  if (!published.ok) throw new Error(JSON.stringify(published.no))
}

const policy = (rules: string, rest = ''): string => `policy: P\nrules:\n${rules}otherwise: { then: deny }\n${rest}`

/** The description keeps all of the answer: it has no field that the description lacks, and lacks none that it has. */
function expectDescribed(schema: z.ZodType, answer: unknown): void {
  expect(schema.parse(answer)).toEqual(answer)
}

const ask = async (): Promise<Record<string, unknown>> => {
  const { status, body } = await world.api<Record<string, unknown>>('POST', '/v1/decisions', {
    payment: bought.payment,
    reason: 'changed_mind',
  })
  expect(status).toBe(200)
  expectDescribed(schemas.Answer, body)
  return body
}

test('a decision has what the description of the API says: with a change that would help, and who decides', async () => {
  await publish(
    policy(
      '  - { id: big, when: [payment.age <= days(3)], then: approve }\n  - { id: odd, when: [payment.age <= days(30)], then: review, approvers: { role: finance, count: 2 } }\n',
    ),
  )
  expect(await ask()).toMatchObject({
    verdict: 'review',
    approvers: { role: 'finance', count: 2 },
    counterfactual: { fact: 'payment.age', for_customer: { de: expect.any(String) } },
    for_customer: { en: [expect.any(String)], de: [expect.any(String)] },
    beside: null,
    charge_minor: null,
  })
})

test('a formula that comes to a charge says it in minor units', async () => {
  await publish(
    policy(
      `  - { id: r, when: [payment.age >= days(0)], then: approve, amount: 'payment.amount - money(60, "usd")' }\n`,
    ),
  )
  expect(await ask()).toMatchObject({ verdict: 'review', amount_minor: 0, charge_minor: 1100 })
})

test('the answer that stood back for the law stands beside it, with its amount in minor units', async () => {
  await publish(
    policy(
      '  - { id: short, when: [payment.age <= days(3)], then: approve }\n',
      'rights:\n  - { id: withdrawal, when: [payment.age <= days(14)], then: approve }\n',
    ),
  )
  expect(await ask()).toMatchObject({
    rule: 'withdrawal',
    beside: { by: 'policy', verdict: 'deny', amount_minor: 0, sentence: expect.any(String) },
    approvers: null,
  })
})

test('a request is described as it is answered: new, decided, paid and in a list', async () => {
  await publish(await readFile(new URL('./policy.yaml', import.meta.url), 'utf8'))
  const { id } = await world.ask(bought.payment)
  expectDescribed(schemas.RefundRequest, await world.request(id))
  await world.settle()
  const paid = await world.request(id)
  expect(paid.status).toBe('refunded')
  expectDescribed(schemas.RefundRequest, paid)
  const denied = await world.ask((await world.subscribes()).payment)
  expect(denied.status).toBe('in_review')
  expectDescribed(schemas.RefundRequest, denied)
  const { body: payment } = await world.api<Record<string, unknown>>('GET', `/v1/payments/${bought.payment}`)
  expectDescribed(schemas.Payment, payment)
})

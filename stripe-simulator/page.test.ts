import { expect, test } from 'vitest'
import { setup } from './test/setup.ts'

const shown = async (url: string, query = '') => {
  const response = await fetch(`${url}/${query}`)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

test('every view shows its books, and names are text and never markup', async () => {
  await using bench = await setup()
  const name = '<img src=x onerror=alert(1)>'
  const customer = await bench.stripe.customers.create({ email: `${name}@example.com` })
  const { id } = await bench.pay(26_023, 'pm_card_visa', { customer: customer.id, description: name })
  const refund = await bench.stripe.refunds.create({
    payment_intent: id,
    amount: 900,
    metadata: { ['"><i>']: name },
  })
  const disputed = await bench.pay(6000, 'pm_card_createDispute')
  const [event] = (await bench.stripe.events.list({ type: 'refund.created' })).data
  const views = {
    '': '$260.23',
    '?view=payments': '$60.00',
    [`?view=payment&id=${id}`]: '$9.00',
    '?view=refunds': refund.id,
    [`?view=refund&id=${refund.id}`]: 'Make it bounce',
    '?view=disputes': disputed.id,
    '?view=events': 'charge.dispute.created',
    [`?view=event&id=${event?.id}`]: 'Send it again',
    '?view=requests': '/v1/refunds',
    '?view=network': 'Lose the answer',
    '?view=access': 'Simulated Shop',
    '?view=nonsense&page=-4': 'Latest payments',
  }
  for (const [query, text] of Object.entries(views)) {
    const page = await shown(bench.simulator.url, query)
    expect([query, page.status]).toEqual([query, 200])
    expect(page.text).toContain(text)
    expect(page.text).not.toContain('<img')
    expect(page.text).not.toContain('"><i>')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  }
})

test('each button names a control operation that takes its fields', async () => {
  await using bench = await setup()
  const { id } = await bench.pay(5000)
  await bench.pay(6000, 'pm_card_createDisputeInquiry')
  const { text } = await shown(bench.simulator.url, `?view=payment&id=${id}`)
  const more = (
    await Promise.all(['?view=network', '?view=disputes'].map((query) => shown(bench.simulator.url, query)))
  )
    .map((page) => page.text)
    .join('')
  const unescape = (value: string) => value.replaceAll('&quot;', '"').replaceAll('&amp;', '&')
  const buttons = [...(text + more).matchAll(/data-path="([^"]+)"\s+data-method="(\w+)"\s+data-fields="([^"]*)"/g)].map(
    ([, path = '', method = '', fields = '']) => ({
      path,
      method,
      fields: JSON.parse(unescape(fields)) as object,
    }),
  )
  expect(buttons.length).toBeGreaterThan(15)
  const refusals: string[] = []
  for (const { path, method, fields } of buttons) {
    const response = await fetch(`${bench.simulator.url}${path}`, { method, body: JSON.stringify(fields) })
    // A dispute that an earlier button ended cannot be ended again; anything else must be taken.
    if (!response.ok && !path.startsWith('/_control/disputes/')) refusals.push(`${path} ${await response.text()}`)
  }
  expect(refusals).toEqual([])
})

test('another website cannot press the buttons', async () => {
  await using bench = await setup()
  const press = (origin: string) =>
    fetch(`${bench.simulator.url}/_control/clock`, {
      method: 'POST',
      headers: { origin },
      body: '{"advance":"1d"}',
    })
  expect((await press('https://evil.example')).status).toBe(403)
  expect((await press(bench.simulator.url)).status).toBe(200)
})

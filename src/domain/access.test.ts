import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accessOf, type Purchase } from './access.ts'

const now = new Date('2026-03-02T09:00:00Z')
const at = (hours: number): Date => new Date(now.getTime() + hours * 3_600_000)

const purchase = fc.record({
  product: fc.constantFrom('prod_a', 'prod_b', null),
  from: fc.integer({ min: -50, max: 20 }),
  lasts: fc.option(fc.integer({ min: 1, max: 60 })),
  refunded: fc.boolean(),
})
const purchases = fc.array(purchase, { maxLength: 8 }).map((all) =>
  all.map(({ product, from, lasts, refunded }, i): Purchase => ({
    payment: `pay_${i}`,
    product,
    product_name: product ?? 'Guide',
    from: at(from),
    until: lasts === null ? null : at(from + lasts),
    ended_by: refunded ? [{ refund: `rf_${i}`, at: now }] : [],
  })),
)

const covers = ({ from, until, ended_by }: Purchase): boolean =>
  ended_by.length === 0 && from <= now && (until === null || now < until)
const keyOf = ({ product, product_name }: { product: string | null; product_name: string }): string =>
  product ?? product_name

test('whoever has an unrefunded payment that covers this moment has access, and nobody else', () => {
  fc.assert(
    fc.property(purchases, (all) => {
      const answers = accessOf(all, now)
      expect(new Set(answers.map(keyOf))).toEqual(new Set(all.map(keyOf)))
      for (const answer of answers)
        expect(answer.access).toBe(all.some((each) => keyOf(each) === keyOf(answer) && covers(each)))
    }),
  )
})

test('access lasts as long as the payment that lasts longest', () => {
  fc.assert(
    fc.property(purchases, (all) => {
      for (const answer of accessOf(all, now).filter(({ access }) => access)) {
        const ends = all
          .filter((each) => keyOf(each) === keyOf(answer) && covers(each))
          .map(({ until }) => until?.getTime() ?? Infinity)
        expect(answer.until?.getTime() ?? Infinity).toBe(Math.max(...ends))
      }
    }),
  )
})

test('a refund that bounced gives back exactly what it took', () => {
  fc.assert(
    fc.property(purchases, fc.nat(), (all, pick) => {
      if (all.length === 0) return
      const i = pick % all.length
      const whole = all.map((each) => ({ ...each, ended_by: [] }))
      const bounced = whole
        .map((each, j) => (j === i ? { ...each, ended_by: [{ refund: 'rf', at: now }] } : each))
        .map((each) => ({ ...each, ended_by: [] }))
      expect(accessOf(bounced, now)).toEqual(accessOf(whole, now))
    }),
  )
})

test('a refund of one payment never takes away another product', () => {
  fc.assert(
    fc.property(purchases, fc.nat(), (all, pick) => {
      if (all.length === 0) return
      const refunded = all[pick % all.length]!
      const after = all.map((each) => (each === refunded ? { ...each, ended_by: [{ refund: 'rf', at: now }] } : each))
      const others = (list: readonly Purchase[]) =>
        accessOf(list, now).filter((answer) => keyOf(answer) !== keyOf(refunded))
      expect(others(after)).toEqual(others(all))
    }),
  )
})

test('the end of a period is its first moment without access', () => {
  const month: Purchase = {
    payment: 'pay_1',
    product: 'prod_a',
    product_name: 'A',
    from: at(-24),
    until: now,
    ended_by: [],
  }
  expect(accessOf([month], now)[0]).toMatchObject({ access: false, until: null, because: 'The paid period is over.' })
  expect(accessOf([month], at(-0.001))[0]).toMatchObject({ access: true, until: now })
})

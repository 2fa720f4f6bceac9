import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decimals, format, least, money, shareRoundedDown, step, toDecimal } from './money.ts'

const currencies = ['usd', 'eur', 'jpy', 'isk', 'ugx', 'bhd', 'kwd', 'clp']
const anyAmount = fc.record({ minor: fc.nat({ max: 9_000_000_000_000 }), currency: fc.constantFrom(...currencies) })

describe('a share', () => {
  const shares = fc.record({
    of: anyAmount,
    whole: fc.integer({ min: 1, max: 100_000 }),
    part: fc.nat({ max: 100_000 }),
  })

  test('is never more than the whole, payable in its currency, and less than one step away from exact', () => {
    fc.assert(
      fc.property(shares, ({ of, whole, part: any }) => {
        const part = Math.min(any, whole)
        const { minor, currency } = shareRoundedDown(of, part, whole)
        const exact = BigInt(of.minor) * BigInt(part)
        expect(currency).toBe(of.currency)
        expect(minor % step(currency)).toBe(0)
        expect(BigInt(minor) * BigInt(whole) <= exact).toBe(true)
        expect(exact - BigInt(minor) * BigInt(whole) < BigInt(step(currency)) * BigInt(whole)).toBe(true)
      }),
    )
  })

  test('and the rest together are never more than the whole', () => {
    fc.assert(
      fc.property(shares, ({ of, whole, part: any }) => {
        const part = Math.min(any, whole)
        expect(
          shareRoundedDown(of, part, whole).minor + shareRoundedDown(of, whole - part, whole).minor,
        ).toBeLessThanOrEqual(of.minor)
      }),
    )
  })

  test('of a half of 9.99 is 4.99', () => {
    expect(shareRoundedDown(money(999, 'usd'), 1, 2)).toEqual(money(499, 'usd'))
  })
})

test('the decimal text says the amount exactly', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.constantFrom(...currencies), (minor, currency) => {
      const text = toDecimal(money(minor, currency))
      const [, fraction = ''] = text.split('.')
      expect(fraction).toHaveLength(decimals(currency))
      expect(BigInt(text.replace('.', ''))).toBe(BigInt(minor))
    }),
  )
})

test.each([
  [4900, 'usd', 'en', '$49.00'],
  [4900, 'eur', 'de', '49,00 €'],
  [4900, 'jpy', 'en', '¥4,900'],
  [500, 'isk', 'en', 'ISK 5'],
  [1230, 'bhd', 'en', 'BHD 1.230'],
  [5, 'usd', 'en', '$0.05'],
  [9007199254740991, 'usd', 'en', '$90,071,992,547,409.91'],
])('%i %s is shown in %s as %s', (minor, currency, locale, shown) => {
  expect(format(money(minor, currency), locale).replaceAll('\u00a0', ' ')).toBe(shown)
})

test.each([
  [1.5, 'usd'],
  [Number.NaN, 'usd'],
  [2 ** 53, 'usd'],
  [Infinity, 'usd'],
  [1, 'USD'],
  [1, 'us'],
  [1, ''],
])('%s %s is no amount', (minor, currency) => {
  expect(() => money(minor, currency)).toThrow(RangeError)
})

test('the smaller of two amounts is one of them, and two currencies are not compared', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (a, b) => {
      expect(least(money(a, 'usd'), money(b, 'usd')).minor).toBe(Math.min(a, b))
    }),
  )
  expect(() => least(money(1, 'usd'), money(1, 'eur'))).toThrow(RangeError)
})

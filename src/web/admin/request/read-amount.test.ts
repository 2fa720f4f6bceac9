import { describe, expect, test } from 'vitest'
import { readAmount } from './read-amount.ts'

describe('an amount as people type it', () => {
  test.each([
    ['49', 'usd', 4900],
    ['49.00', 'usd', 4900],
    ['49,00', 'eur', 4900],
    ['1.234,56', 'eur', 123_456],
    ['1,234.56', 'usd', 123_456],
    ['€ 49,00', 'eur', 4900],
    ['49,5', 'eur', 4950],
    ['4,900', 'jpy', undefined],
    ['4900', 'jpy', 4900],
    ['1.234', 'eur', undefined],
    ['1,234,567', 'usd', 123_456_700],
    ['-5', 'usd', undefined],
    ['0', 'usd', undefined],
    ['abc', 'usd', undefined],
    ['', 'usd', undefined],
    ['1.2345', 'usd', undefined],
    ['4.9', 'jpy', undefined],
    ['1e3', 'usd', undefined],
  ] as const)('%s in %s', (text, currency, minor) => {
    const read = readAmount(text, currency, 1_000_000_000)
    expect(read.ok ? read.minor : undefined).toBe(minor)
  })

  test('more than is left is refused with what is left', () => {
    expect(readAmount('50', 'usd', 4900)).toEqual({ ok: false, because: 'Only $49.00 is left to refund.' })
  })
})

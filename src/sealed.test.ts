import { expect, test } from 'vitest'
import { seal, unseal } from './sealed.ts'

const of = { purpose: 'stripe key', account: 'acct_1', id: 'one' }
const secret = 'an installation’s secret of some length'

test('what was sealed is opened with the same secret for the same row, and only there', () => {
  const sealed = seal(secret, 'rk_test_abc', of)
  expect(sealed).not.toContain('rk_test')
  expect(unseal(secret, sealed, of)).toBe('rk_test_abc')
  expect(unseal(`${secret}!`, sealed, of)).toBeUndefined()
  for (const other of [
    { ...of, id: 'two' },
    { ...of, account: 'acct_2' },
    { ...of, purpose: 'webhook secret' },
  ])
    expect(unseal(secret, sealed, other)).toBeUndefined()
})

test('a sealed text that was changed, cut or is none is not opened', () => {
  const sealed = seal(secret, 'rk_test_abc', of)
  const flipped = sealed.replace(/\.(.)/, (_, sign: string) => `.${sign === 'A' ? 'B' : 'A'}`)
  for (const wrong of [flipped, sealed.slice(0, -4), 'v1.a.b', 'rk_test_abc', ''])
    expect(unseal(secret, wrong, of)).toBeUndefined()
})

test('the same text is sealed differently each time', () => {
  expect(seal(secret, 'x', of)).not.toBe(seal(secret, 'x', of))
})

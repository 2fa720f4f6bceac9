import { expect, test } from 'vitest'
import { wayForInvoice } from './invoice-way.ts'

test.each([
  ['a payment without an invoice has no way', null, [], 'credit_note', null],
  ['the first refund follows the account', 'in_1', [], 'credit_note', 'credit_note'],
  ['later ones follow the first', 'in_1', ['credit_note', 'refund'], 'refund', 'credit_note'],
  ['one made in Stripe was a plain refund', 'in_1', [null], 'credit_note', 'refund'],
] as const)('%s', (_, invoice, earlier, wanted, way) => expect(wayForInvoice(invoice, earlier, wanted)).toBe(way))

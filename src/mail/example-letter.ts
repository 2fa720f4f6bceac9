import type { Letter } from './letter.ts'
import { writeLetter, type Told } from './write-letter.ts'
import type { Occasion } from './words/words.ts'

const day = 24 * 60 * 60 * 1000
const refund = { amount_minor: 4900, currency: 'eur' }

/** A letter with made-up content, so that it can be looked at before anybody gets one. */
export function exampleLetter(
  occasion: Occasion,
  locale: string,
  { shop, now, own = {} }: { shop: string; now: Date; own?: Readonly<Record<string, string>> },
): Letter {
  const at = (days: number): Date => new Date(now.getTime() + days * day)
  const payment = {
    description: 'Studio',
    captured_minor: 4900,
    currency: 'eur',
    card_brand: 'visa',
    card_last4: '4242',
  }
  const more: Partial<Record<Occasion, Partial<Told>>> = {
    in_review: { due_at: at(1) },
    question: { due_at: at(7), quote: 'Could you send us a screenshot of what you see?' },
    approved: { refund },
    refunded: { refund, reference: '74208086094005511423018', expected: { from: at(7), to: at(14) } },
    needs_bank_details: { refund },
    failed: { refund },
    bounced: { refund },
    access_ends: { until: at(20) },
    handled: { say: 'We have paid the money back by bank transfer.' },
  }
  const plain: Partial<Record<Occasion, Told>> = {
    sign_in: { shop },
    withdrawal_received: {
      shop,
      received_at: now,
      name: 'Ada',
      contract: 'Studio, INV-0042',
      email: 'ada@example.com',
      quote: 'Studio, INV-0042\n\nAda\nada@example.com',
    },
  }
  return writeLetter(occasion, locale, plain[occasion] ?? { shop, payment, ...more[occasion] }, own)
}

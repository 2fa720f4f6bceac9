import { describe, expect, test } from 'vitest'
import { languageCodes } from '../domain/languages.ts'
import { htmlOf, textOf } from './draw-letter.ts'
import type { Brand } from './letter.ts'
import { readBounce } from './read-bounce.ts'
import { mailWords } from './words.ts'
import { occasions } from './words/words.ts'
import { writeLetter, type Told } from './write-letter.ts'

const brand: Brand = { name: 'Acme', accent: '#1f6f54', onAccent: '#ffffff', logo: null }
const told: Told = {
  shop: 'Acme',
  payment: { description: 'Studio', captured_minor: 4900, currency: 'eur', card_brand: 'visa', card_last4: '4242' },
  refund: { amount_minor: 4900, currency: 'eur' },
  due_at: new Date('2026-03-05T12:00:00Z'),
  until: new Date('2026-04-01T00:00:00Z'),
  received_at: new Date('2026-03-04T12:00:00Z'),
  expected: { from: new Date('2026-03-11T00:00:00Z'), to: new Date('2026-03-18T00:00:00Z') },
}
const blanks = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([blank]) => blank).sort()

describe.each(languageCodes)('in %s', (language) => {
  test.each(occasions)(
    'the letter "%s" says all that it says in English, with every blank filled',
    async (occasion) => {
      const [theirs, english] = [mailWords[language].letters[occasion], mailWords.en.letters[occasion]]
      expect(blanks(theirs.subject)).toEqual(blanks(english.subject))
      expect(new Set(blanks(theirs.body))).toEqual(new Set(blanks(english.body)))
      if (language !== 'en') expect(theirs.body).not.toBe(english.body)
      const letter = writeLetter(occasion, language, told)
      const html = await htmlOf(letter, brand, 'https://refunds.example.com/portal/enter#t=x')
      const text = textOf(letter, brand, 'https://refunds.example.com/portal/enter#t=x')
      expect(`${letter.subject}${html}${text}`).not.toMatch(/\{\w+\}|undefined|\bnull\b|NaN|\[object/)
      expect(html).toContain(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`)
    },
  )
})

test('nothing in a letter is fetched from anywhere', async () => {
  for (const occasion of occasions) {
    const html = await htmlOf(
      writeLetter(occasion, 'en', told),
      { ...brand, logo: { type: 'image/png', bytes: new Uint8Array() } },
      'https://a.example/',
    )
    expect([...html.matchAll(/(?:src|background)="([^"]*)"/g)].map(([, from]) => from)).toEqual(['cid:logo@moneyback'])
    expect(html).not.toMatch(/url\(|@import|<script|<link|<form/i)
  }
})

test.each([
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</style><svg onload=alert(1)>',
  '<!--[if mso]><b>',
  '&lt;b&gt;',
])('what somebody wrote stays text: %s', async (evil) => {
  const letter = writeLetter('question', 'en', {
    ...told,
    say: evil,
    quote: evil,
    payment: { ...told.payment!, description: evil },
  })
  const html = await htmlOf(letter, { ...brand, name: evil }, 'https://a.example/')
  expect(html).not.toContain(evil)
  expect(html.match(/<script|<svg|onerror=alert\(1\)>/g)).toBeNull()
})

test('a subject is one line, whatever it is made of', () => {
  const { subject } = writeLetter('sign_in', 'en', { shop: 'Acme\r\nBcc: x@example.com' })
  expect(subject).toBe('Your link to Acme Bcc: x@example.com')
})

test('a refund that was sent names the amount and when it is expected', () => {
  const { subject, facts } = writeLetter('refunded', 'de-AT', told)
  expect(subject).toMatch(/^Ihre Erstattung über €\s49,00 ist unterwegs$/)
  expect(facts).toContainEqual(['Erwartet', expect.stringMatching(/^11\.\s?–\s?18\. März 2026$/)])
})

describe('a delivery report', () => {
  const id = `msg_${'0a'.repeat(16)}`
  const report = (lines: string) => readBounce(`To: bounces+${id}@acme.example\r\n\r\n${lines}`)
  test.each([
    ['Action: failed\r\nStatus: 5.1.1', true, 'status 5.1.1'],
    ['Action: FAILED\r\nDiagnostic-Code: smtp; 550 5.1.1\r\n\tno such user', true, '550 5.1.1 no such user'],
    ['Action: delayed\r\nStatus: 4.4.1', false, 'status 4.4.1'],
    ['Status: 5.0.0', true, 'status 5.0.0'],
    ['Status: 2.0.0', false, 'status 2.0.0'],
  ])('%j', (lines, failed, because) => {
    expect(report(lines)).toEqual({ message: id, failed, because })
  })
  test('is known by the Message-ID of the mail that came back', () => {
    expect(readBounce(`Action: failed\n\nMessage-ID: <${id}@refunds.example.com>`)?.message).toBe(id)
  })
  test.each(['', 'Action: failed', `To: bounces+${id}@acme.example\n\nI am on holiday.`])('is not %j', (text) => {
    expect(readBounce(text)).toBeUndefined()
  })
})

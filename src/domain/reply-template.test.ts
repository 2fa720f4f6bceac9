import { expect, test } from 'vitest'
import { fillReply, firstReplies, inLanguage, wrongInReply } from './reply-template.ts'

test('values are put in, and what is not known is said by the words behind its bar', () => {
  expect(fillReply('Hello {name|there}, {amount}.', { amount: '$5.00' })).toBe('Hello there, $5.00.')
  expect(fillReply('Hello {name|there}.', { name: 'Ada {amount}' })).toBe('Hello Ada {amount}.')
})

test('what is not known and has no other words leaves no hole', () => {
  expect(fillReply('Thank you {name}, bye.', {})).toBe('Thank you, bye.')
})

test('a value that does not exist is named, with those that do', () => {
  expect(wrongInReply('Hi {nane}')).toMatch(/\{nane\} is not a value.*\{name\}/)
  expect(wrongInReply('Hi {name')).toMatch(/brace/)
  expect(wrongInReply('Hi {name|you}')).toBeUndefined()
})

test('the customer’s language is taken, else its main language, else English', () => {
  const words = { en: 'Hello', de: 'Hallo' }
  expect(inLanguage(words, 'de-AT')).toEqual({ language: 'de', text: 'Hallo' })
  expect(inLanguage(words, 'fr')).toEqual({ language: 'en', text: 'Hello' })
  expect(inLanguage({ fr: 'Bonjour' }, 'de')).toEqual({ language: 'fr', text: 'Bonjour' })
})

test('the replies that an installation begins with have nothing wrong', () => {
  for (const { words } of firstReplies)
    for (const text of Object.values(words)) expect(wrongInReply(text)).toBeUndefined()
})

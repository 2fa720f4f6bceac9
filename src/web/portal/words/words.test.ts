import { expect, test } from 'vitest'
import { languageCodes, languageFor, type Language } from '../../../domain/languages.ts'
import { counted, fill } from './fill.ts'
import type { Words } from './words.ts'

const load = async (language: Language) => ((await import(`../words/${language}.ts`)) as { words: Words }).words

/** Every sentence under its path; the forms of a counted one under one path. */
function sentences(words: object, path = ''): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const [key, value] of Object.entries(words) as [string, string | object][]) {
    const at = path === '' ? key : `${path}.${key}`
    if (typeof value === 'string') found.set(at, [value])
    else if (Object.hasOwn(value, 'other') && at !== 'arrival') found.set(at, Object.values(value) as string[])
    else for (const [inner, texts] of sentences(value, at)) found.set(inner, texts)
  }
  return found
}

const blanks = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort()

test.each(languageCodes)(
  '%s says everything that English says, with the same blanks and nothing empty',
  async (language) => {
    const [english, theirs] = [sentences(await load('en')), sentences(await load(language))]
    expect([...theirs.keys()].sort()).toEqual([...english.keys()].sort())
    for (const [path, texts] of theirs) {
      const allowed = new Set(english.get(path)!.flatMap(blanks))
      for (const text of texts) {
        expect(text.trim(), path).not.toBe('')
        expect(
          blanks(text).filter((name) => !allowed.has(name)),
          `${path}: ${text}`,
        ).toEqual([])
      }
    }
  },
)

test.each(languageCodes.filter((code) => code !== 'en'))('%s leaves no sentence in English', async (language) => {
  const [english, theirs] = [sentences(await load('en')), sentences(await load(language))]
  const same = [...theirs].filter(([path, [text]]) => text === english.get(path)![0] && text!.length > 12)
  expect(same).toEqual([])
})

test('each language counts by its own forms', async () => {
  const left = async (language: Language, days: number) =>
    counted((await load(language)).badges.refundable_days, { language, locale: language }, { days }, { until: 'X' })
  expect(await left('en', 1)).toBe('Refundable until X (1 day left)')
  expect(await left('en', 2)).toBe('Refundable until X (2 days left)')
  expect(await left('pl', 1)).toBe('Można zwrócić do X (pozostał 1 dzień)')
  expect(await left('pl', 3)).toBe('Można zwrócić do X (pozostały 3 dni)')
  expect(await left('pl', 5)).toBe('Można zwrócić do X (pozostało 5 dni)')
  expect(await left('pl', 22)).toBe('Można zwrócić do X (pozostały 22 dni)')
  expect(await left('ja', 1)).toBe('Xまで返金できます（あと1日）')
  const arabic = await Promise.all([1, 2, 5, 14, 100].map((days) => left('ar', days)))
  expect(arabic.map((text) => text.replaceAll(/[\u2068\u2069]/g, '').split('بقي')[1])).toEqual([
    ' يوم واحد)',
    ' يومان)',
    expect.stringMatching(/^ت .+ أيام\)$/),
    expect.stringMatching(/ يومًا\)$/),
    expect.stringMatching(/ يوم\)$/),
  ])
})

test('what is filled into a sentence that runs from right to left is isolated', () => {
  expect(fill('دفعتم {amount}.', { amount: '€49.00' })).toBe('دفعتم \u2068€49.00\u2069.')
  expect(fill('You paid {amount}.', { amount: '€49.00' })).toBe('You paid €49.00.')
  expect(fill('A {blank} that nobody fills stays.', {})).toBe('A {blank} that nobody fills stays.')
})

test.each([
  ['pt-BR', 'pt'],
  ['DE_at', 'de'],
  ['constructor', undefined],
  ['', undefined],
  [undefined, undefined],
])('the language of %s is %s', (tag, language) => {
  expect(languageFor(tag)).toBe(language)
})

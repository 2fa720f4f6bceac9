import { builtInRoots } from './catalog.ts'
import { declaredTypes } from './merchant-facts.ts'
import type { Declaration } from './merchant-facts.ts'
import { dateOf, durationOf } from './values.ts'
import { fieldsOf, itemsOf, refuse, scalarOf, textOf, wordOf } from './yaml-reader.ts'
import type { Field } from './yaml-reader.ts'

const keys = ['type', 'on', 'stale_after', 'values', 'label', 'step'] as const
const mostFacts = 200

// Words that CEL keeps for itself, or that mean something to JavaScript's own objects.
const forbidden = new Set(
  (
    'as break const continue else false for function if import in let loop namespace null package return true var void ' +
    'while constructor prototype'
  ).split(' '),
)

/** The merchant's own facts, by the names that expressions use. */
export function readDeclarations(field: Field): readonly Declaration[] {
  const fields = fieldsOf(field, /^/)
  if (!fields) return []
  if (fields.size > mostFacts) refuse(field, `At most ${mostFacts} facts are declared`)
  const names = [...fields.keys()]
  const declared: Declaration[] = []
  for (const [name, each] of fields) {
    const wrong = wrongName(name, names)
    if (wrong) refuse(each, wrong)
    else {
      const declaration = readDeclaration(name, each)
      if (declaration) declared.push(declaration)
    }
  }
  return declared
}

function wrongName(name: string, all: readonly string[]): string | undefined {
  if (!/^[a-z][a-z0-9_]{0,40}(\.[a-z][a-z0-9_]{0,40}){1,2}$/.test(name)) {
    return `The name of a fact is two or three lower-case words with a dot between, such as usage.share, not "${name.slice(0, 100)}"`
  }
  const words = name.split('.')
  const root = words[0] ?? ''
  if (builtInRoots.has(root)) return `\`${root}\` is built in; begin a fact of your own with another word`
  const taken = words.find((word) => forbidden.has(word))
  if (taken) return `\`${taken}\` has a meaning in expressions; choose another word`
  const inside = all.find((other) => other.startsWith(`${name}.`))
  return inside && `\`${name}\` can't be a fact, because \`${inside}\` is one`
}

function readDeclaration(name: string, field: Field): Declaration | undefined {
  const fields = fieldsOf(field, keys)
  if (!fields) return undefined
  const typeField = fields.get('type')
  if (!typeField)
    return refuse(field, `\`${field.path}.type\` is missing`, `type: ${Object.keys(declaredTypes).join(', ')}`)
  const type = wordOf(typeField, Object.keys(declaredTypes) as (keyof typeof declaredTypes)[])
  if (!type) return undefined
  const on = fields.get('on')
  const staleAfter = fields.get('stale_after')
  const values = fields.get('values')
  const label = fields.get('label')
  const step = fields.get('step')
  if (values && type !== 'text') refuse(values, 'Only a text has a list of values')
  return {
    name,
    type: declaredTypes[type],
    on: (on && wordOf(on, ['payment', 'customer'] as const)) ?? 'payment',
    stale_after: staleAfter && readDuration(staleAfter),
    values:
      values &&
      (itemsOf(values, 100)
        ?.map((item) => textOf(item, 100))
        .filter((value) => value !== undefined) ??
        []),
    label: (label && readSentences(label)) ?? { en: name.replaceAll(/[._]/g, ' ') },
    step: step && readSentences(step),
  }
}

function readDuration(field: Field): number | undefined {
  const value = scalarOf(field)
  const length = typeof value === 'string' ? durationOf(value) : undefined
  return length || refuse(field, `\`${field.path}\` is a length of time`, '1h, 30m or 7d')
}

/** Sentences by language tag. */
export function readSentences(field: Field): Readonly<Record<string, string>> | undefined {
  const fields = fieldsOf(field, /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
  if (!fields) return undefined
  const sentences: Record<string, string> = {}
  for (const [language, each] of fields) {
    const sentence = textOf(each, 1000)
    if (sentence !== undefined) sentences[language] = sentence
  }
  if (fields.size > 0 && !fields.has('en'))
    refuse(field, `\`${field.path}\` lacks English, which stands in for every other language`, 'en: …')
  return sentences
}

/** Days on which no window ends, as days since 1970-01-01. */
export function readHolidays(field: Field): ReadonlySet<number> {
  const days = itemsOf(field, 1000)?.map((item) => {
    const value = scalarOf(item)
    const date = typeof value === 'string' ? dateOf(value) : undefined
    return date ?? refuse(item, `\`${item.path}\` is no date`, '2026-12-25')
  })
  return new Set(days?.filter((day) => day !== undefined))
}

import { changesOfRule } from './changes-of-rule.ts'
import { inOrder } from './in-order.ts'
import type { Policy, Rule } from './policy.ts'
import { durationWords, listWords } from './words.ts'
import type { Language } from './words.ts'

/** One thing that differs between two versions of a policy, as data and as a sentence. */
export type PolicyChange = {
  readonly kind: 'added' | 'removed' | 'renamed' | 'moved' | 'changed'
  /** What it is about: a rule or right by its id, a fact or guarantee by its name, a setting by its key, the tests. */
  readonly about: 'rule' | 'right' | 'otherwise' | 'fact' | 'guarantee' | 'setting' | 'tests'
  readonly name: string
  /** The part of it that changed, by its key in the file: `when`, `amount`, `say.de`. */
  readonly part?: string
  /** What was and what is, in words. */
  readonly from?: string
  readonly to?: string
  /** One sentence, with its full stop. */
  readonly sentence: string
}

const texts = {
  en: {
    added: (what: string) => `${what} is new.`,
    removed: (what: string) => `${what} is gone.`,
    renamed: (what: string, to: string) => `${what} is now called ${to}.`,
    first: (what: string) => `${what} is now asked first.`,
    after: (what: string, other: string) => `${what} is now asked after ${other}.`,
    changed: (what: string, from: string, to: string) => `${what}: ${to} instead of ${from}.`,
    rule: 'Rule',
    right: 'Right',
    fact: 'Fact',
    guarantee: 'Guarantee',
    tests: 'Tests',
    policy: 'Name',
    timezone: 'Time zone',
    judge_by: 'The version that judges',
    several_payments: 'Customers may ask for several payments at once',
    yes: 'yes',
    no: 'no',
    purchase: 'the one in force at the purchase',
    request: 'the one in force at the request',
    holidays: 'Holidays',
    reasons: 'Reasons',
    none: 'none',
    never: 'never too old',
    older: (length: string) => `unknown when older than ${length}`,
    condition: 'another condition',
    counted: (added: number, removed: number, changed: number) =>
      `Tests: ${added} added, ${removed} removed, ${changed} changed.`,
  },
  de: {
    added: (what: string) => `${what} ist neu.`,
    removed: (what: string) => `${what} gibt es nicht mehr.`,
    renamed: (what: string, to: string) => `${what} heißt jetzt ${to}.`,
    first: (what: string) => `${what} wird jetzt zuerst geprüft.`,
    after: (what: string, other: string) => `${what} wird jetzt nach ${other} geprüft.`,
    changed: (what: string, from: string, to: string) => `${what}: ${to} statt ${from}.`,
    rule: 'Regel',
    right: 'Recht',
    fact: 'Angabe',
    guarantee: 'Zusage',
    tests: 'Tests',
    policy: 'Name',
    timezone: 'Zeitzone',
    judge_by: 'Die Fassung, die entscheidet',
    several_payments: 'Kunden können mehrere Zahlungen auf einmal anfragen',
    yes: 'ja',
    no: 'nein',
    purchase: 'die beim Kauf geltende',
    request: 'die bei der Anfrage geltende',
    holidays: 'Feiertage',
    reasons: 'Gründe',
    none: 'keine',
    never: 'nie zu alt',
    older: (length: string) => `unbekannt, wenn älter als ${length}`,
    condition: 'eine andere Bedingung',
    counted: (added: number, removed: number, changed: number) =>
      `Tests: ${added} neu, ${removed} entfernt, ${changed} geändert.`,
  },
} as const satisfies Record<Language, unknown>

/**
 * What differs between two versions in words: rules added, removed, renamed, moved, and each condition, amount and sentence
 * that reads otherwise. It compares what is written; `differences` finds which customers are answered otherwise.
 */
export function changesBetween(before: Policy, after: Policy, language: Language = 'en'): readonly PolicyChange[] {
  return [
    ...settings(before, after, language),
    ...named('fact', factTexts(before, language), factTexts(after, language), language),
    ...rulesChanged('rule', before, after, language),
    ...rulesChanged('right', before, after, language),
    ...changesOfRule('otherwise', before.otherwise, after.otherwise, { before, after, language }),
    ...named('guarantee', guaranteeTexts(before), guaranteeTexts(after), language),
    ...testsChanged(before, after, language),
  ]
}

function settings(before: Policy, after: Policy, language: Language): PolicyChange[] {
  const t = texts[language]
  const of = (
    policy: Policy,
  ): Record<'policy' | 'timezone' | 'judge_by' | 'several_payments' | 'holidays' | 'reasons', string> => ({
    policy: policy.name,
    timezone: policy.timezone,
    judge_by: t[policy.judge_by],
    several_payments: policy.several_payments ? t.yes : t.no,
    holidays: listed([...policy.scope.holidays].map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10))),
    reasons: listed(policy.facts.get('request.reason')?.values ?? []),
  })
  const listed = (items: readonly string[]): string => (items.length === 0 ? t.none : items.join(', '))
  const [was, is] = [of(before), of(after)]
  return (Object.keys(was) as (keyof typeof was)[])
    .filter((key) => was[key] !== is[key])
    .map((key) => ({
      kind: 'changed',
      about: 'setting',
      name: key,
      from: was[key],
      to: is[key],
      sentence: t.changed(t[key], was[key], is[key]),
    }))
}

function factTexts(policy: Policy, language: Language): ReadonlyMap<string, string> {
  const t = texts[language]
  return new Map(
    policy.declarations.map(({ name, type, on, stale_after: stale, values }) => [
      name,
      [
        type,
        on,
        stale === undefined ? t.never : t.older(durationWords(stale, language)),
        ...(values ? [listWords(values, language)] : []),
      ].join(', '),
    ]),
  )
}

const guaranteeTexts = (policy: Policy): ReadonlyMap<string, string> =>
  new Map(
    policy.guarantees.map(({ name, when, always }) => [
      name,
      [...when, ...always].map((line) => line.source).join('; '),
    ]),
  )

/** Things known by their name alone: new, gone, or with another text. */
function named(
  about: 'fact' | 'guarantee',
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  language: Language,
): PolicyChange[] {
  const t = texts[language]
  const called = (name: string): string => `${t[about]} ${name}`
  const changes: PolicyChange[] = []
  for (const name of before.keys())
    if (!after.has(name)) changes.push({ kind: 'removed', about, name, sentence: t.removed(called(name)) })
  for (const [name, to] of after) {
    const from = before.get(name)
    if (from === undefined) changes.push({ kind: 'added', about, name, sentence: t.added(called(name)) })
    else if (from !== to)
      changes.push({ kind: 'changed', about, name, from, to, sentence: t.changed(called(name), from, to) })
  }
  return changes
}

function rulesChanged(about: 'rule' | 'right', before: Policy, after: Policy, language: Language): PolicyChange[] {
  const t = texts[language]
  const [was, is] = about === 'rule' ? [before.rules, after.rules] : [before.rights, after.rights]
  const called = (id: string): string => `${t[about]} ${id}`
  const renamed = renames(was, is)
  const now = (id: string): string => renamed.get(id) ?? id
  const byId = new Map(is.map((rule) => [rule.id, rule]))
  const old = new Map(was.map((rule) => [now(rule.id), rule]))
  const changes: PolicyChange[] = []
  for (const { id } of was) {
    const to = renamed.get(id)
    if (to !== undefined)
      changes.push({ kind: 'renamed', about, name: id, from: id, to, sentence: t.renamed(called(id), to) })
    else if (!byId.has(id)) changes.push({ kind: 'removed', about, name: id, sentence: t.removed(called(id)) })
  }
  const common = is.map((rule) => rule.id).filter((id) => old.has(id))
  const still = new Set(
    inOrder(
      common,
      was.map((rule) => now(rule.id)).filter((id) => byId.has(id)),
    ),
  )
  for (const [index, rule] of is.entries()) {
    const from = old.get(rule.id)
    const previous = is[index - 1]?.id
    const place = previous === undefined ? t.first(called(rule.id)) : t.after(called(rule.id), previous)
    if (!from) changes.push({ kind: 'added', about, name: rule.id, sentence: `${t.added(called(rule.id))} ${place}` })
    else if (!still.has(rule.id)) changes.push({ kind: 'moved', about, name: rule.id, sentence: place })
    if (from) changes.push(...changesOfRule(about, from, rule, { before, after, language }))
  }
  return changes
}

/** A rule that went under one id and came under another, otherwise the same. */
function renames(was: readonly Rule[], is: readonly Rule[]): ReadonlyMap<string, string> {
  const written = ({ lines, amount, ...rest }: Rule): string =>
    JSON.stringify([lines.map((line) => line.source), amount?.source, { ...rest, id: '' }])
  const [oldIds, newIds] = [new Set(was.map((rule) => rule.id)), new Set(is.map((rule) => rule.id))]
  const fresh = is.filter((rule) => !oldIds.has(rule.id))
  const found = new Map<string, string>()
  for (const rule of was.filter(({ id }) => !newIds.has(id))) {
    const same = fresh.find((other) => written(other) === written(rule) && ![...found.values()].includes(other.id))
    if (same) found.set(rule.id, same.id)
  }
  return found
}

function testsChanged(before: Policy, after: Policy, language: Language): PolicyChange[] {
  const text = ({ given, expect }: Policy['tests'][number]): string => JSON.stringify([given, expect])
  const [was, is] = [before, after].map(({ tests }) => new Map(tests.map((test) => [test.name, text(test)]))) as [
    Map<string, string>,
    Map<string, string>,
  ]
  const added = [...is.keys()].filter((name) => !was.has(name)).length
  const removed = [...was.keys()].filter((name) => !is.has(name)).length
  const changed = [...is].filter(([name, each]) => was.has(name) && was.get(name) !== each).length
  if (added + removed + changed === 0) return []
  const sentence = texts[language].counted(added, removed, changed)
  return [{ kind: 'changed', about: 'tests', name: 'tests', sentence }]
}

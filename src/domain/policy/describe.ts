import { roles } from '../actor.ts'
import type { Policy, Rule } from './policy.ts'
import { phrase, phraseCondition } from './phrase.ts'
import { capital, languageOf, listWords, moneyWords } from './words.ts'
import type { Language } from './words.ts'

/** One rule in words. */
export type DescribedRule = {
  readonly id: string
  /** Each condition as a sentence without its full stop; empty for what is left over. */
  readonly when: readonly string[]
  /** What happens then, one sentence each: the answer, the amount, the access, who decides. */
  readonly then: readonly string[]
  /** What the customer is told. */
  readonly say: string | undefined
}

export type Description = {
  readonly name: string
  readonly rules: readonly DescribedRule[]
  readonly rights: readonly DescribedRule[]
  readonly otherwise: DescribedRule
}

const text = {
  en: {
    approve: 'We refund automatically',
    review: 'A person decides',
    deny: 'We do not refund',
    all: 'all that can still be refunded',
    amount: 'Amount',
    proposed: 'Proposed amount',
    now: 'Access ends at once',
    period_end: 'Access ends with the paid period',
    keep: 'Access stays',
    credit: 'The money goes to the customer’s balance',
    appeal: 'The customer may ask a person',
    decides: (count: number, role: string, most: boolean) =>
      `${count === 1 ? 'one person' : `${count} people`} with the role ${role}${most ? '' : ' or above'}${count === 1 ? ' decides' : ' decide'}`,
    from: (amounts: string, who: string) => `from ${amounts}, ${who}`,
    when: 'If all of this holds:',
    then: 'Then:',
    rest: 'In every other case:',
    rights: 'By law, beside these rules',
    order: 'The rules are asked in this order, and the first that applies decides.',
    told: 'The customer reads',
    quoted: (said: string) => `“${said}”`,
  },
  de: {
    approve: 'Wir erstatten automatisch',
    review: 'Ein Mensch entscheidet',
    deny: 'Wir erstatten nicht',
    all: 'alles, was noch erstattet werden kann',
    amount: 'Betrag',
    proposed: 'Vorgeschlagener Betrag',
    now: 'Der Zugang endet sofort',
    period_end: 'Der Zugang endet mit dem bezahlten Zeitraum',
    keep: 'Der Zugang bleibt',
    credit: 'Das Geld wird dem Guthaben des Kunden gutgeschrieben',
    appeal: 'Der Kunde kann einen Menschen fragen',
    decides: (count: number, role: string, most: boolean) =>
      `${count === 1 ? 'eine Person' : `${count} Personen`} mit der Rolle ${role}${most ? '' : ' oder höher'}${count === 1 ? ' entscheidet' : ' entscheiden'}`,
    from: (amounts: string, who: string) => `ab ${amounts}: ${who}`,
    when: 'Wenn all das zutrifft:',
    then: 'Dann:',
    rest: 'In jedem anderen Fall:',
    rights: 'Von Gesetzes wegen, neben diesen Regeln',
    order: 'Die Regeln werden in dieser Reihenfolge geprüft, und die erste, die zutrifft, entscheidet.',
    told: 'Der Kunde liest',
    quoted: (said: string) => `„${said}“`,
  },
} as const satisfies Record<Language, unknown>

/** A policy in plain language, rule by rule, in English or German. */
export function describePolicy(policy: Policy, locale: string): Description {
  const language = languageOf(locale)
  const each = (rule: Rule): DescribedRule => describeRule(policy, rule, language)
  return {
    name: policy.name,
    rules: policy.rules.map(each),
    rights: policy.rights.map(each),
    otherwise: each(policy.otherwise),
  }
}

function describeRule({ scope }: Policy, rule: Rule, language: Language): DescribedRule {
  const words = text[language]
  const then: string[] = [words[rule.then]]
  if (rule.then !== 'deny') {
    const amount = rule.amount ? phrase(rule.amount.expr, language, scope) : words.all
    then.push(`${rule.then === 'approve' ? words.amount : words.proposed}: ${amount}`)
    if (rule.destination === 'credit') then.push(words.credit)
  }
  if (rule.then !== 'review' || rule.access !== 'now') then.push(words[rule.access])
  if (rule.then === 'review') then.push(approversWords(rule, language))
  if (rule.appeal) then.push(words.appeal)
  return {
    id: rule.id,
    when: rule.lines.map((line) => capital(phraseCondition(line.expr, language, scope))),
    then: then.map(capital),
    say: rule.say[language] ?? rule.say['en'],
  }
}

/** Who may approve, and from which amount on somebody else must. */
export function approversWords({ approvers, approversFrom }: Rule, language: Language): string {
  const words = text[language]
  const decides = ({ role, count }: Rule['approvers']): string => words.decides(count, role, role === roles.at(-1))
  const later = approversFrom.map(({ from, ...who }) =>
    words.from(
      listWords(
        from.map((amount) => moneyWords(amount, language)),
        language,
      ),
      decides(who),
    ),
  )
  return [decides(approvers), ...later].join('; ')
}

/** The same as Markdown, for the public policy page and the terminal. */
export function describe(policy: Policy, locale: string): string {
  const words = text[languageOf(locale)]
  const { name, rules, rights, otherwise } = describePolicy(policy, locale)
  const block = (rule: DescribedRule, title: string): string[] => [
    '',
    title,
    '',
    ...(rule.when.length > 0 ? [words.when, '', ...rule.when.map((line) => `- ${line}.`), '', words.then, ''] : []),
    ...rule.then.map((line) => `- ${line}.`),
    ...(rule.say === undefined ? [] : ['', `${words.told}: ${words.quoted(rule.say)}`]),
  ]
  return [
    `# ${name}`,
    '',
    words.order,
    ...rules.flatMap((rule, index) => block(rule, `## ${index + 1}. ${rule.id}`)),
    ...block(otherwise, `## ${words.rest}`),
    ...(rights.length > 0
      ? ['', `## ${words.rights}`, ...rights.flatMap((rule) => block(rule, `### ${rule.id}`))]
      : []),
    '',
  ].join('\n')
}

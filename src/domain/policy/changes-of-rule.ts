import type { PolicyChange } from './changes.ts'
import { approversWords } from './describe.ts'
import { demandOf, demandWords, phrase, phraseCondition } from './phrase.ts'
import type { Line, Policy, Rule } from './policy.ts'
import { capital } from './words.ts'
import type { Language } from './words.ts'

type Between = { readonly before: Policy; readonly after: Policy; readonly language: Language }

const texts = {
  en: {
    in: (what: string, id: string, sentence: string) => `${what} ${id}: ${sentence}`,
    rule: 'Rule',
    right: 'Right',
    otherwise: 'Otherwise',
    instead: (what: string, to: string, from: string) => `${what}: ${to} instead of ${from}.`,
    also: (condition: string) => `it now also asks that ${condition}.`,
    nolonger: (condition: string) => `it no longer asks that ${condition}.`,
    then: 'the answer',
    amount: 'the amount',
    all: 'all that can still be refunded',
    access: 'access',
    destination: 'where the money goes',
    approvers: 'who decides',
    appeal: 'the customer may ask a person',
    yes: 'yes',
    no: 'no',
    say: (language: string) => `what the customer reads (${language})`,
    nothing: 'nothing',
    approve: 'refund automatically',
    review: 'a person decides',
    deny: 'no refund',
    now: 'ends at once',
    period_end: 'ends with the paid period',
    keep: 'stays',
    original: 'back the way it came',
    credit: 'the customer’s balance',
  },
  de: {
    in: (what: string, id: string, sentence: string) => `${what} ${id}: ${sentence}`,
    rule: 'Regel',
    right: 'Recht',
    otherwise: 'Sonst',
    instead: (what: string, to: string, from: string) => `${what}: ${to} statt ${from}.`,
    also: (condition: string) => `zusätzlich muss gelten: ${condition}.`,
    nolonger: (condition: string) => `nicht mehr verlangt: ${condition}.`,
    then: 'die Antwort',
    amount: 'der Betrag',
    all: 'alles, was noch erstattet werden kann',
    access: 'der Zugang',
    destination: 'wohin das Geld geht',
    approvers: 'wer entscheidet',
    appeal: 'der Kunde kann einen Menschen fragen',
    yes: 'ja',
    no: 'nein',
    say: (language: string) => `was der Kunde liest (${language})`,
    nothing: 'nichts',
    approve: 'automatisch erstatten',
    review: 'ein Mensch entscheidet',
    deny: 'keine Erstattung',
    now: 'endet sofort',
    period_end: 'endet mit dem bezahlten Zeitraum',
    keep: 'bleibt',
    original: 'zurück auf dem Weg, auf dem es kam',
    credit: 'das Guthaben des Kunden',
  },
} as const satisfies Record<Language, unknown>

/** What reads otherwise in one rule: each condition, then what follows. */
export function changesOfRule(
  about: 'rule' | 'right' | 'otherwise',
  from: Rule,
  to: Rule,
  between: Between,
): PolicyChange[] {
  const t = texts[between.language]
  const titled = (sentence: string): string =>
    about === 'otherwise' ? `${t.otherwise}: ${sentence}` : t.in(t[about], to.id, sentence)
  const change = (part: string, was: string | undefined, is: string | undefined, sentence: string): PolicyChange => ({
    kind: 'changed',
    about,
    name: to.id,
    part,
    ...(was !== undefined && { from: was }),
    ...(is !== undefined && { to: is }),
    sentence: titled(sentence),
  })
  const differing = (part: string, what: string, was: string, is: string): PolicyChange[] =>
    was === is ? [] : [change(part, was, is, t.instead(what, is, was))]
  return [
    ...conditions(from, to, between, change),
    ...differing('then', t.then, t[from.then], t[to.then]),
    ...differing(
      'amount',
      t.amount,
      amountWords(from, between.before, between),
      amountWords(to, between.after, between),
    ),
    ...differing('access', t.access, t[from.access], t[to.access]),
    ...differing('destination', t.destination, t[from.destination], t[to.destination]),
    ...(from.then === 'review' && to.then === 'review'
      ? differing(
          'approvers',
          t.approvers,
          approversWords(from, between.language),
          approversWords(to, between.language),
        )
      : []),
    ...(from.then === 'deny' && to.then === 'deny'
      ? differing('appeal', t.appeal, from.appeal ? t.yes : t.no, to.appeal ? t.yes : t.no)
      : []),
    ...[...new Set([...Object.keys(from.say), ...Object.keys(to.say)])].flatMap((language) =>
      differing(`say.${language}`, t.say(language), said(from, language, t.nothing), said(to, language, t.nothing)),
    ),
  ]
}

const said = (rule: Rule, language: string, nothing: string): string =>
  rule.say[language] === undefined ? nothing : `“${rule.say[language]}”`

function amountWords(rule: Rule, { scope }: Policy, { language }: Between): string {
  if (rule.then === 'deny') return texts[language].nothing
  return rule.amount ? phrase(rule.amount.expr, language, scope) : texts[language].all
}

/** Conditions that are new or gone; two about the same subject are one that changed. */
function conditions(
  from: Rule,
  to: Rule,
  { before, after, language }: Between,
  change: (part: string, was: string | undefined, is: string | undefined, sentence: string) => PolicyChange,
): PolicyChange[] {
  const t = texts[language]
  const words = (line: Line, { scope }: Policy): string => phraseCondition(line.expr, language, scope)
  const has = (lines: readonly Line[], source: string): boolean => lines.some((line) => line.source === source)
  const gone = from.lines.filter((line) => !has(to.lines, line.source))
  const changes: PolicyChange[] = []
  for (const line of to.lines) {
    if (has(from.lines, line.source)) continue
    const subject = demandOf(line.expr)?.subject.source
    const at = gone.findIndex((other) => subject !== undefined && demandOf(other.expr)?.subject.source === subject)
    const [was] = at < 0 ? [] : gone.splice(at, 1)
    const is = words(line, after)
    if (!was) changes.push(change('when', undefined, is, t.also(is)))
    else changes.push(changedCondition(was, line))
  }
  for (const line of gone) changes.push(change('when', words(line, before), undefined, t.nolonger(words(line, before))))
  return changes

  function changedCondition(was: Line, is: Line): PolicyChange {
    const [old, now] = [demandOf(was.expr), demandOf(is.expr)]
    const [a, b] = [words(was, before), words(is, after)]
    if (!old || !now) return change('when', a, b, t.instead('', b, a))
    const [asked, asks] = [demandWords(old, language, before.scope), demandWords(now, language, after.scope)]
    return change('when', a, b, t.instead(capital(phrase(now.subject, language, after.scope)), asks, asked))
  }
}

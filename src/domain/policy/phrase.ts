import type { Expr, ExprOf, Sign } from './expression.ts'
import type { Scope } from './functions.ts'
import { dative } from './german.ts'
import { factWords, notSo } from './value-names.ts'
import { boundWords, word } from './words.ts'
import type { Language } from './words.ts'

/** How each function is said, with `{0}` and `{1}` for what it is given; `{0.}` is its dative, after a preposition. */
const sayings: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  minutes: { en: '{0} (in minutes)', de: '{0} (in Minuten)' },
  hours: { en: '{0} (in hours)', de: '{0} (in Stunden)' },
  days: { en: '{0} (in days)', de: '{0} (in Tagen)' },
  weeks: { en: '{0} (in weeks)', de: '{0} (in Wochen)' },
  refunds: { en: 'refunds in the last {0}', de: 'Erstattungen der letzten {0}' },
  requests: { en: 'requests in the last {0}', de: 'Anfragen der letzten {0}' },
  paid: { en: 'all that was paid in the last {0}', de: 'alles in den letzten {0} Bezahlte' },
  limit: { en: '{0} (by currency)', de: '{0} (je nach Währung)' },
  prorate: { en: '{0}, in proportion to {1}', de: '{0}, anteilig nach {1.}' },
  share: { en: '{0} as a share of {1}', de: 'das Verhältnis von „{0}“ zu „{1}“' },
  remainder: { en: 'what is left beside {0}', de: 'der Rest neben „{0}“' },
  least: { en: 'the smaller of “{0}” and “{1}”', de: 'das Kleinere von „{0}“ und „{1}“' },
  most: { en: 'the larger of “{0}” and “{1}”', de: 'das Größere von „{0}“ und „{1}“' },
  whole_units: { en: '{0}, without cents', de: '{0}, ohne Cent' },
  later: { en: '{0} or {1} (whichever is later)', de: '{0} oder {1} (was später ist)' },
  earlier: { en: '{0} or {1} (whichever is earlier)', de: '{0} oder {1} (was früher ist)' },
  start_of_day: { en: 'the start of the day of {0}', de: 'der Beginn des Tages von {0.}' },
  end_of_day: { en: 'the end of the day that is {1} after {0}', de: 'das Ende des Tages, der {1} nach {0.} liegt' },
  end_of_day_counting_first: {
    en: 'the end of the last of {1}, counted from the day of {0}',
    de: 'das Ende der Frist von {1} ab {0.}, deren erster Tag mitzählt',
  },
  end_of_working_day: {
    en: 'the end of the day that is {1} after {0}, or of the next working day',
    de: 'das Ende des Tages, der {1} nach {0.} liegt, oder des nächsten Werktags',
  },
  plus_months: { en: 'the time {1} months after {0}', de: 'der Zeitpunkt {1} Monate nach {0.}' },
  startsWith: { en: '{0} begins with "{1}"', de: '{0} beginnt mit „{1}“' },
  endsWith: { en: '{0} ends with "{1}"', de: '{0} endet mit „{1}“' },
  contains: { en: '{0} contains "{1}"', de: '{0} enthält „{1}“' },
}

/** A value, fact or formula in words. */
export function phrase(expr: Expr, language: Language, scope: Scope): string {
  const say = (part: Expr): string => phrase(part, language, scope)
  switch (expr.op) {
    case 'constant':
      return boundWords(expr.type, expr.value, language, scope.zone)
    case 'fact':
      return expr.fact.label[language] ?? expr.fact.label['en'] ?? expr.fact.name
    case 'call': {
      const saying = sayings[expr.fn.name]?.[language] ?? expr.source
      const said = saying.replace(/\{([01])(\.?)\}/g, (_, place: string, after: string) => {
        const arg = expr.args[Number(place)]
        return arg
          ? after === ''
            ? argument(expr, arg, say(arg), language)
            : afterPreposition(arg, language, scope)
          : ''
      })
      return withoutTime(said)
    }
    case 'plus':
      return `${say(expr.left)} plus ${say(expr.right)}`
    case 'minus':
      return difference(expr, language, scope)
    case 'times':
      return `${say(expr.left)} × ${say(expr.right)}`
    case 'if':
      return language === 'de'
        ? `${say(expr.yes)}, wenn ${say(expr.test)}, sonst ${say(expr.no)}`
        : `${say(expr.yes)} if ${say(expr.test)}, otherwise ${say(expr.no)}`
    default:
      return condition(expr, language, scope)
  }
}

/** German lengths of time decline after "der letzten", "von" and "liegt": the words for days and months have a plural dative. */
function argument(call: ExprOf<'call'>, arg: Expr, said: string, language: Language): string {
  const declined = language === 'de' && arg.type === 'duration' && declining.has(call.fn.name)
  return declined ? said.replaceAll(/\bTage\b/g, 'Tagen') : said
}

const declining = new Set(['end_of_day_counting_first'])

/** What comes after a preposition such as "nach": in German in the dative where it can be built, else behind a colon. */
function afterPreposition(expr: Expr, language: Language, scope: Scope): string {
  const said = phrase(expr, language, scope)
  if (language === 'en' || expr.op === 'constant') return said
  if (expr.op === 'call' && (expr.fn.name === 'later' || expr.fn.name === 'earlier')) {
    const [a, b] = expr.args.map((arg) => afterPreposition(arg, language, scope))
    return `${a} oder ${b} (was ${expr.fn.name === 'later' ? 'später' : 'früher'} ist)`
  }
  return dative(said) ?? `„${said}“`
}

/** "Since the time of the payment" is since the payment. */
const withoutTime = (said: string): string =>
  said
    .replace(/\b(since|after|from|day of) the time of\b/g, '$1')
    .replace(/\b(seit|nach|ab|von) dem Zeitpunkt der\b/g, '$1 der')

/** What is left of one after another; of two points in time, the time between them. */
function difference(
  { left, right, type }: ExprOf<'plus' | 'minus' | 'times'> & Expr,
  language: Language,
  scope: Scope,
): string {
  const [a, b] = [phrase(left, language, scope), phrase(right, language, scope)]
  if (type !== 'duration' || left.type !== 'instant' || right.type !== 'instant')
    return `${a} ${language === 'de' ? 'minus' : 'less'} ${b}`
  const since = afterPreposition(right, language, scope)
  if (left.op === 'fact' && left.fact.name === 'now')
    return withoutTime(language === 'de' ? `die Zeit seit ${since}` : `the time since ${b}`)
  return withoutTime(
    language === 'de'
      ? `die Zeit von ${since} bis zu ${afterPreposition(left, language, scope)}`
      : `the time from ${b} to ${a}`,
  ).replace(/ bis zu d(er|em) /, (_, ending: string) => ` bis zu${ending.slice(-1)} `)
}

const signs: Readonly<Record<Language, Readonly<Record<Sign, string>>>> = {
  en: { '==': '', '!=': 'not ', '<': 'less than ', '<=': 'at most ', '>': 'more than ', '>=': 'at least ' },
  de: { '==': '', '!=': 'nicht ', '<': 'weniger als ', '<=': 'höchstens ', '>': 'mehr als ', '>=': 'mindestens ' },
}

const timeSigns: Readonly<Record<Language, Readonly<Record<Sign, string>>>> = {
  en: {
    '==': 'exactly ',
    '!=': 'not ',
    '<': 'before ',
    '<=': 'no later than ',
    '>': 'after ',
    '>=': 'no earlier than ',
  },
  de: { '==': 'genau zu ', '!=': 'nicht zu ', '<': 'vor ', '<=': 'nicht nach ', '>': 'nach ', '>=': 'nicht vor ' },
}

const opposite: Readonly<Record<Sign, Sign>> = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' }
const contrary: Readonly<Record<Sign, Sign>> = { '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<' }

/** A condition as what it is about and what it asks of it. */
export type Demand = {
  readonly subject: Expr
  readonly sign: Sign | 'in' | 'not in' | 'yes' | 'no'
  readonly object: Expr | undefined
}

/** Turns a single condition so that what varies comes first; undefined for one made of several. */
export function demandOf(expr: Expr): Demand | undefined {
  switch (expr.op) {
    case 'compare': {
      const swap = expr.left.op === 'constant'
      const [subject, object] = swap ? [expr.right, expr.left] : [expr.left, expr.right]
      if (object.op === 'constant' && object.type === 'bool') {
        const yes = (object.value === true) === (expr.sign === '==')
        return { subject, sign: yes ? 'yes' : 'no', object: undefined }
      }
      return { subject, sign: swap ? opposite[expr.sign] : expr.sign, object }
    }
    case 'in':
      return expr.item.op === 'constant'
        ? { subject: expr.list, sign: 'in', object: expr.item }
        : { subject: expr.item, sign: 'in', object: expr.list }
    case 'not': {
      const inside = demandOf(expr.of)
      return inside && { ...inside, sign: negated(inside.sign) }
    }
    case 'fact':
    case 'call':
      return { subject: expr, sign: 'yes', object: undefined }
    default:
      return undefined
  }
}

function negated(sign: Demand['sign']): Demand['sign'] {
  if (sign === 'in') return 'not in'
  if (sign === 'not in') return 'in'
  if (sign === 'yes') return 'no'
  return sign === 'no' ? 'yes' : contrary[sign]
}

/** What a condition asks, without its subject: "at most 30 days". */
export function demandWords({ sign, object, subject }: Demand, language: Language, scope: Scope): string {
  if (!object) return word(sign === 'yes' ? 'yes' : 'no', language)
  const said = objectWords(subject, object, language, scope)
  if (sign === 'in' || sign === 'not in') {
    const holds = subject.type === 'texts'
    const words =
      language === 'de'
        ? holds
          ? ['enthält ', 'enthält nicht ']
          : ['', 'nicht ']
        : holds
          ? ['with ', 'without ']
          : ['', 'not ']
    return `${words[sign === 'in' ? 0 : 1] ?? ''}${said}`
  }
  if (sign === 'yes' || sign === 'no') return word(sign, language)
  if (subject.type !== 'instant') return signs[language][sign] + said
  // A day that begins at midnight in the zone of the policy is the whole date where nothing hangs on the end of that day.
  const fromMidnight = sign === '<' || sign === '>=' ? said.replace(/^(\d{4}-\d\d-\d\d) 00:00:00$/, '$1') : said
  const time = object.op === 'constant' ? fromMidnight : afterPreposition(object, language, scope)
  return withoutTime(timeSigns[language][sign] + time)
}

/** What a fact is compared with is said as people call the values of that fact. */
function objectWords(subject: Expr, object: Expr, language: Language, scope: Scope): string {
  return subject.op === 'fact' && object.op === 'constant' && subject.type === 'text'
    ? factWords(subject.fact, object.value, language, scope.zone)
    : phrase(object, language, scope)
}

/** A whole condition: "the time since the payment is at most 30 days". */
function condition(expr: Expr, language: Language, scope: Scope): string {
  if (expr.op === 'all' || expr.op === 'any') {
    const joint = word(expr.op === 'all' ? 'and' : 'or', language)
    const sides = [expr.left, expr.right].map((side) => {
      const said = phraseCondition(side, language, scope)
      // What is not so would swallow what comes after it.
      const swallows = side.op === 'if' || (demandOf(side)?.sign === 'no' && demandOf(side)?.object === undefined)
      const mixes = (side.op === 'all' || side.op === 'any') && side.op !== expr.op
      return mixes || swallows ? `(${said})` : said
    })
    return sides.join(` ${joint} `)
  }
  const demand = demandOf(expr)
  if (demand) return demandSentence(demand, language, scope)
  if (expr.op === 'if') {
    const [test, yes, no] = [expr.test, expr.yes, expr.no].map((part) => phraseCondition(part, language, scope))
    return language === 'de' ? `wenn ${test}, dann ${yes}, sonst ${no}` : `if ${test}, then ${yes}, otherwise ${no}`
  }
  const inside = expr.op === 'not' ? phraseCondition(expr.of, language, scope) : expr.source
  return language === 'de' ? `nicht: (${inside})` : `not (${inside})`
}

/** A condition in words; a yes-or-no fact by itself too. */
export function phraseCondition(expr: Expr, language: Language, scope: Scope): string {
  const demand = demandOf(expr)
  return demand ? demandSentence(demand, language, scope) : condition(expr, language, scope)
}

function demandSentence(demand: Demand, language: Language, scope: Scope): string {
  const subject = phrase(demand.subject, language, scope)
  const asks = demandWords(demand, language, scope)
  if (!demand.object) {
    if (demand.sign === 'yes') return subject
    const contrary = demand.subject.op === 'fact' ? notSo[demand.subject.fact.name]?.[language] : undefined
    return contrary ?? `${language === 'de' ? 'es trifft nicht zu:' : 'it is not so that'} ${subject}`
  }
  if (demand.subject.type === 'count') return `${subject}: ${asks}`
  if (demand.subject.op === 'fact' && demand.subject.fact.name === 'now')
    return language === 'de' ? `die Anfrage kommt ${asks}` : `the request comes ${asks}`
  if (language === 'en') return `${subject} is ${asks}`
  return demand.subject.type === 'instant' ? `${subject} liegt ${asks}` : `${subject}: ${asks}`
}

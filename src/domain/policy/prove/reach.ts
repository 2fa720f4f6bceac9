import type { Policy } from '../policy.ts'
import { boundsOf, expressionsOf } from './bounds.ts'
import { begin, check } from './conversation.ts'
import type { Answered, Asking } from './conversation.ts'
import { encodePolicy, rulesOf, verdicts } from './encode-answer.ts'
import type { EncodedPolicy } from './encode-answer.ts'
import { Encoder } from './encode.ts'
import { and, equal, not, or } from './terms.ts'
import type { Term } from './terms.ts'
import { worldOf } from './world.ts'

/** Something about a rule that is certain, whatever the facts within the bounds. */
export type Certain = {
  readonly rule: string
  readonly kind: 'unreachable' | 'never pays' | 'always pays' | 'overlaps'
  /** For an overlap: the earlier rule, which decides. */
  readonly with?: string
  readonly message: string
}

type Question = {
  readonly said: Omit<Certain, 'message'> & { readonly message: string }
  readonly that: Term
  readonly wanted: 'unsat' | 'sat'
}

/**
 * Asks of every rule whether it is ever come to, ever pays and always pays, and of every two rules with different verdicts
 * whether both can match. What is not certain is not said.
 */
export function* certainties(policy: Policy): Asking<readonly Certain[]> {
  const bounds = boundsOf([policy])
  const answers = new Map<string, { said: Certain; wanted: 'unsat' | 'sat'; got: Answered[] }>()
  for (const currency of bounds.currencies) {
    const world = worldOf(expressionsOf(policy), bounds, currency)
    const encoded = encodePolicy(policy, new Encoder(world, policy), world)
    const questions = questionsOf(encoded)
    let text = begin(world.script.take())
    for (const { said, that, wanted } of questions) {
      const key = JSON.stringify(said)
      const known = answers.get(key) ?? { said, wanted, got: [] }
      known.got.push(yield* check(`${text}\n(push)\n(assert ${that})`))
      yield '(pop)'
      answers.set(key, known)
      text = ''
    }
  }
  return [...answers.values()]
    .filter(({ wanted, got }) => (wanted === 'unsat' ? got.every((each) => each === 'unsat') : got.includes('sat')))
    .map(({ said }) => said)
    .filter(
      (each, _, all) =>
        each.kind !== 'overlaps' || !all.some((other) => other.kind === 'unreachable' && other.rule === each.rule),
    )
}

function questionsOf({ policy, met, alone }: EncodedPolicy): readonly Question[] {
  const all = rulesOf(policy)
  const lists = [
    policy.rules.map((_, index) => index),
    policy.rights.map((_, index) => policy.rules.length + 1 + index),
  ]
  return lists.flatMap((list) =>
    list.flatMap((at, place) => [...aboutOne(list.slice(0, place), at), ...overlaps(list.slice(0, place), at)]),
  )

  function aboutOne(earlier: readonly number[], at: number): Question[] {
    const rule = all[at]
    const matches = met[at] ?? 'false'
    const reached = and(matches, ...earlier.map((each) => not(met[each] ?? 'false')))
    const pays = equal(alone[at]?.verdict ?? '0', String(verdicts.indexOf('approve')))
    if (!rule) return []
    const one = (kind: Certain['kind'], that: Term, message: string): Question => ({
      said: { rule: rule.id, kind, message },
      that,
      wanted: 'unsat',
    })
    const questions = [
      one('unreachable', reached, 'is never reached: an earlier rule matches whenever it would, or it can never match'),
    ]
    if (rule.then === 'approve') {
      if (rule.amount)
        questions.push(
          one(
            'never pays',
            and(matches, pays),
            'can never pay: its amount always comes to nothing, to a charge or to no number',
          ),
        )
      questions.push(one('always pays', or(not(matches)), 'always pays: no payment fails its conditions'))
    }
    return questions
  }

  function overlaps(earlier: readonly number[], at: number): Question[] {
    const rule = all[at]
    return earlier.flatMap((other) => {
      const before = all[other]
      if (!rule || !before || before.then === rule.then) return []
      const message = `can match together with ${before.id}, which is asked first and answers ${before.then} instead of ${rule.then}`
      return [
        {
          said: { rule: rule.id, kind: 'overlaps', with: before.id, message },
          that: and(met[at] ?? 'false', met[other] ?? 'false'),
          wanted: 'sat',
        },
      ]
    })
  }
}

import { didYouMean } from './said.ts'
import type { Said } from './said.ts'
import { openSolver } from './solver.ts'
import type { Solver } from './solver.ts'
import { changesBetween } from '../domain/policy/changes.ts'
import { guaranteesFrom } from '../domain/policy/parse-guarantees.ts'
import type { Guarantee, Policy } from '../domain/policy/policy.ts'
import { differencesBetween } from '../domain/policy/prove/differences.ts'
import type { Comparison } from '../domain/policy/prove/differences.ts'
import { guaranteeKept } from '../domain/policy/prove/guarantee.ts'
import type { Kept } from '../domain/policy/prove/guarantee.ts'
import { certainties } from '../domain/policy/prove/reach.ts'
import { answerWords, boundsWords, caseWords, moreWords, ordinaryWords } from '../domain/policy/prove/say-case.ts'

const json = (value: unknown): string => `${JSON.stringify(value)}\n`

async function withSolver<R>(use: (solver: Solver) => Promise<R>): Promise<R> {
  const solver = await openSolver()
  try {
    return await use(solver)
  } finally {
    solver.close()
  }
}

/** What was written otherwise, and which customers are answered otherwise. Ends with 1 when somebody is, or when that nobody is can't be proven. */
export async function diffSaid(before: Policy, after: Policy, asJson: boolean): Promise<Said> {
  const changes = changesBetween(before, after)
  const comparison = await withSolver((solver) => solver.run(differencesBetween(before, after)))
  const exit = comparison.differences.length === 0 && comparison.proven ? 0 : 1
  if (asJson) return { exit, out: json({ changes, ...comparison }) }
  const written = changes.map(({ sentence }) => `  ${sentence}\n`)
  return {
    exit,
    out: `What is written otherwise:\n${written.join('') || '  nothing\n'}\n${comparisonWords(before, after, comparison)}`,
  }
}

function comparisonWords(before: Policy, after: Policy, { differences, proven, bounds }: Comparison): string {
  const cases = differences.map(
    (each, index) =>
      `  ${index + 1}. ${caseWords(each.given, [after, before])}\n` +
      `     before: ${answerWords(each.before, each.after)}\n` +
      `     after:  ${answerWords(each.after, each.before)}\n` +
      `     ${moreWords(each)}\n`,
  )
  const head =
    differences.length === 0
      ? proven
        ? 'Nobody is answered otherwise: proven.\n'
        : 'No case was found that is answered otherwise, but NOT PROVEN: a formula is beyond the solver.\n'
      : `Who is answered otherwise, one case for each pair of rules:\n${cases.join('')}${ordinaryWords}\n`
  const rest =
    differences.length === 0
      ? ''
      : proven
        ? 'Every other kind of case is answered as before: proven.\n'
        : 'That there is no other kind of case is NOT PROVEN.\n'
  return `${head}${rest}Looked at: ${boundsWords(bounds)}.\n`
}

/** The guarantees of a policy, or one from the command line. Ends with 1 when one is broken or can't be proven. */
export async function guaranteeSaid(
  file: string,
  policy: Policy,
  own: { readonly when: readonly string[]; readonly always: readonly string[] },
  asJson: boolean,
): Promise<Said> {
  const guarantees =
    own.always.length > 0 ? guaranteesFrom(policy, own) : { ok: true as const, guarantees: policy.guarantees }
  if (!guarantees.ok) {
    const lines = guarantees.problems.map(({ message, suggestion }) => `${message}${didYouMean(suggestion)}\n`)
    return { exit: 2, out: lines.join('') }
  }
  if (guarantees.guarantees.length === 0)
    return { exit: 2, out: `${file}: there is no guarantee in the file, and none after --always\n` }
  const kept = await withSolver(async (solver) => {
    const all: Kept[] = []
    for (const guarantee of guarantees.guarantees) all.push(await solver.run(guaranteeKept(policy, guarantee)))
    return all
  })
  const exit = kept.every(({ proven, breaches }) => proven && breaches.length === 0) ? 0 : 1
  if (asJson) return { exit, out: kept.map((each) => json({ file, ...each })).join('') }
  return { exit, out: kept.map((each) => keptWords(file, policy, guarantees.guarantees, each)).join('') }
}

function keptWords(
  file: string,
  policy: Policy,
  all: readonly Guarantee[],
  { guarantee, breaches, proven, bounds }: Kept,
): string {
  const line = all.find(({ name }) => name === guarantee)?.line ?? 0
  const at = line > 0 ? `${file}:${line}` : file
  const looked = `  looked at: ${boundsWords(bounds)}\n`
  if (breaches.length === 0)
    return `${at}: ${proven ? 'holds, proven' : 'no case was found that breaks it, but NOT PROVEN'}: ${guarantee}\n${looked}`
  const cases = breaches.map(
    (each) =>
      `  ${caseWords(each.given, [policy])}\n  is answered: ${answerWords(each.answer)}\n  and not so: ${each.line}\n`,
  )
  return `${at}: broken: ${guarantee}\n${cases.join('')}  ${ordinaryWords}\n${looked}`
}

/** What is certain about each rule: the warnings that no reading of one line after another can find. */
export async function thoroughSaid(file: string, policy: Policy, asJson: boolean): Promise<Said> {
  const found = await withSolver((solver) => solver.run(certainties(policy)))
  if (asJson) return { exit: 0, out: json({ file, ok: true, certain: found }) }
  const lines = found.map(
    ({ rule, kind, message }) => `${file}: ${kind === 'overlaps' ? 'note' : 'warning'}: ${rule}: ${message}\n`,
  )
  return { exit: 0, out: lines.join('') }
}

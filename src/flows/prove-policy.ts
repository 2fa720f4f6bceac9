import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parsePolicy } from '../domain/policy/parse.ts'
import type { Comparison } from '../domain/policy/prove/differences.ts'
import type { Kept } from '../domain/policy/prove/guarantee.ts'
import { answerWords, boundsWords, caseWords, moreWords } from '../domain/policy/prove/say-case.ts'
import type { PolicyLine } from '../domain/refusal.ts'

const command = fileURLToPath(new URL('../cli/moneyback.ts', import.meta.url))
const longestMs = 60_000
// The solver takes some 160 MB, so at most one works at a time, in a process of its own that ends with its answer.
let last: Promise<unknown> = Promise.resolve()

/** What the solver's process said; nothing when it could not answer in time. */
async function ask(verb: 'guarantee' | 'diff', sources: readonly string[]): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'moneyback-prove-'))
  try {
    const files = sources.map((_, at) => join(folder, `${at}.yaml`))
    await Promise.all(files.map((file, at) => writeFile(file, sources[at]!)))
    return await new Promise((done) => {
      const options = { timeout: longestMs, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 * 1024 } as const
      // It ends with 1 when something is not proven, and has said what then too.
      execFile(process.execPath, [command, 'policy', verb, ...files, '--json'], options, (error, said) =>
        done(error?.killed === true || said.trim() === '' ? undefined : said),
      )
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const next = last.then(work, work)
  last = next.catch(() => undefined)
  return next
}

export type GuaranteeProof = {
  readonly name: string
  readonly line: number
  /** `kept` for all facts within the bounds, `broken` by the cases, or `unproven`: neither was found in time. */
  readonly is: 'kept' | 'broken' | 'unproven'
  readonly cases: readonly { readonly when: string; readonly then: string }[]
}

/** Whether the guarantees of a text hold whatever the facts, each with a case that breaks it. None for a text that doesn't parse. */
export async function proveGuarantees(source: string): Promise<readonly GuaranteeProof[]> {
  const parsed = parsePolicy(source)
  if (!parsed.ok || parsed.policy.guarantees.length === 0) return []
  const { policy } = parsed
  const said = await inTurn(() => ask('guarantee', [source]))
  const proofs = (said ?? '')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Kept)
  return policy.guarantees.map(({ name, line }) => {
    const proof = proofs.find(({ guarantee }) => guarantee === name)
    const cases = (proof?.breaches ?? []).map(({ given, answer }) => ({
      when: caseWords(given, [policy]),
      then: answerWords(answer),
    }))
    return { name, line, cases, is: cases.length > 0 ? 'broken' : proof?.proven === true ? 'kept' : 'unproven' }
  })
}

/** The guarantees that are broken, as errors at their lines. One that could not be proven is none: it is shown, and people decide. */
export async function brokenGuaranteeLines(source: string): Promise<readonly PolicyLine[]> {
  return (await proveGuarantees(source))
    .filter((proof) => proof.is === 'broken')
    .map(({ name, line, cases: [first] }) => ({
      line,
      column: 1,
      message: `The guarantee "${name}" does not hold. For example: ${first?.when}: ${first?.then}.`,
    }))
}

export type ProvenDifference = {
  readonly when: string
  readonly before: string
  readonly after: string
  readonly more: string
}
export type ProvenDifferences = {
  readonly cases: readonly ProvenDifference[]
  /** Nothing else is answered otherwise within the bounds. */
  readonly proven: boolean
  readonly bounds: string
}

/** Who is answered otherwise by two texts: one case for each pair of rules, found and not sampled. Nothing when it took too long. */
export async function proveDifferences(before: string, after: string): Promise<ProvenDifferences | undefined> {
  const [old, now] = [parsePolicy(before), parsePolicy(after)]
  if (!old.ok || !now.ok) return undefined
  const said = await inTurn(() => ask('diff', [before, after]))
  if (said === undefined) return undefined
  const { differences, proven, bounds } = JSON.parse(said) as Comparison
  return {
    proven,
    bounds: boundsWords(bounds),
    cases: differences.map((each) => ({
      when: caseWords(each.given, [now.policy, old.policy]),
      before: answerWords(each.before, each.after),
      after: answerWords(each.after, each.before),
      more: moreWords(each),
    })),
  }
}

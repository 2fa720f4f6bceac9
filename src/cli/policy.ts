import { decide } from '../domain/policy/decide.ts'
import { describe, describePolicy } from '../domain/policy/describe.ts'
import { factsFrom, givenNames, wrongGiven } from '../domain/policy/given.ts'
import { parsePolicy } from '../domain/policy/parse.ts'
import type { Policy, PolicyProblem } from '../domain/policy/parse.ts'
import { policyWarnings } from '../domain/policy/warnings.ts'
import { runPolicyTests } from '../domain/policy/run-tests.ts'
import { nearest } from '../domain/policy/suggest.ts'
import { format } from '../domain/money.ts'
import { didYouMean } from './said.ts'
import type { Said } from './said.ts'

export const usage = `Usage: moneyback policy <command> FILE… [--json] [--lang de]

  check FILE…                  reads and checks the files, and runs nothing
  test FILE…                   checks them and runs the tests inside
  describe FILE…               says what they do, in plain language
  explain FILE name=value…     answers for facts such as payment.age=34d usage.share=0.1
  diff OLD NEW                 what is written otherwise, and which customers are answered otherwise
  guarantee FILE…              whether the guarantees in the file hold, whatever the facts
  backtest FILE --facts LINES  asks about past requests, one JSON object a line; - is the standard input

  check --thorough             finds also what hangs on several rules together
  test --watch                 runs again whenever a file is saved
  guarantee --always 'decision.people >= 2' [--when 'decision.amount > money(500, "usd")']
  backtest --against OLD       compares with another policy where a line has no decision

Ends with 0 when all is well; 1 when a file is wrong, a test fails, answers differ, a guarantee does not hold or is not
proven, or a line can't be read; 2 when the command is wrong.
`

type Options = { readonly json: boolean; readonly language: string; readonly rest: readonly string[] }

/** Runs a policy command on files. Needs no database and no configuration. */
export function policyCommand(args: readonly string[], read: (file: string) => string): Said {
  const [command, ...more] = args
  const options = optionsOf(more)
  const files = command === 'explain' ? options.rest.slice(0, 1) : options.rest
  if (files.length === 0 || !['check', 'test', 'describe', 'explain'].includes(command ?? ''))
    return { exit: 2, out: usage }
  const said: Said[] = []
  for (const file of files) {
    const source = readOr(file, read)
    if (typeof source !== 'string') return source
    const parsed = parsePolicy(source)
    if (!parsed.ok) said.push(problemsSaid(file, parsed.problems, options))
    else said.push(run(command ?? '', file, parsed.policy, options))
  }
  return {
    exit: said.some((each) => each.exit === 2) ? 2 : said.some((each) => each.exit === 1) ? 1 : 0,
    out: said.map((each) => each.out).join('') + (command === 'test' && !options.json ? totalOf(said) : ''),
  }
}

/** The last line of the tests of several files: "173 passed, 0 failed". A file that can't be read fails as one. */
function totalOf(said: readonly Said[]): string {
  if (said.length < 2) return ''
  const counts = said.map(({ out }) => / (\d+) passed, (\d+) failed\n$/.exec(out))
  const sum = (place: 1 | 2): number => counts.reduce((total, found) => total + Number(found?.[place] ?? place - 1), 0)
  return `${sum(1)} passed, ${sum(2)} failed\n`
}

function optionsOf(args: readonly string[]): Options {
  const at = args.indexOf('--lang')
  const rest = args.filter((arg, index) => arg !== '--json' && arg !== '--lang' && (at < 0 || index !== at + 1))
  return { json: args.includes('--json'), language: (at < 0 ? undefined : args[at + 1]) ?? 'en', rest }
}

function readOr(file: string, read: (file: string) => string): string | Said {
  try {
    return read(file)
  } catch (error) {
    return { exit: 2, out: `${file} can't be read: ${error instanceof Error ? error.message : String(error)}\n` }
  }
}

function run(command: string, file: string, policy: Policy, options: Options): Said {
  if (command === 'check') return checkSaid(file, policy, options)
  if (command === 'test') return testsSaid(file, policy, options)
  if (command === 'explain') return explain(policy, options)
  return {
    exit: 0,
    out: options.json
      ? json({ file, ...describePolicy(policy, options.language) })
      : describe(policy, options.language),
  }
}

function checkSaid(file: string, policy: Policy, { json: asJson }: Options): Said {
  const warnings = policyWarnings(policy)
  if (asJson) return { exit: 0, out: json({ file, ok: true, rules: policy.rules.length, warnings }) }
  const lines = warnings.map(({ rule, message }) => `${file}: warning: ${rule}: ${message}\n`)
  return { exit: 0, out: `${lines.join('')}${file}: ${policy.name}, ${policy.rules.length} rules, no problems\n` }
}

const json = (value: unknown): string => `${JSON.stringify(value)}\n`

function problemsSaid(file: string, problems: readonly PolicyProblem[], { json: asJson }: Options): Said {
  const lines = problems.map(
    ({ line, column, message, suggestion }) => `${file}:${line}:${column}: ${message}${didYouMean(suggestion)}\n`,
  )
  return { exit: 1, out: asJson ? json({ file, ok: false, problems }) : lines.join('') }
}

function testsSaid(file: string, policy: Policy, { json: asJson }: Options): Said {
  const results = runPolicyTests(policy)
  const failed = results.filter((result) => !result.passed)
  const lines = failed.map(
    ({ name, line, expected, actual }) => `${file}:${line}: ${name}: expected ${expected}; was ${actual}\n`,
  )
  const summary = `${file}: ${results.length - failed.length} passed, ${failed.length} failed\n`
  return {
    exit: failed.length === 0 ? 0 : 1,
    out: asJson ? json({ file, passed: results.length - failed.length, failed }) : lines.join('') + summary,
  }
}

function explain(policy: Policy, { rest, json: asJson }: Options): Said {
  const vocabulary = { facts: policy.facts, zone: policy.scope.zone }
  const given: Record<string, unknown> = { ...policy.assume }
  for (const pair of rest.slice(1)) {
    const [name = '', text = ''] = pair.split(/=(.*)/s)
    const value = valueOf(text)
    const wrong = wrongGiven(name, value, vocabulary)
    if (wrong) return { exit: 2, out: `${wrong}${didYouMean(nearest(name, givenNames(vocabulary)), name)}\n` }
    given[name] = value
  }
  const decision = decide(policy, factsFrom(given, vocabulary), 0)
  if (asJson) return { exit: 0, out: json(decision) }
  const marks = { met: '✓', unmet: '✗', unknown: '?' } as const
  const lines = decision.findings.map(({ rule, mark, sentence }) => `  ${marks[mark]} ${rule}: ${sentence}\n`)
  const after = decision.counterfactual ? `${decision.counterfactual.sentence}\n` : ''
  return {
    exit: 0,
    out: `${decision.verdict} ${format(decision.amount)} by ${decision.rule}\n${decision.because}\n${decision.amount_because}\n${lines.join('')}${after}`,
  }
}

/** A value from the command line: yes-or-no, a number, `unknown`, a list in brackets, or a text. */
function valueOf(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'unknown') return null
  if (text.startsWith('[') && text.endsWith(']'))
    return text
      .slice(1, -1)
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '')
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

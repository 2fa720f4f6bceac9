import { createReadStream, readFileSync, watch } from 'node:fs'
import type { Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import { policyCommand, usage } from './policy.ts'
import type { Said } from './said.ts'
import { parsePolicy } from '../domain/policy/parse.ts'
import type { Policy } from '../domain/policy/policy.ts'

const wrong = (why: string): Said => ({ exit: 2, out: `${why}\n\n${usage}` })

/** Runs a policy command and says how it ended. Loads the solver only for what needs it. */
export async function runPolicy(
  args: readonly string[],
  say: (text: string) => void,
  stdin: Readable,
): Promise<number> {
  const { exit, out } = await said([...args], say, stdin)
  say(out)
  return exit
}

async function said(args: string[], say: (text: string) => void, stdin: Readable): Promise<Said> {
  const read = (file: string): string => readFileSync(file, 'utf8')
  const [command, ...rest] = args
  switch (command) {
    case 'diff':
      return diff(rest)
    case 'guarantee':
      return guarantee(rest)
    case 'backtest':
      return backtest(rest, stdin)
    case 'check': {
      const fast = policyCommand(
        args.filter((each) => each !== '--thorough'),
        read,
      )
      return rest.includes('--thorough') && fast.exit === 0 ? thorough(rest, fast) : fast
    }
    case 'test':
      if (!rest.includes('--watch')) return policyCommand(args, read)
      return watchTests(
        args.filter((each) => each !== '--watch'),
        read,
        say,
      )
    default:
      return policyCommand(args, read)
  }
}

/** The options and files of a command; a sentence when they can't be understood. */
function understood<T extends Record<string, { type: 'string' | 'boolean'; multiple?: boolean }>>(
  args: string[],
  options: T,
) {
  try {
    return parseArgs({ args, options: { ...options, json: { type: 'boolean' } }, allowPositionals: true, strict: true })
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error))
  }
}

/** Reads and checks a policy, or says what is wrong with it. */
function policyIn(file: string): Policy | Said {
  let source: string
  try {
    source = readFileSync(file, 'utf8')
  } catch (error) {
    return { exit: 2, out: `${file} can't be read: ${error instanceof Error ? error.message : String(error)}\n` }
  }
  const parsed = parsePolicy(source)
  return parsed.ok ? parsed.policy : policyCommand(['check', file], () => source)
}

async function diff(args: string[]): Promise<Said> {
  const given = understood(args, {})
  if ('exit' in given) return given
  const [old, fresh, ...more] = given.positionals
  if (old === undefined || fresh === undefined || more.length > 0)
    return wrong('diff takes two files: the old one and the new one')
  const [before, after] = [policyIn(old), policyIn(fresh)]
  if ('exit' in before) return before
  if ('exit' in after) return after
  const { diffSaid } = await import('./policy-proofs.ts')
  return diffSaid(before, after, given.values['json'] === true)
}

async function guarantee(args: string[]): Promise<Said> {
  const given = understood(args, {
    when: { type: 'string', multiple: true },
    always: { type: 'string', multiple: true },
  })
  if ('exit' in given) return given
  const { when = [], always = [] } = given.values as { when?: string[]; always?: string[] }
  if (given.positionals.length === 0) return wrong('guarantee takes a file')
  const { guaranteeSaid } = await import('./policy-proofs.ts')
  return forEach(given.positionals, (file, policy) =>
    guaranteeSaid(file, policy, { when, always }, given.values['json'] === true),
  )
}

async function thorough(args: string[], fast: Said): Promise<Said> {
  const { thoroughSaid } = await import('./policy-proofs.ts')
  const files = args.filter((each) => !each.startsWith('--'))
  const more = await forEach(files, (file, policy) => thoroughSaid(file, policy, args.includes('--json')))
  return { exit: more.exit, out: fast.out + more.out }
}

async function forEach(files: readonly string[], ask: (file: string, policy: Policy) => Promise<Said>): Promise<Said> {
  const all: Said[] = []
  for (const file of files) {
    const policy = policyIn(file)
    all.push('exit' in policy ? policy : await ask(file, policy))
  }
  const exit = all.some((each) => each.exit === 2) ? 2 : all.some((each) => each.exit === 1) ? 1 : 0
  return { exit, out: all.map((each) => each.out).join('') }
}

async function backtest(args: string[], stdin: Readable): Promise<Said> {
  const given = understood(args, { facts: { type: 'string' }, against: { type: 'string' } })
  if ('exit' in given) return given
  const { facts, against } = given.values as { facts?: string; against?: string }
  const [file, ...more] = given.positionals
  if (file === undefined || more.length > 0 || facts === undefined)
    return wrong('backtest takes a file, and --facts with the past requests')
  const policy = policyIn(file)
  if ('exit' in policy) return policy
  const other = against === undefined ? undefined : policyIn(against)
  if (other && 'exit' in other) return other
  const { backtestSaid } = await import('./policy-backtest.ts')
  try {
    return await backtestSaid(
      policy,
      facts === '-' ? stdin : createReadStream(facts),
      other,
      given.values['json'] === true,
    )
  } catch (error) {
    return { exit: 2, out: `${facts} can't be read: ${error instanceof Error ? error.message : String(error)}\n` }
  }
}

/** Runs the tests now and whenever one of the files is saved, until the process is ended. */
async function watchTests(args: string[], read: (file: string) => string, say: (text: string) => void): Promise<Said> {
  const first = policyCommand(args, read)
  if (first.exit === 2) return first
  say(first.out)
  let last = args
    .slice(1)
    .filter((each) => !each.startsWith('--'))
    .map((file) => [file, read(file)] as const)
  const again = (): void => {
    // An editor may take a file away before it writes the new one, and tells us of one saving several times.
    try {
      const now = last.map(([file]) => [file, read(file)] as const)
      if (now.every(([, text], index) => text === last[index]?.[1])) return
      last = now
      say(`\n${policyCommand(args, read).out}`)
    } catch {
      return
    }
  }
  const folders = new Set(last.map(([file]) => file.replace(/[^/\\]*$/, '') || '.'))
  for (const folder of folders) watch(folder, again)
  return new Promise<Said>(() => {})
}

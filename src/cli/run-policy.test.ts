import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test, vi } from 'vitest'
import { runPolicy } from './run-policy.ts'

// The solver takes seconds of a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const folder = mkdtempSync(join(tmpdir(), 'moneyback-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const policy = (days: number, rest = ''): string =>
  `policy: Small\nrules:\n  - { id: early, when: [payment.age <= days(${days})], then: approve }\notherwise: { then: deny }\n${rest}`
const small = file('small.yaml', policy(14))
const wider = file('wider.yaml', policy(21))
const wrong = file('wrong.yaml', policy(14).replace('payment.age', 'payment.agee'))
const past = file(
  'past.jsonl',
  [
    '{"given":{"payment.age":"3d"},"decision":{"verdict":"approve","amount":4900,"rule":"early"}}',
    '{"given":{"payment.age":"20d"},"decision":{"verdict":"deny","amount":0,"rule":"otherwise"}}',
    '',
    '{"given":{"payment.age":"40d"},"decision":{"verdict":"deny","amount":0,"rule":"otherwise"}}',
  ].join('\n'),
)

async function run(args: string[], stdin = ''): Promise<{ exit: number; out: string }> {
  let out = ''
  const exit = await runPolicy(args, (text) => (out += text), Readable.from([stdin]))
  return { exit, out }
}

test('diff of a file with itself ends with 0: nobody is answered otherwise, proven', async () => {
  const { exit, out } = await run(['diff', small, small])
  expect([exit, out]).toEqual([0, expect.stringContaining('Nobody is answered otherwise: proven.')])
})

test('diff of two that differ ends with 1, with what is written otherwise and a case; as JSON too', async () => {
  const { exit, out } = await run(['diff', small, wider])
  expect(exit).toBe(1)
  expect(out).toContain('Rule early: The time since the payment: at most 21 days instead of at most 14 days.')
  expect(out).toContain('Every other kind of case is answered as before: proven.')
  const json = await run(['diff', small, wider, '--json'])
  expect(json.exit).toBe(1)
  expect(JSON.parse(json.out)).toMatchObject({
    proven: true,
    changes: [{ about: 'rule', name: 'early', part: 'when' }],
    differences: [{ before: { verdict: 'deny' }, after: { verdict: 'approve', rule: 'early' } }],
  })
})

test('diff of a file that is wrong ends with 1 and its line; of one file, none, or an unknown option, with 2', async () => {
  expect(await run(['diff', small, wrong])).toMatchObject({ exit: 1, out: expect.stringContaining('wrong.yaml:3:') })
  expect((await run(['diff', small])).exit).toBe(2)
  expect((await run(['diff', small, join(folder, 'none.yaml')])).exit).toBe(2)
  expect((await run(['diff', small, wider, '--fast'])).exit).toBe(2)
})

test('a guarantee that holds ends with 0, a broken one with 1 and a case, in the file or on the command line', async () => {
  const guarded = (most: number): string =>
    file(
      `guarded-${most}.yaml`,
      policy(
        14,
        `guarantees:\n  - { name: never late, when: ['payment.age > days(${most})'], always: [decision.verdict != "approve"] }\n`,
      ),
    )
  const holds = await run(['guarantee', guarded(14)])
  expect(holds).toMatchObject({ exit: 0, out: expect.stringContaining('holds, proven: never late') })
  const broken = await run(['guarantee', guarded(7), '--json'])
  expect(broken.exit).toBe(1)
  expect(JSON.parse(broken.out)).toMatchObject({
    guarantee: 'never late',
    breaches: [{ answer: { verdict: 'approve' }, line: 'decision.verdict != "approve"' }],
  })
  const own = ['--when', 'payment.age > days(14)', '--always', 'decision.verdict == "deny"']
  expect((await run(['guarantee', small, ...own])).exit).toBe(0)
})

test('a guarantee that is none, or a mistake in it, ends with 2 and says so', async () => {
  expect(await run(['guarantee', small])).toMatchObject({
    exit: 2,
    out: expect.stringContaining('no guarantee in the file'),
  })
  expect(await run(['guarantee', small, '--always', 'decision.peple >= 2'])).toMatchObject({
    exit: 2,
    out: expect.stringContaining('did you mean decision.people?'),
  })
  expect((await run(['guarantee'])).exit).toBe(2)
})

test('check finds what a line shows, --thorough what hangs on several rules together', async () => {
  const covered = file(
    'covered.yaml',
    `policy: P\nrules:\n  - { id: long, when: [payment.age <= days(30)], then: approve }\n  - { id: short, when: [payment.age <= days(14)], then: review }\notherwise: { then: deny }\n`,
  )
  expect(await run(['check', covered])).toMatchObject({ exit: 0, out: expect.not.stringContaining('short') })
  expect(await run(['check', covered, '--thorough'])).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/warning: short: .*never/),
  })
})

test('a backtest needs no database: a file of past requests, or the standard input', async () => {
  const { exit, out } = await run(['backtest', wider, '--facts', past])
  expect(exit).toBe(0)
  expect(out).toContain('Small: 3 requests, 1 answers change, 2 stay')
  expect(out).toMatch(/deny +1 +0 +1/)
  const line = '{"given":{"payment.age":"20d"}}\n'
  const json = await run(['backtest', wider, '--facts', '-', '--against', small, '--json'], line)
  expect(json.exit).toBe(0)
  expect(JSON.parse(json.out)).toMatchObject({ changed: 1, same: 0, matrix: { deny: { approve: 1 } } })
})

test('a line of the past that cannot be read is named and ends with 1; a file that is none ends with 2', async () => {
  const { exit, out } = await run(
    ['backtest', wider, '--facts', '-'],
    '{"given":{"payment.agee":"3d"}}\nnonsense\n{"given":{}}\n',
  )
  expect(exit).toBe(1)
  expect(out).toMatch(/line 1: .*payment\.agee/)
  expect(out).toContain('line 2: is no JSON')
  expect(out).toContain('left out: 2 lines')
  expect((await run(['backtest', wider, '--facts', join(folder, 'none.jsonl')])).exit).toBe(2)
  expect((await run(['backtest', wider])).exit).toBe(2)
})

const command = fileURLToPath(new URL('moneyback.ts', import.meta.url))

test('the command itself ends with the code, and test --watch runs again when the file is saved', async () => {
  const ended = (args: string[]): Promise<number | null> =>
    new Promise((done) => {
      spawn(process.execPath, [command, 'policy', ...args]).on('exit', done)
    })
  expect(await Promise.all([ended(['check', small]), ended(['check', wrong]), ended(['chek', small])])).toEqual([
    0, 1, 2,
  ])

  const tested = (then: string): string =>
    policy(14, `tests:\n  - { name: day 3, given: { payment.age: 3d }, expect: { then: ${then} } }\n`)
  const watched = file('watched.yaml', tested('approve'))
  const watching = spawn(process.execPath, [command, 'policy', 'test', watched, '--watch'])
  let out = ''
  watching.stdout.on('data', (text: Buffer) => (out += text.toString()))
  try {
    await vi.waitFor(() => expect(out).toContain('1 passed, 0 failed'), { timeout: 30_000 })
    file('watched.yaml', tested('deny'))
    await vi.waitFor(() => expect(out).toContain('day 3: expected deny; was approve'), { timeout: 30_000 })
    file('watched.yaml', wrongHalf(tested('deny')))
    await vi.waitFor(() => expect(out).toMatch(/watched\.yaml:\d+:\d+: Unknown fact/), { timeout: 30_000 })
    expect(watching.exitCode).toBeNull()
  } finally {
    watching.kill()
  }
})

const wrongHalf = (text: string): string => text.replace('payment.age <=', 'payment.agee <=')

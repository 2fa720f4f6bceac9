import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { policyCommand } from './policy.ts'

const folder = new URL('../../policies/', import.meta.url)
const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml'))

test('every policy that comes with the product passes its own tests', () => {
  const { exit, out } = policyCommand(['test', ...files], read)
  expect(out).not.toMatch(/expected/)
  expect(exit).toBe(0)
})

test('the policies that companies publish come out as published: 173 cases in 26 files', () => {
  const published = files.filter((file) => file.startsWith('published'))
  const { out } = policyCommand(['test', ...published, '--json'], read)
  const results = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { passed: number; failed: unknown[] })
  const passed = results.reduce((sum, each) => sum + each.passed, 0)
  expect([results.length, passed, results.flatMap((each) => each.failed)]).toEqual([26, 173, []])
})

describe.each(files)('%s in plain language', (file) => {
  test.each(['en', 'de'])('names every rule and leaves no hole (%s)', (language) => {
    const { exit, out } = policyCommand(['describe', file, '--lang', language], read)
    expect(exit).toBe(0)
    expect(out).not.toMatch(/undefined|\{[01]\}|\[object/)
    for (const [, id] of read(file).matchAll(/^ {2}- id: (\S+)/gm)) expect(out).toContain(id)
  })
})

test('a wrong file is named with line, column and suggestion, and ends with 1', () => {
  const source =
    'policy: P\nrules:\n  - id: a\n    when: [payment.agee > days(1)]\n    then: deny\notherwise: { then: deny }\n'
  expect(policyCommand(['check', 'p.yaml'], () => source)).toEqual({
    exit: 1,
    out: 'p.yaml:4:12: Unknown fact `payment.agee`; did you mean payment.age?\n',
  })
})

test('a failing test ends with 1 and says what was expected and what came', () => {
  const source =
    'policy: P\nrules: []\notherwise: { then: deny }\ntests:\n  - { name: hope, expect: { then: approve } }\n'
  expect(policyCommand(['test', 'p.yaml'], () => source)).toEqual({
    exit: 1,
    out: 'p.yaml:5: hope: expected approve; was deny\np.yaml: 0 passed, 1 failed\n',
  })
})

test('explain answers with every condition and the change that would help', () => {
  const { out } = policyCommand(['explain', 'default.yaml', 'payment.age=34d', 'usage.share=0.1'], read)
  expect(out).toContain('✗ money-back: The time since the payment: 34 days. Required: at most 30 days.')
  expect(out).toContain('Asked 4 days earlier, this would have been approved automatically.')
})

test('explain refuses a fact that is none, with the nearest', () => {
  expect(policyCommand(['explain', 'default.yaml', 'payment.agee=34d'], read)).toEqual({
    exit: 2,
    out: 'There is no fact `payment.agee`; did you mean payment.age?\n',
  })
})

test('json is one object per file', () => {
  const { out } = policyCommand(['explain', 'default.yaml', 'usage.share=unknown', '--json'], read)
  expect(JSON.parse(out)).toMatchObject({ verdict: 'review', missing: ['usage.share'] })
})

test('a command that is none, or a file that is none, ends with 2', () => {
  expect([
    policyCommand(['chek', 'default.yaml'], read).exit,
    policyCommand(['check', 'none.yaml'], read).exit,
  ]).toEqual([2, 2])
})

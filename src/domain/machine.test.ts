import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { arrows, follow, mermaid, sqlArrows, sqlCheck, unreachable, type Machine } from './machine.ts'
import { refundMachine } from './refund.ts'
import { openStatuses, requestMachine, waitingFor } from './request.ts'

const machines: Machine<string, string>[] = [
  refundMachine as Machine<string, string>,
  requestMachine as Machine<string, string>,
]

describe.each(machines)('the machine of a $name', (machine) => {
  test.each(arrows(machine))(
    '$from goes by $event to $to, and PostgreSQL and the diagram know it',
    ({ from, event, to }) => {
      expect(follow(machine, from, event)).toBe(to)
      expect(Object.keys(machine.states)).toContain(to)
      expect(sqlArrows(machine)).toContain(`('${machine.name}', '${from}', '${event}', '${to}')`)
      expect(mermaid(machine)).toContain(`${from} --> ${to}: ${event}`)
    },
  )

  test('every state can be reached and says what it means', () => {
    expect(unreachable(machine)).toEqual([])
    for (const { note } of Object.values(machine.states)) expect(note).toMatch(/\.$/)
  })

  test('from every state an end can be reached', () => {
    // An end that a person can reopen is one, too.
    const ends = Object.keys(machine.states).filter((state) =>
      Object.keys(machine.states[state]!.on).every((event) => event === 'reopen'),
    )
    const reaches = (state: string, seen = new Set<string>()): boolean =>
      ends.includes(state) ||
      (!seen.has(state) &&
        arrows(machine).some(({ from, to }) => from === state && reaches(to, new Set(seen).add(state))))
    for (const state of Object.keys(machine.states)) expect(reaches(state) || state === 'refunded', state).toBe(true)
  })

  test('an event that has no arrow leads nowhere', () => {
    for (const state of Object.keys(machine.states)) expect(follow(machine, state, 'dance')).toBeUndefined()
  })

  test('the check constraint names every state', () => {
    for (const state of Object.keys(machine.states)) expect(sqlCheck(machine)).toContain(`'${state}'`)
  })
})

test('a state that no arrow reaches is found', () => {
  const island: Machine<string, string> = {
    name: 'x',
    initial: 'a',
    states: { a: { on: { go: 'b' }, note: '' }, b: { on: {}, note: '' }, c: { on: { go: 'a' }, note: '' } },
  }
  expect(unreachable(island)).toEqual(['c'])
})

test('the migration and the diagrams are what the tables say', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const { status, stderr } = spawnSync(process.execPath, [`${root}scripts/gen.ts`, '--check'], { encoding: 'utf8' })
  expect([status, stderr.replace(/.*ExperimentalWarning.*\n?|.*node --trace-warnings.*\n?/g, '')]).toEqual([0, ''])
})

test('whoever has an open request is told who has to act', () => {
  for (const status of openStatuses) expect(waitingFor(status, undefined)).not.toBeNull()
  expect([waitingFor('approved', 'requires_action'), waitingFor('refunded', 'requires_action')]).toEqual([
    'customer',
    'customer',
  ])
  expect([
    waitingFor('refunded', 'succeeded'),
    waitingFor('denied', undefined),
    waitingFor('withdrawn', undefined),
  ]).toEqual([null, null, null])
})

import { expect, test } from 'vitest'
import { defaultDesk } from './desk.ts'
import { whoMayApprove } from './who-may-approve.ts'

const desk = defaultDesk('usd')
const team = [
  { id: 's', name: 'Sam', role: 'support' },
  { id: 'a', name: 'Ann', role: 'approver' },
  { id: 'f', name: 'Finn', role: 'finance' },
  { id: 'o', name: 'Olga', role: 'owner' },
] as const
const question = { policy: 1, needed: 'support', standing: [], not: [] } as const
const ids = ({ last, first }: ReturnType<typeof whoMayApprove>) =>
  [last, first].map((list) => list.map(({ id }) => id).join())

test('everybody within the limit of their role can approve alone', () => {
  expect(ids(whoMayApprove(desk, team, { ...question, amount: 9_000, stake: 9_000 }))).toEqual(['s,a,f,o', ''])
  expect(ids(whoMayApprove(desk, team, { ...question, amount: 90_000, stake: 90_000 }))).toEqual(['a,f,o', ''])
})

test('whoever asked for it and whoever approved it already is not named', () => {
  expect(ids(whoMayApprove(desk, team, { ...question, amount: 9_000, stake: 9_000, not: ['s', 'o'] }))).toEqual([
    'a,f',
    '',
  ])
})

test('above the limits of finance it takes two, and the last is an owner where the first was none', () => {
  const large = { ...question, amount: 1_500_000, stake: 1_500_000 }
  expect(ids(whoMayApprove(desk, team, large))).toEqual(['', 'f,o'])
  expect(ids(whoMayApprove(desk, team, { ...large, standing: ['finance'], not: ['f'] }))).toEqual(['o', ''])
  expect(ids(whoMayApprove(desk, team, { ...large, standing: ['owner'], not: ['o'] }))).toEqual(['f', ''])
})

import { expect, test } from 'vitest'
import { mentioned } from './mentions.ts'

const people = [
  { id: '1', name: 'Mara Lind', email: 'mara@example.com' },
  { id: '2', name: 'Jo Weber', email: 'jo.weber@example.com' },
  { id: '3', name: 'Jo Weberlein', email: 'jw@example.com' },
  { id: '4', name: 'Zoë Ünal', email: 'zoe@example.com' },
  { id: '5', name: 'ليلى حداد', email: 'layla@example.com' },
]
const ids = (note: string) => mentioned(note, people).map(({ id }) => id)

test('a person is meant by full name, e-mail, its first part, or a first name that only one has', () => {
  expect(ids('@Mara Lind, see this; @mara')).toEqual(['1'])
  expect(ids('cc @jo.weber@example.com and @zoe unal')).toEqual(['2', '4'])
  expect(ids('@ليلى حداد')).toEqual(['5'])
})
test('the longest reading counts, and a first name that two have means nobody', () => {
  expect(ids('@Jo Weberlein')).toEqual(['3'])
  expect(ids('@Jo Weber!')).toEqual(['2'])
  expect(ids('@Jo, please')).toEqual([])
})
test('an e-mail address in a sentence, a longer word and a lone @ mean nobody', () => {
  expect(ids('write to help@mara or @maraschino, or @')).toEqual([])
})

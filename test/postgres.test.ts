import pg from 'pg'
import { expect, test } from 'vitest'
import { freshDatabase } from './postgres.ts'

test('two fresh databases know nothing of each other, and are gone when dropped', async () => {
  const [one, two] = await Promise.all([freshDatabase(), freshDatabase()])
  const first = new pg.Client({ connectionString: one.url })
  const second = new pg.Client({ connectionString: two.url })
  await Promise.all([first.connect(), second.connect()])
  await first.query('create table only_here (id int)')
  await expect(second.query('select from only_here')).rejects.toThrow('does not exist')
  await Promise.all([first.end(), second.end()])
  await Promise.all([one.drop(), two.drop()])
  await expect(new pg.Client({ connectionString: one.url }).connect()).rejects.toThrow('does not exist')
})

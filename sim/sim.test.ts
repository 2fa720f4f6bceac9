import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'
import { mutants } from './mutants.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

test(
  'forty histories and all that ever failed: nothing that must not be, and the same trace when played again',
  { timeout: 180_000 },
  () => {
    const args = ['--histories', '40', '--from', '1', '--twice', '8', '--url', inject('postgresUrl')]
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' })
    expect([status, stdout + stderr]).toEqual([0, expect.stringMatching(/violations=0\s*$/)])
    // Not by doing nothing: most of them come to a refund.
    expect(Number(/ refunds=(\d+)/.exec(stdout)?.[1])).toBeGreaterThan(20)
  },
)

test('every mistake that can be planted still fits the program, exactly once', () => {
  const times = ({ file, find }: { file: string; find: string }): number =>
    readFileSync(new URL(`../${file}`, import.meta.url), 'utf8').split(find).length - 1
  const unfit = mutants.filter(({ edits }) => edits.some((edit) => times(edit) !== 1)).map(({ name }) => name)
  expect(unfit).toEqual([])
})

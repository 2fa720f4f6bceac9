import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, inject, test } from 'vitest'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

test(
  'forty histories and all that ever failed: nothing that must not be, and the same trace when played again',
  { timeout: 180_000 },
  () => {
    const args = ['--histories', '40', '--from', '1', '--twice', '8', '--url', inject('postgresUrl')]
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' })
    expect([status, stdout + stderr]).toEqual([0, expect.stringMatching(/violations=0\s*$/)])
  },
)

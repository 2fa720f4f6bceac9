import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Summary } from '../test/summary-reporter.ts'

// Runs the tests, with the file filters given as arguments, and ends with one line of counts.
const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'moneyback-summary-'))
const file = join(folder, 'summary.json')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const reporters = ['--reporter=default', '--reporter=./test/summary-reporter.ts']

const { status } = spawnSync(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, TEST_SUMMARY_FILE: file },
})
const { passed, failed, skipped } = readSummary(status)
rmSync(folder, { recursive: true })

for (const { name, reason } of skipped) console.log(`skipped: ${name} (${reason})`)
if (passed + failed === 0) console.log('No test ran.')
process.exitCode = status === 0 && failed === 0 && passed > 0 ? 0 : 1
console.log(`${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`)

/** A run that broke before its end, or that failed outside of every test, counts as one failure. */
function readSummary(ended: number | null): Summary {
  let summary: Summary = { passed: 0, failed: 0, skipped: [] }
  try {
    summary = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    console.log('The test run ended without a result.')
  }
  return ended !== 0 && summary.failed === 0 ? { ...summary, failed: 1 } : summary
}

// Everything that can be said about the code without running it. Each step is a command that can be run by itself.
import { spawnSync } from 'node:child_process'

const steps: [name: string, command: string, ...args: string[]][] = [
  ['types of the server', 'tsc', '-p', '.'],
  ['types of the pages', 'tsc', '-p', 'tsconfig.web.json'],
  ['lint, with types and import directions', 'oxlint', '--type-aware'],
  ['format', 'oxfmt', '--check'],
  ['generated files are current', 'node', 'scripts/gen.ts', '--check'],
  ['unused files, exports and dependencies', 'knip'],
  ['every route of the API has a scope', 'node', 'scripts/check-scopes.ts'],
  ['words', 'node', 'scripts/check-words.ts'],
]

let failed = 0
for (const [name, command, ...args] of steps) {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'}  ${name} (${seconds} s)`)
  if (status === 0) continue
  failed++
  console.log(`${stdout}${stderr}`.trim())
}
if (failed > 0) process.exitCode = 1

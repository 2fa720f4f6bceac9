#!/usr/bin/env node
// The command `moneyback`: `moneyback policy …` needs neither a database nor a configuration; everything else is src/main.ts.
if (process.argv[2] === 'policy') {
  const { runPolicy } = await import('./run-policy.ts')
  const exit = await runPolicy(process.argv.slice(3), (text) => process.stdout.write(text), process.stdin)
  // The solver's threads don't always end by themselves on a busy machine, so the process does, once all was written.
  process.stdout.write('', () => process.exit(exit))
} else {
  await import('../main.ts')
}

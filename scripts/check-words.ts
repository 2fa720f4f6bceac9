// One word for each meaning: fails where the code uses a word that the glossary has another one for.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const unwanted: [word: RegExp, use: string][] = [
  [/\bdeclined? (the |a )?(request|refund)/i, 'deny'],
  [/\bchargebacks?\b/i, 'dispute'],
  [/\breversals?\b/i, 'refund'],
  [/\bcancelled\b/i, 'canceled, as Stripe spells it'],
]
// Stripe's own words stay as they are.
const quotes = /transfer_reversal|type === 'reversal'|reverse_transfer|reversal_|'reversal'|"reversal"/

const files = execFileSync('git', ['ls-files', 'src/*.ts', 'src/*.tsx', 'migrations/*.sql', 'policies/default.yaml'], {
  encoding: 'utf8',
})
  .trim()
  .split('\n')
let found = 0
for (const file of files) {
  const lines = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8').split('\n')
  for (const [i, line] of lines.entries()) {
    for (const [word, use] of unwanted) {
      if (!word.test(line) || quotes.test(line)) continue
      found++
      console.log(`${file}:${i + 1}: say ${use}: ${line.trim()}`)
    }
  }
}
if (found > 0) process.exitCode = 1

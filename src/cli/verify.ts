import type { App } from '../app.ts'
import { verifyBooks, type Verified } from '../db/verify.ts'

/** `moneyback verify [--json]`: says what is so, for a person or for a program. Answers whether the books are right. */
export async function verifyCommand(
  app: Pick<App, 'db' | 'account' | 'now'>,
  args: readonly string[],
): Promise<boolean> {
  const verified = await verifyBooks(app.db, { account: app.account, now: app.now() })
  console.log(args.includes('--json') ? JSON.stringify(verified) : reportOf(verified, app.account))
  return verified.violations.length === 0
}

function reportOf({ checked, violations }: Verified, account: string): string {
  if (violations.length === 0) return `The books of ${account} are right: ${checked} invariants hold.`
  const told = violations.map(
    ({ code, sentence, count, examples }) =>
      `  ${code}: ${count} ${count === 1 ? 'time' : 'times'} not so\n    ${sentence}\n` +
      examples.map((example) => `      ${example}`).join('\n') +
      (count > examples.length ? `\n      and ${count - examples.length} more` : ''),
  )
  return `${violations.length} of ${checked} invariants do not hold in the books of ${account}.\n\n${told.join('\n\n')}\n\nWhat to do: docs/operate.md, "Verify".`
}

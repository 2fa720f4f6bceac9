import type { Command, History } from './history.ts'

/**
 * Makes a history that fails as small as it gets while it still fails: fewer commands, fewer faults, no mixing, no jumps,
 * plain choices. All choices stand in the commands, so each of them can be made smaller by itself.
 */
export async function shrink(
  history: History,
  fails: (smaller: History) => Promise<boolean>,
  { deadline = Date.now() + 60_000 }: { deadline?: number } = {},
): Promise<History> {
  let best = history
  const better = async (smaller: History): Promise<boolean> => {
    if (Date.now() > deadline || !(await fails(smaller))) return false
    best = smaller
    return true
  }
  for (let before = ''; before !== JSON.stringify(best) && Date.now() < deadline;) {
    before = JSON.stringify(best)
    for (let size = Math.ceil(best.commands.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = best.commands.length - size; at >= 0; at -= size)
        await better({ ...best, commands: best.commands.toSpliced(Math.max(0, at), size) })
    }
    for (let i = best.commands.length - 1; i >= 0; i--) {
      for (const simpler of simplerThan(best.commands[i]!))
        await better({ ...best, commands: best.commands.with(i, simpler) })
    }
    if (best.payments.length > 1)
      for (let i = best.payments.length - 1; i >= 0 && best.payments.length > 1; i--)
        await better({ ...best, payments: best.payments.toSpliced(i, 1) })
    if (best.wakeLast) await better({ ...best, wakeLast: false })
    if (best.payments.some((kind) => kind !== 'card'))
      await better({ ...best, payments: best.payments.map(() => 'card') })
  }
  return best
}

function* simplerThan(command: Command): Generator<Command> {
  for (let i = command.faults.length - 1; i >= 0; i--) yield { ...command, faults: command.faults.toSpliced(i, 1) }
  if (command.run !== -1) yield { ...command, run: -1, salt: 0 }
  for (const field of ['pick', 'part', 'by', 'salt'] as const)
    if (command[field] !== 0) yield { ...command, [field]: 0 }
  for (const ms of [5_000, 60_000, 3_600_000]) if (command.ms > ms) yield { ...command, ms }
}

let listener: ((name: string) => void) | undefined

/** A simulation in this process is told of each point that is passed, and decides itself who dies there. */
export function atCrashPoints(passed: (name: string) => void): void {
  listener = passed
}

/**
 * Ends the process like a power cut when MONEYBACK_CRASH_AT names this point, and stops it like a machine that is put to
 * sleep when MONEYBACK_FREEZE_AT does. The money path is proven by dying at each of them; without the variables this does
 * nothing.
 */
export function crashPoint(name: string): void {
  listener?.(name)
  if (process.env['MONEYBACK_CRASH_AT'] === name) process.kill(process.pid, 'SIGKILL')
  if (process.env['MONEYBACK_FREEZE_AT'] === name) process.kill(process.pid, 'SIGSTOP')
}

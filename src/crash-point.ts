/**
 * Ends the process like a power cut when MONEYBACK_CRASH_AT names this point. The money path is proven by dying at each of
 * them; without the variable this does nothing.
 */
export function crashPoint(name: string): void {
  if (process.env['MONEYBACK_CRASH_AT'] === name) process.kill(process.pid, 'SIGKILL')
}

import { NotCalled } from './line.ts'

/**
 * Shut while this process holds a key of another account or mode: then nothing at all is asked of Stripe, because its
 * answers would be about somebody else's money.
 */
export type Gate = { shutBecause: string | undefined }

export function passGate({ shutBecause }: Gate): void {
  if (shutBecause !== undefined) throw new NotCalled(shutBecause)
}

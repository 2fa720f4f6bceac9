import type { Signal } from '../../http/admin/screens.ts'

export const signalWords = {
  repeat: 'Asked before',
  dispute: 'Dispute',
  fraud_warning: 'Fraud warning',
  high_value: 'High value',
} as const satisfies Record<Signal, string>

export const channelWords: Readonly<Record<string, string>> = {
  portal: 'portal',
  admin: 'staff',
  api: 'API',
  agent: 'agent',
  stripe: 'Stripe dashboard',
  fraud_warning: 'early fraud warning',
  withdrawal: 'withdrawal from the contract',
}

/** Who did something, in words: a name where there is one. */
export function actorWord(actor: string, people: Readonly<Record<string, string>>): string {
  if (people[actor]) return actor.startsWith('api_key:') ? `${people[actor]} (API key)` : people[actor]
  const known: Readonly<Record<string, string>> = { policy: 'The policy', stripe: 'Stripe', moneyback: 'Moneyback' }
  if (known[actor]) return known[actor]
  if (actor.startsWith('customer:')) return 'The customer'
  if (actor.startsWith('staff:')) return 'A former colleague'
  return actor.startsWith('api_key:') ? 'An API key' : actor
}

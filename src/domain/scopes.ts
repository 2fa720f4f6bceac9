/** What a key of the API may do, one word for each, with what it means to whoever makes the key. */
export const scopes = {
  'requests:read': 'see requests, and ask the policy without asking for a refund',
  'requests:write': 'ask for refunds and withdraw requests',
  'decisions:write': 'approve and deny requests: moves money',
  'payments:read': 'see payments, and what can still be given back',
  'facts:write': 'say what you know about customers and payments',
  'access:read': 'ask what a customer may use',
  'portal:create': 'make links into the portal',
  'reports:read': 'see the reports',
  'policies:read': 'see policy versions, backtests and shadows, and check a policy text',
  'policies:backtest': 'try a policy on past requests and payments',
  'mail:bounces': 'hand on mails that came back',
  'webhooks:manage': 'set up outgoing webhooks, see and repeat deliveries',
} as const
export type Scope = keyof typeof scopes
export const allScopes = Object.keys(scopes) as Scope[]
export const isScope = (text: string): text is Scope => Object.hasOwn(scopes, text)

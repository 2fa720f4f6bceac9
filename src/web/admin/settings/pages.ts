import type { ComponentType } from 'react'

export type SettingsPage = {
  /** Its address: /settings/<path>. */
  readonly path: string
  readonly word: string
  readonly group: 'Stripe' | 'People' | 'Refunds' | 'Your app' | 'Yours'
  /** Fetched when somebody opens it. The page brings its own heading. */
  readonly load: () => Promise<{ Page: ComponentType }>
}

/** Every page of the settings, in the order of the list at the left. A new one is a line here and a file beside this one. */
export const settingsPages: readonly SettingsPage[] = [
  { path: 'first-steps', word: 'First steps', group: 'Stripe', load: () => import('./FirstRunPage.tsx') },
  { path: 'stripe', word: 'Stripe account', group: 'Stripe', load: () => import('./StripePage.tsx') },
  { path: 'refunds', word: 'Refunds at Stripe', group: 'Stripe', load: () => import('./RefundsPage.tsx') },
  { path: 'team', word: 'Team', group: 'People', load: () => import('./TeamPage.tsx') },
  { path: 'desk', word: 'Limits and hours', group: 'People', load: () => import('./DeskPage.tsx') },
  { path: 'incidents', word: 'Incident refunds', group: 'Refunds', load: () => import('./IncidentsPage.tsx') },
  { path: 'reasons', word: 'Reasons', group: 'Refunds', load: () => import('./ReasonsPage.tsx') },
  { path: 'templates', word: 'Replies', group: 'Refunds', load: () => import('./TemplatesPage.tsx') },
  { path: 'mail', word: 'Mail', group: 'Refunds', load: () => import('./MailPage.tsx') },
  {
    path: 'withdrawal',
    word: 'Right of withdrawal',
    group: 'Refunds',
    load: () => import('./WithdrawalPage.tsx'),
  },
  { path: 'portal', word: 'Portal', group: 'Refunds', load: () => import('./PortalPage.tsx') },
  { path: 'api-keys', word: 'API keys', group: 'Your app', load: () => import('./ApiKeysPage.tsx') },
  { path: 'webhooks', word: 'Webhooks', group: 'Your app', load: () => import('./WebhooksPage.tsx') },
  { path: 'me', word: 'You', group: 'Yours', load: () => import('./MePage.tsx') },
  { path: 'look', word: 'Look', group: 'Yours', load: () => import('./LookPage.tsx') },
]

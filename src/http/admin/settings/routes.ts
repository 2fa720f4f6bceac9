import { Hono } from 'hono'
import type { App } from '../../../app.ts'
import type { AdminEnv } from '../guard.ts'
import { apiKeyRoutes } from './api-keys.ts'
import { deskSettingsRoutes } from './desk.ts'
import { mailSettingsRoutes } from './mail.ts'
import { portalSettingsRoutes } from './portal.ts'
import { refundsRoutes } from './refunds.ts'
import { stripeRoutes } from './stripe.ts'
import { firstRunRoutes } from './first-run.ts'
import { incidentRoutes } from './incidents.ts'
import { reasonRoutes } from './reasons.ts'
import { teamRoutes } from './team.ts'
import { templateRoutes } from './templates.ts'
import { webhookSettingsRoutes } from './webhooks.ts'
import { withdrawalSettingsRoutes } from './withdrawal.ts'

/** What the pages of the settings read and do: one file and one line for each page. */
export function settingsRoutes(app: App): Hono<AdminEnv> {
  return new Hono<AdminEnv>()
    .route('/desk', deskSettingsRoutes(app))
    .route('/stripe', stripeRoutes(app))
    .route('/refunds', refundsRoutes(app))
    .route('/incidents', incidentRoutes(app))
    .route('/first-run', firstRunRoutes(app))
    .route('/team', teamRoutes(app))
    .route('/webhooks', webhookSettingsRoutes(app))
    .route('/api-keys', apiKeyRoutes(app))
    .route('/templates', templateRoutes(app))
    .route('/reasons', reasonRoutes(app))
    .route('/withdrawal', withdrawalSettingsRoutes(app))
    .route('/mail', mailSettingsRoutes(app))
    .route('/portal', portalSettingsRoutes(app))
}

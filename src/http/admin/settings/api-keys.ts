import { Hono } from 'hono'
import type { App } from '../../../app.ts'
import { apiKeyLines, type ApiKeyLine } from '../../../db/settings/api-keys.ts'
import type { AdminEnv } from '../guard.ts'

export type ApiKeysPage = { keys: ApiKeyLine[] }

/** The page "API keys". */
export function apiKeyRoutes(app: App): Hono<AdminEnv> {
  return new Hono<AdminEnv>().get('/', async (c) =>
    c.json({ keys: await apiKeyLines(app.db, app.account) } satisfies ApiKeysPage),
  )
}

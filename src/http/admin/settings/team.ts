import { Hono } from 'hono'
import type { App } from '../../../app.ts'
import { colleagues, type Colleague } from '../../../db/settings/team.ts'
import type { AdminEnv } from '../guard.ts'

export type TeamPage = { staff: Colleague[] }

/** The page "Team". */
export function teamRoutes(app: App): Hono<AdminEnv> {
  return new Hono<AdminEnv>().get('/', async (c) => c.json({ staff: await colleagues(app.db) } satisfies TeamPage))
}

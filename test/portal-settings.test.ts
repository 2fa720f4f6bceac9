import { expect, test } from 'vitest'
import { Hono } from 'hono'
import type { AdminEnv } from '../src/http/admin/guard.ts'
import { portalSettingsRoutes } from '../src/http/admin/settings/portal.ts'
import { portalWorld } from './portal-world.ts'

test('the preview draws a look that nobody has saved, for a frame of our own pages alone', async () => {
  const world = await portalWorld()
  const server = new Hono<AdminEnv>().route('/', portalSettingsRoutes(world.app))
  const page = await server.request('/preview?language=ar&name=Acme&accent=%23ffee00&radius=3')
  expect(page.status).toBe(200)
  expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'self'")
  const text = await page.text()
  expect(text).toContain('Acme')
  expect(text).toContain('dir="rtl"')
  expect(await (await server.request('/preview.css?accent=%23ffee00&radius=3')).text()).toContain('--round: 3px')
  await world.close()
})

import { createMiddleware } from 'hono/factory'
import type { App } from '../app.ts'
import { answerProblem } from './problem.ts'

const hostOf = (url: string): string => new URL(url).host.toLowerCase()

// A page of somebody else's can't be reached by these names, so they are no way to lead a browser here.
const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i

/** Whether customers may reach the portal under this host: its own, the installation's, further ones by name, and this machine's. */
function isOwnHost({ config }: App, host: string): boolean {
  const own = [hostOf(config.publicUrl), hostOf(config.portalUrl), ...config.portalHosts]
  return own.includes(host.toLowerCase()) || loopback.test(host)
}

/** Whether a request came to the portal's own domain, where there is no console. */
export function isPortalsOwn({ config }: App, url: string): boolean {
  const [portal, host] = [hostOf(config.portalUrl), hostOf(url)]
  return host !== hostOf(config.publicUrl) && (host === portal || config.portalHosts.includes(host))
}

/**
 * Refuses requests that call us by a name that is not ours (421, RFC 9110 15.5.20): somebody's domain that was pointed here
 * would have the customer's browser take their page for the portal.
 */
export const ownHostsOnly = (app: App) =>
  createMiddleware(async (c, next) => {
    const { host } = new URL(c.req.url)
    if (isOwnHost(app, host)) return next()
    app.log.warn(
      { host: host.slice(0, 200) },
      'a request under a host that is not ours: see PORTAL_URL and PORTAL_HOSTS',
    )
    return answerProblem(c, {
      status: 421,
      code: 'unknown_host',
      title: 'Not at this address',
      detail:
        'The portal is not at this address. Whoever runs it names its domain with PORTAL_URL, and lets the proxy pass the Host header on.',
    })
  })

import { secureHeaders } from 'hono/secure-headers'

/**
 * Scripts and styles come from this origin alone, and nothing is embedded anywhere, except that `ancestor`, a site on the
 * merchant's list, may show the portal in a frame.
 */
export function pageHeaders({ ancestor }: { ancestor?: string } = {}) {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      fontSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      // The console's preview shows the portal, so our own pages may.
      frameSrc: ["'self'"],
      frameAncestors: [ancestor ?? "'none'"],
      objectSrc: ["'none'"],
    },
    referrerPolicy: 'no-referrer',
    crossOriginOpenerPolicy: 'same-origin',
    crossOriginResourcePolicy: 'same-origin',
    xFrameOptions: ancestor === undefined ? 'DENY' : false,
    strictTransportSecurity: 'max-age=63072000; includeSubDomains',
  })
}

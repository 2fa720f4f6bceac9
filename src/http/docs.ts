import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { absolutePath } from 'swagger-ui-dist'

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Moneyback API</title>
<link rel="stylesheet" href="/docs/files/swagger-ui.css">
</head>
<body>
<main id="swagger-ui"></main>
<script src="/docs/files/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>`

const start = `window.ui = SwaggerUIBundle({ url: '/v1/openapi.json', dom_id: '#swagger-ui', deepLinking: true, tryItOutEnabled: true })`

/** The API's documentation, read from the same description that the routes are made of; all files are our own. */
export function docsRoutes(): Hono {
  const docs = new Hono()
  // Swagger UI sets styles on elements; the page has no data and no session of its own.
  docs.use(async (c, next) => {
    await next()
    c.res.headers.set(
      'content-security-policy',
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
  })
  docs.get('/', (c) => c.html(page))
  docs.get('/start.js', (c) => c.body(start, 200, { 'content-type': 'text/javascript' }))
  docs.use(
    '/files/*',
    serveStatic({ root: absolutePath(), rewriteRequestPath: (path) => path.replace('/docs/files', '') }),
  )
  return docs
}

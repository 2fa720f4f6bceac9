import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/** Who the provider says is at the browser, and how it lies where a test wants it to. */
export type Person = { sub: string; email: string; email_verified?: boolean }
export type Lie = { nonce?: string; audience?: string; issuer?: string; foreignKey?: boolean }

export type IdentityProvider = AsyncDisposable & {
  readonly url: string
  readonly client: { id: string; secret: string }
  person: Person
  lie: Lie
  /** Codes that were redeemed, with what stood beside them. */
  readonly redeemed: { verifier: string | null; secret: boolean }[]
}

/** A small OpenID provider: discovery, authorization code with PKCE (S256 alone), keys. It signs anybody in who asks. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const [{ publicKey, privateKey }, foreign] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')])
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }
  const client = { id: 'moneyback', secret: 'a secret between the two' }
  const codes = new Map<string, { nonce: string | null; challenge: string; redirect: string }>()
  const redeemed: IdentityProvider['redeemed'] = []
  const server = createServer((request, response) => {
    const at = new URL(request.url!, provider.url)
    const json = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (at.pathname === '/.well-known/openid-configuration')
      return json(200, {
        issuer: provider.url,
        authorization_endpoint: `${provider.url}/authorize`,
        token_endpoint: `${provider.url}/token`,
        jwks_uri: `${provider.url}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        code_challenge_methods_supported: ['S256'],
      })
    if (at.pathname === '/keys') return json(200, { keys: [jwk] })
    if (at.pathname === '/authorize') {
      const asked = at.searchParams
      if (asked.get('code_challenge_method') !== 'S256' || asked.get('client_id') !== client.id)
        return json(400, { error: 'invalid_request' })
      const code = `code-${codes.size}`
      const redirect = asked.get('redirect_uri')!
      codes.set(code, { nonce: asked.get('nonce'), challenge: asked.get('code_challenge')!, redirect })
      const back = new URL(redirect)
      back.searchParams.set('code', code)
      back.searchParams.set('state', asked.get('state')!)
      return response.writeHead(302, { location: back.href }).end()
    }
    if (at.pathname === '/token')
      return void token(request).then(
        (body) => json(200, body),
        (error: Error) => json(400, { error: 'invalid_grant', error_description: error.message }),
      )
    return json(404, {})
  })

  async function token(request: IncomingMessage): Promise<object> {
    const form = new URLSearchParams(await text(request))
    const known = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const verifier = form.get('code_verifier')
    const basic = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString()
    const secret = form.get('client_secret') === client.secret || decodeURIComponent(basic).endsWith(client.secret)
    redeemed.push({ verifier, secret })
    if (!known || !secret || known.redirect !== form.get('redirect_uri')) throw new Error('no such code')
    if (
      createHash('sha256')
        .update(verifier ?? '')
        .digest('base64url') !== known.challenge
    )
      throw new Error('wrong verifier')
    const { lie, person } = provider
    const id_token = await new SignJWT({
      email: person.email,
      email_verified: person.email_verified ?? true,
      ...(known.nonce !== null && { nonce: lie.nonce ?? known.nonce }),
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setSubject(person.sub)
      .setIssuer(lie.issuer ?? provider.url)
      .setAudience(lie.audience ?? client.id)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(lie.foreignKey ? foreign.privateKey : privateKey)
    return { access_token: 'access', token_type: 'Bearer', expires_in: 300, id_token }
  }

  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const provider: IdentityProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    client,
    person: { sub: 'nobody', email: 'nobody@example.com' },
    lie: {},
    redeemed,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
  return provider
}

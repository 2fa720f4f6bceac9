import { resolve } from 'node:path'
import { z } from 'zod'
import type { WebhookSecret } from './app.ts'

/** What the environment says, read once. */
export type Config = {
  readonly port: number
  readonly host: string
  /** Where customers and staff reach this installation, without a slash at the end. Links are made from it, never from a Host header. */
  readonly publicUrl: string
  /** Where customers reach the portal, when that is another domain than `publicUrl`. */
  readonly portalUrl: string
  /** Further hosts under which the portal answers, in small letters: a domain that was moved, whose links are still in mails. */
  readonly portalHosts: readonly string[]
  /** How many proxies stand before this program and add to X-Forwarded-For. With 0 that header is not believed. */
  readonly trustedProxies: number
  readonly dataFolder: string
  /** Undefined: PostgreSQL is started from its npm-shipped binaries in the data folder. */
  readonly databaseUrl: string | undefined
  /** Undefined: the Stripe simulator is started, with the demo's data. */
  readonly stripe: StripeConfig | undefined
  readonly smtpUrl: string | undefined
  readonly mailFrom: string
  /** The mailbox that bounces go to; undefined: to the sender. */
  readonly mailBounces: string | undefined
  /** The bucket for attachments; undefined: a folder in the data folder. */
  readonly attachments:
    | { readonly url: string; readonly keyId: string; readonly secret: string; readonly region: string }
    | undefined
  /** How long the files of a request are kept after it was closed. */
  readonly attachmentsKeepDays: number
  readonly logLevel: string
  readonly secret: string | undefined
  /** Sign-in of staff through an identity provider of yours (OpenID Connect), beside or instead of passwords. */
  readonly oidc: OidcConfig | undefined
  /** Hosts that outgoing webhooks may reach over plain http on this machine, e.g. `127.0.0.1:4010`; for demo and tests. */
  readonly webhookLoopback: readonly string[]
}

export type OidcConfig = {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** What the button says: "Sign in with …". */
  readonly name: string
}

export type StripeConfig = {
  readonly secretKey: string
  /** One, or several while a secret is being rolled: `whsec_…`, or `whsec_…@2026-12-31T00:00:00Z` for one that ends. */
  readonly webhookSecrets: readonly string[]
  readonly apiBase: string | undefined
  /** Connect: whose payments these are, when the key is the platform's (direct charges). Sent as `Stripe-Account` with every call. */
  readonly connectedAccount?: string | undefined
  /** Calls in a second: for the account, and for each endpoint. Undefined: Stripe's own limits; none for a simulator. */
  readonly rate?: number | undefined
  readonly endpointRate?: number | undefined
}

/** The environment can't be used as it is: which variable, why, and the line to paste. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

const variables = {
  PORT: { schema: z.coerce.number().int().min(0).max(65535), for: 'the port to listen on', example: '3000' },
  HOST: { schema: z.string().min(1), for: 'the address to listen on', example: '127.0.0.1' },
  PUBLIC_URL: {
    schema: z.url({ protocol: /^https?$/ }),
    for: 'where customers and staff reach Moneyback',
    example: 'https://refunds.example.com',
  },
  PORTAL_URL: {
    schema: z.url({ protocol: /^https?$/ }),
    for: 'the address of the portal, when customers reach it under a domain of its own',
    example: 'https://refunds.example.com',
  },
  PORTAL_HOSTS: {
    schema: z.string().regex(/^[\w.-]+(:\d+)?(\s*,\s*[\w.-]+(:\d+)?)*$/),
    for: 'further hosts under which the portal answers, such as a domain that you moved away from',
    example: 'old-refunds.example.com',
  },
  TRUSTED_PROXIES: {
    schema: z.coerce.number().int().min(0).max(10),
    for: 'how many proxies stand before this program; their X-Forwarded-For tells who asks',
    example: '1',
  },
  DATA_DIR: { schema: z.string().min(1), for: 'the folder for PostgreSQL and the demo', example: './data' },
  DATABASE_URL: {
    schema: z.string().regex(/^postgres(ql)?:\/\//),
    for: 'your PostgreSQL',
    example: 'postgres://moneyback:…@db.example.com/moneyback',
  },
  STRIPE_SECRET_KEY: {
    schema: z.string().regex(/^(sk|rk)_(test|live)_\w+$/),
    for: 'Stripe’s secret or restricted key',
    example: 'rk_live_…',
  },
  STRIPE_WEBHOOK_SECRET: {
    schema: z.string().refine((text) => parseSecrets(text) !== undefined),
    for: 'the signing secret of the webhook endpoint. While it is rolled: both, with a comma, the old one with @ and the time at which it ends (three at most)',
    example: 'whsec_new,whsec_old@2026-12-31T00:00:00Z',
  },
  STRIPE_API_BASE: {
    schema: z.url({ protocol: /^https?$/ }),
    for: 'a Stripe simulator instead of Stripe',
    example: 'http://127.0.0.1:12111',
  },
  STRIPE_ACCOUNT: {
    schema: z.string().regex(/^acct_\w+$/),
    for: 'the connected account whose direct charges these are, with the platform’s key',
    example: 'acct_1Seller',
  },
  STRIPE_RATE: {
    schema: z.coerce.number().min(1).max(10_000),
    for: 'how many calls to Stripe are made in a second at most (Stripe allows 100 live, 25 in a sandbox)',
    example: '100',
  },
  STRIPE_ENDPOINT_RATE: {
    schema: z.coerce.number().min(1).max(10_000),
    for: 'how many of them may go to the same endpoint (Stripe allows 25)',
    example: '25',
  },
  SMTP_URL: {
    schema: z.string().regex(/^smtps?:\/\//),
    for: 'the mail server; without it messages are kept and shown, not sent',
    example: 'smtps://user:password@mail.example.com',
  },
  MAIL_FROM: { schema: z.string().min(3), for: 'the sender of mail', example: 'Acme refunds <refunds@example.com>' },
  MAIL_BOUNCES: {
    schema: z.email(),
    for: 'the mailbox that mail which can’t be delivered goes back to',
    example: 'bounces@refunds.example.com',
  },
  ATTACHMENTS_BUCKET: {
    schema: z.url({ protocol: /^https?$/ }),
    for: 'the S3-compatible bucket for attachments, with a folder in it if you like',
    example: 'https://s3.eu-central-1.amazonaws.com/my-bucket/refunds',
  },
  ATTACHMENTS_KEY: {
    schema: z.string().regex(/^[^:\s]+:\S+$/),
    for: 'the key of the bucket: its id, a colon, its secret',
    example: 'AKIA…:…',
  },
  ATTACHMENTS_REGION: { schema: z.string().min(1), for: 'the region of the bucket', example: 'eu-central-1' },
  ATTACHMENTS_KEEP_DAYS: {
    schema: z.coerce.number().int().min(1).max(3650),
    for: 'how many days attachments are kept after their request was closed',
    example: '180',
  },
  LOG_LEVEL: {
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    for: 'how much is logged',
    example: 'info',
  },
  MONEYBACK_SECRET: {
    schema: z.string().min(32),
    for: 'the key that signs staff sessions, 32 characters or more',
    example: '$(openssl rand -base64 32)',
  },
  OIDC_ISSUER: {
    schema: z
      .url({ protocol: /^https?$/ })
      .refine((url) => url.startsWith('https:') || /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(url).hostname)),
    for: 'the https address of the identity provider that staff sign in with',
    example: 'https://login.example.com',
  },
  OIDC_CLIENT_ID: { schema: z.string().min(1), for: 'Moneyback’s id at the identity provider', example: 'moneyback' },
  OIDC_CLIENT_SECRET: { schema: z.string().min(1), for: 'Moneyback’s secret at the identity provider', example: '…' },
  OIDC_NAME: { schema: z.string().min(1).max(40), for: 'what the sign-in button calls it', example: 'Example SSO' },
  WEBHOOK_LOOPBACK: {
    schema: z.string().regex(/^(127\.0\.0\.1|localhost):\d+(,(127\.0\.0\.1|localhost):\d+)*$/),
    for: 'ports of this machine that outgoing webhooks may reach over http, for trying them out',
    example: '127.0.0.1:4010',
  },
} as const

const secretPattern = /^(whsec_\w+)(?:@(\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2}))?))?$/

/** `whsec_new,whsec_old@2026-12-31T00:00:00Z` as secrets; undefined when it can't be read, or when none would last. */
export function parseSecrets(text: string): WebhookSecret[] | undefined {
  const secrets: WebhookSecret[] = []
  for (const part of text.split(',')) {
    const [, secret, ends] = secretPattern.exec(part.trim()) ?? []
    const until = ends === undefined ? undefined : new Date(ends)
    if (secret === undefined || (until && Number.isNaN(until.getTime()))) return undefined
    secrets.push({ secret, ...(until && { until }) })
  }
  return secrets.length <= 3 && secrets.some(({ until }) => until === undefined) ? secrets : undefined
}

type Name = keyof typeof variables

function read<N extends Name>(env: NodeJS.ProcessEnv, name: N): z.infer<(typeof variables)[N]['schema']> | undefined {
  const text = env[name]?.trim()
  if (text === undefined || text === '') return undefined
  const { schema, for: purpose, example } = variables[name]
  const parsed = schema.safeParse(text)
  if (parsed.success) return parsed.data as z.infer<(typeof variables)[N]['schema']>
  throw new ConfigError(`${name} can't be used as it is. It is ${purpose}. For example:\n\n  ${name}=${example}\n`)
}

/** Parses the environment. Throws a ConfigError that names the variable, what it is for, and the line to paste. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const port = read(env, 'PORT') ?? 3000
  const host = read(env, 'HOST') ?? '127.0.0.1'
  const publicUrl = (
    read(env, 'PUBLIC_URL') ?? `http://${host === '0.0.0.0' || host === '127.0.0.1' ? 'localhost' : host}:${port}`
  ).replace(/\/+$/, '')
  return {
    port,
    host,
    publicUrl,
    portalUrl: (read(env, 'PORTAL_URL') ?? publicUrl).replace(/\/+$/, ''),
    portalHosts: (read(env, 'PORTAL_HOSTS') ?? '')
      .split(',')
      .map((host) => host.trim().toLowerCase())
      .filter((host) => host !== ''),
    trustedProxies: read(env, 'TRUSTED_PROXIES') ?? 0,
    dataFolder: resolve(read(env, 'DATA_DIR') ?? './data'),
    databaseUrl: read(env, 'DATABASE_URL'),
    stripe: readStripe(env),
    smtpUrl: read(env, 'SMTP_URL'),
    mailFrom: read(env, 'MAIL_FROM') ?? 'refunds@localhost',
    mailBounces: read(env, 'MAIL_BOUNCES'),
    attachments: readBucket(env),
    attachmentsKeepDays: read(env, 'ATTACHMENTS_KEEP_DAYS') ?? 180,
    logLevel: read(env, 'LOG_LEVEL') ?? 'info',
    secret: read(env, 'MONEYBACK_SECRET'),
    oidc: readOidc(env),
    webhookLoopback: read(env, 'WEBHOOK_LOOPBACK')?.split(',') ?? [],
  }
}

function readOidc(env: NodeJS.ProcessEnv): OidcConfig | undefined {
  const issuer = read(env, 'OIDC_ISSUER')
  const clientId = read(env, 'OIDC_CLIENT_ID')
  const clientSecret = read(env, 'OIDC_CLIENT_SECRET')
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return undefined
  for (const [name, value] of Object.entries({
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: clientId,
    OIDC_CLIENT_SECRET: clientSecret,
  })) {
    if (value !== undefined) continue
    const { for: purpose, example } = variables[name as Name]
    throw new ConfigError(`${name} is missing. It is ${purpose}. For example:\n\n  ${name}=${example}\n`)
  }
  return {
    issuer: issuer!.replace(/\/+$/, ''),
    clientId: clientId!,
    clientSecret: clientSecret!,
    name: read(env, 'OIDC_NAME') ?? new URL(issuer!).hostname,
  }
}

function readBucket(env: NodeJS.ProcessEnv): Config['attachments'] {
  const url = read(env, 'ATTACHMENTS_BUCKET')
  if (url === undefined) return undefined
  const key = read(env, 'ATTACHMENTS_KEY')
  if (key === undefined)
    throw new ConfigError(
      `ATTACHMENTS_KEY is missing. It is ${variables.ATTACHMENTS_KEY.for}. For example:\n\n  ATTACHMENTS_KEY=${variables.ATTACHMENTS_KEY.example}\n`,
    )
  const [keyId, ...secret] = key.split(':')
  return {
    url: url.replace(/\/+$/, ''),
    keyId: keyId!,
    secret: secret.join(':'),
    region: read(env, 'ATTACHMENTS_REGION') ?? 'us-east-1',
  }
}

function readStripe(env: NodeJS.ProcessEnv): StripeConfig | undefined {
  const secretKey = read(env, 'STRIPE_SECRET_KEY')
  const webhookSecret = read(env, 'STRIPE_WEBHOOK_SECRET')
  const apiBase = read(env, 'STRIPE_API_BASE')
  if (secretKey === undefined && webhookSecret === undefined && apiBase === undefined) return undefined
  for (const [name, value] of Object.entries({ STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret })) {
    if (value !== undefined) continue
    const { for: purpose, example } = variables[name as Name]
    throw new ConfigError(
      `${name} is missing. It is ${purpose}. For example:\n\n  ${name}=${example}\n\nWithout any STRIPE_ variable the demo starts, with a Stripe simulator.`,
    )
  }
  return {
    secretKey: secretKey!,
    webhookSecrets: webhookSecret!.split(',').map((each) => each.trim()),
    apiBase,
    connectedAccount: read(env, 'STRIPE_ACCOUNT'),
    rate: read(env, 'STRIPE_RATE'),
    endpointRate: read(env, 'STRIPE_ENDPOINT_RATE'),
  }
}

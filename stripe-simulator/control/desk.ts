import { z } from 'zod'
import { accounts, defaultAccountId } from '../accounts.ts'
import type { Charge } from '../kinds.ts'
import { find, need } from '../rows.ts'
import type { Line } from '../transport.ts'
import type { PostOffice } from '../deliveries.ts'
import { booksOf } from '../world.ts'
import type { Books } from '../world.ts'

export type Desk = Line & { readonly office: PostOffice; readonly secretKey: string }

type Reply = object | Promise<object>

export type Handler = (desk: Desk, input: Record<string, unknown>, id: string) => Reply

export const anyBooks = {
  account: z.string().default(defaultAccountId),
  livemode: z.boolean().default(false),
}

export const anyPayment = {
  ...anyBooks,
  charge: z.string().optional(),
  payment_intent: z.string().optional(),
}

/** The books that a request names. Refuses accounts that were not made. */
export function booksFor({ world }: Desk, { account, livemode }: { account: string; livemode: boolean }): Books {
  if (!accounts(world).rows.has(account)) throw new ControlError(404, `There is no account '${account}'.`, 'account')
  return booksOf(world, account, livemode)
}

/** What the control API says to a request that it cannot do. */
export class ControlError extends Error {
  override name = 'ControlError'
  readonly status: number
  readonly param: string | null
  constructor(status: number, message: string, param: string | null = null) {
    super(message)
    this.status = status
    this.param = param
  }
}

/** The input, checked; or what is wrong with it, in one sentence. */
export function readInput<T extends z.ZodType>(schema: T, input: unknown): z.infer<T> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const path = issue?.path.join('.') ?? ''
  throw new ControlError(
    400,
    `${path === '' ? '' : `${path}: `}${issue?.message ?? 'The input is not valid.'}`,
    path === '' ? null : path,
  )
}

/** The charge that a request names, by itself or by its payment. */
export function chargeFor(
  books: Books,
  { charge, payment_intent: intent }: { charge?: string | undefined; payment_intent?: string | undefined },
): Charge {
  if (charge !== undefined) return need(books, 'charge', charge, 'charge')
  if (intent === undefined) throw new ControlError(400, 'Pass charge or payment_intent.', 'charge')
  const found = find(books, 'charge', need(books, 'payment_intent', intent, 'payment_intent').latest_charge)
  if (!found) throw new ControlError(404, `The payment ${intent} has no charge.`, 'payment_intent')
  return found
}

export const moment = z.union([z.int().min(0), z.iso.datetime({ offset: true }), z.iso.date()])

/** Seconds since 1970 of a number or of an ISO date. */
export const secondsOf = (value: number | string): number =>
  typeof value === 'number' ? value : Date.parse(value) / 1000

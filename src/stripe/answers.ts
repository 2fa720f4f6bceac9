import Stripe from 'stripe'

/** Stripe answered with something that is not what was asked for, e.g. a proxy's JSON that the SDK takes for success. */
export class StrangeAnswer extends Error {
  override name = 'StrangeAnswer'
}

/**
 * Makes sure that an answer is the object that was asked for. The SDK resolves any JSON without `error` as a success,
 * whatever its status. Throws a StrangeAnswer.
 */
export function expectObject<T extends { object: string }>(answer: T, kind: T['object']): T {
  if (answer?.object !== kind) throw new StrangeAnswer(`Stripe should have answered with a ${kind} and did not.`)
  return answer
}

/** Reads all pages of a list. A page that fails, fails the whole: a failed list is not an empty one. */
export async function allPages<T extends { id: string }>(
  page: (from: { limit: number; starting_after?: string }) => Promise<Stripe.ApiList<T>>,
): Promise<T[]> {
  const all: T[] = []
  for (let after: string | undefined; ;) {
    const { object, data, has_more } = await page({ limit: 100, ...(after !== undefined && { starting_after: after }) })
    if (object !== 'list' || !Array.isArray(data))
      throw new StrangeAnswer('Stripe should have answered with a list and did not.')
    all.push(...data)
    after = data.at(-1)?.id
    if (!has_more || after === undefined) return all
  }
}

/** Stripe says that there is no such thing. */
export function isMissing(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && error.statusCode === 404
}

/** The key is wrong, revoked, or lacks a right; the message names which. */
export function isCredential(error: unknown): error is Stripe.errors.StripeError {
  return error instanceof Stripe.errors.StripeError && (error.statusCode === 401 || error.statusCode === 403)
}

/** Stripe could not be reached or could not answer: the same question may be answered later. */
export function isAway(error: unknown): boolean {
  if (error instanceof StrangeAnswer) return true
  if (!(error instanceof Stripe.errors.StripeError)) return false
  const { statusCode } = error
  return (
    statusCode === undefined || statusCode >= 500 || statusCode === 429 || statusCode === 409 || isCredential(error)
  )
}

/** One line for logs and for the row's `last_error`. */
export function errorLine(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

export const idOf = (ref: string | { id: string } | null | undefined): string | null =>
  typeof ref === 'string' ? ref : (ref?.id ?? null)

export const dateOf = (seconds: number): Date => new Date(seconds * 1000)

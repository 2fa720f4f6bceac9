import { answer } from './api.ts'
import { timeOf } from './clock.ts'
import { encodeForm } from './form.ts'
import { advanceTo } from './world.ts'
import type { World } from './world.ts'

/** One ordinary API request of an import, and the moment at which it happened. */
type Step = {
  readonly at?: number
  readonly as?: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly params?: Record<string, unknown>
  readonly key?: string
  readonly account?: string
  readonly may_fail?: boolean
}

type Imported = {
  readonly done: number
  readonly failed: number
  readonly answers: { status: number; id: string | null; error?: unknown }[]
  readonly stopped_at: number | null
}

const reference = /\{\{([\w.]+)\}\}/g

/** `{{name.field.0.field}}` in a later step stands for what an earlier step, named by `as`, was answered. */
function filled(value: unknown, named: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === 'string') {
    return value.replace(reference, (_, path: string) => {
      const [name = '', ...fields] = path.split('.')
      const found = (fields.length === 0 ? ['id'] : fields).reduce<unknown>(
        (at, field) => (at as Record<string, unknown> | undefined)?.[field],
        named.get(name),
      )
      return typeof found === 'string' || typeof found === 'number' ? String(found) : ''
    })
  }
  if (Array.isArray(value)) return value.map((each) => filled(each, named))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each, named)]))
  return value
}

/**
 * Does requests one after the other without a network, moving a simulated clock to each step's moment, so that thousands of payments
 * with their history are there in a second. Stops at the first refusal that the step does not allow (`may_fail`).
 */
export function importSteps(world: World, steps: readonly Step[], defaultKey: string): Imported {
  const named = new Map<string, unknown>()
  const answers: Imported['answers'] = []
  let failed = 0
  for (const [i, step] of steps.entries()) {
    if (step.at !== undefined && step.at * 1000 > timeOf(world.clock)) advanceTo(world, step.at * 1000)
    const params = encodeForm(filled(step.params ?? {}, named) as Record<string, unknown>)
    const path = filled(step.path, named) as string
    const inQuery = step.method !== 'POST' && params !== ''
    const { answer: given } = answer(world, {
      method: step.method,
      target: inQuery ? `${path}${path.includes('?') ? '&' : '?'}${params}` : path,
      headers: {
        authorization: `Bearer ${step.key ?? defaultKey}`,
        ...(step.account === undefined ? {} : { 'stripe-account': step.account }),
      },
      body: inQuery ? '' : params,
    })
    const body = JSON.parse(given.body) as { id?: string; error?: unknown }
    answers.push({
      status: given.status,
      id: body.id ?? null,
      ...(body.error === undefined ? {} : { error: body.error }),
    })
    if (step.as !== undefined) named.set(step.as, body)
    if (given.status < 400) continue
    failed++
    if (!step.may_fail) return { done: i, failed, answers, stopped_at: i }
  }
  return { done: steps.length, failed, answers, stopped_at: null }
}

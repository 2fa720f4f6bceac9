import type { Context } from 'hono'
import type { Actor, Role } from '../../domain/actor.ts'
import type { Result } from '../../domain/refusal.ts'
import { problem } from '../problem.ts'
import type { AdminEnv } from './guard.ts'

/** Who asks, as flows want to know it. */
export const who = (c: Context<AdminEnv>): { by: Actor; role: Role } => ({
  by: `staff:${c.get('staff').id}`,
  role: c.get('staff').role,
})

/** What a flow answered, as JSON or as a problem. */
export const answer = <T extends object>(c: Context<AdminEnv>, result: Result<T>): Response =>
  result.ok ? c.json(result.value) : problem(c, result.no)

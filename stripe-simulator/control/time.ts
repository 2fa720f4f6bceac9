import { z } from 'zod'
import { frozenClock, realClock, timeOf } from '../clock.ts'
import { advanceTo, finish, rememberSelf } from '../world.ts'
import { ControlError, readInput, moment, secondsOf } from './desk.ts'
import type { Desk } from './desk.ts'

const duration = z.union([
  z
    .number()
    .min(0)
    .max(40 * 366 * 86_400),
  z.string().regex(/^\d+(\.\d+)?[smhdw]$/, 'a duration looks like 90s, 15m, 2h, 3d or 1w'),
])

const unit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

const lengthOf = (value: number | string): number =>
  typeof value === 'number' ? value : Number(value.slice(0, -1)) * (unit[value.slice(-1)] ?? 1)

const clockInput = z.strictObject({
  mode: z.enum(['real', 'simulated']).optional(),
  set: moment.optional(),
  advance: duration.optional(),
  wait: z.boolean().default(true),
})

const hasHistory = (desk: Desk) =>
  [...desk.world.store.tables.values()].some((each) => !each.name.startsWith('world/') && each.order.length > 0)

/** The newest moment that anything was written at: time may not go back before it. */
function newest(desk: Desk): number {
  let latest = 0
  for (const each of desk.world.store.tables.values()) {
    const last = each.order.at(-1) as { created?: number } | undefined
    if (!each.name.startsWith('world/')) latest = Math.max(latest, last?.created ?? 0)
  }
  return latest * 1000
}

/** How the clock stands, and how many tasks ran to bring it there. */
export function showClock(desk: Desk, ran = 0) {
  const { clock } = desk.world
  const now = timeOf(clock)
  return {
    mode: clock.frozenAt === null ? 'real' : 'simulated',
    now: new Date(now).toISOString(),
    unix: Math.floor(now / 1000),
    ahead_of_wall_seconds: Math.round((now - Date.now()) / 1000),
    waiting: desk.world.agenda.length,
    ran,
  }
}

/** Sets, advances, stops or starts the clock. Refuses to go back before what was written. */
export async function turnClock(desk: Desk, input: Record<string, unknown>): Promise<object> {
  const { mode, set: to, advance, wait } = readInput(clockInput, input)
  const { world } = desk
  if (to !== undefined && advance !== undefined) throw new ControlError(400, 'Pass set or advance, not both.')
  let ran = 0
  const now = timeOf(world.clock)
  const target = to !== undefined ? secondsOf(to) * 1000 : advance !== undefined ? now + lengthOf(advance) * 1000 : null
  if (mode === 'simulated' && world.clock.frozenAt === null) Object.assign(world.clock, frozenClock(now))
  if (target !== null && target < now) {
    if (hasHistory(desk) && target < newest(desk))
      throw new ControlError(
        409,
        `Time does not go back: something was written at ${new Date(newest(desk)).toISOString()}.`,
        'set',
      )
    if (world.clock.frozenAt === null) world.clock.offset = target - Date.now()
    else world.clock.frozenAt = target
  } else if (target !== null) ran = advanceTo(world, target)
  if (mode === 'real' && world.clock.frozenAt !== null) {
    // A clock that was put ahead runs on from there: going back to the wall's time would put effects before causes.
    const ahead = Math.max(0, timeOf(world.clock) - Date.now())
    ran += timeOf(world.clock) < Date.now() ? advanceTo(world, Date.now()) : 0
    Object.assign(world.clock, { ...realClock(), offset: ahead })
  }
  rememberSelf(world)
  finish(world)
  if (wait) await desk.webhooksIdle()
  return showClock(desk, ran)
}

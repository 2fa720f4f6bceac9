export type Chance = {
  /** A number in [0, 1). */
  next(): number
  /** A whole number from 0 to below `n`. */
  below(n: number): number
  is(probability: number): boolean
  of<T>(list: readonly T[]): T
  /** Each element with that probability; at least one. */
  some<T>(list: readonly T[], probability: number): T[]
}

/** A stream of chance that is the same for the same seed (mulberry32). */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const chance: Chance = {
    next,
    below: (n) => Math.floor(next() * n),
    is: (probability) => next() < probability,
    of: (list) => list[Math.floor(next() * list.length)]!,
    some: (list, probability) => {
      const taken = list.filter(() => next() < probability)
      return taken.length > 0 ? taken : [list[Math.floor(next() * list.length)]!]
    },
  }
  return chance
}

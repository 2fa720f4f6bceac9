const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** 32 bits that depend on a seed and a counter and look like chance (the splitmix32 finalizer, applied twice). */
export function mix(seed: number, counter: number): number {
  let z = (seed ^ Math.imul(counter, 0x9e3779b9)) >>> 0
  for (let round = 0; round < 2; round++) {
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b) >>> 0
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35) >>> 0
    z = (z ^ (z >>> 16)) + 0x6d2b79f5
  }
  return z >>> 0
}

export type Ids = { readonly seed: number; counter: number }

/** `length` characters of base 62. The counter is written into the last ones, so that two calls never agree. */
export function nextToken(ids: Ids, length = 24): string {
  const count = ++ids.counter
  let text = ''
  for (let round = 0; text.length < length - 7; round++) {
    let bits = mix(ids.seed + round * 7919, count)
    for (let i = 0; i < 5 && text.length < length - 7; i++) {
      text += alphabet[bits % 62]
      bits = Math.floor(bits / 62)
    }
  }
  return text + scrambled(count)
}

const space = 62 ** 7
const step = 2_654_435_761n

/** Seven characters, a different one for each count below 62⁷: multiplication by a number coprime to 62⁷. */
function scrambled(count: number): string {
  let rest = Number((BigInt(count) * step) % BigInt(space))
  let text = ''
  for (let i = 0; i < 7; i++) {
    text += alphabet[rest % 62]
    rest = Math.floor(rest / 62)
  }
  return text
}

/** A number in [0, 1), the next of a stream that belongs to one seed. */
export function chance(stream: Ids): number {
  return mix(stream.seed, ++stream.counter) / 0x1_0000_0000
}

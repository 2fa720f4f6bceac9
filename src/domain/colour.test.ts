import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accentsOf, contrast, type Colour } from './colour.ts'

const colours = fc.integer({ min: 0, max: 0xffffff }).map((n): Colour => `#${n.toString(16).padStart(6, '0')}`)

test('any colour becomes one that can be read as a link, on a button, and where it tints the ground', () => {
  fc.assert(
    fc.property(colours, (colour) => {
      const { light, dark } = accentsOf(colour)
      for (const ground of ['#ffffff', '#f6f7f9', '#eef0f4'] as const)
        expect(contrast(light.accent, ground)).toBeGreaterThanOrEqual(4.5)
      for (const ground of ['#16191f', '#0e1014', '#1e222a'] as const)
        expect(contrast(dark.accent, ground)).toBeGreaterThanOrEqual(4.5)
      expect(contrast(light.on, light.accent)).toBeGreaterThanOrEqual(4.5)
      expect(contrast(dark.on, dark.accent)).toBeGreaterThanOrEqual(4.5)
    }),
    { numRuns: 2000 },
  )
})

test('a colour that can be read already stays as it is', () => {
  expect(accentsOf('#2f4bd0').light.accent).toBe('#2f4bd0')
  expect(accentsOf('#93a5ff').dark.accent).toBe('#93a5ff')
})

test.each([
  ['#ffffff', '#000000', 21],
  ['#777777', '#ffffff', 4.48],
  ['#ffff00', '#ffffff', 1.07],
] as const)('the contrast of %s and %s is %d', (a, b, ratio) => {
  expect(contrast(a, b)).toBeCloseTo(ratio, 1)
})

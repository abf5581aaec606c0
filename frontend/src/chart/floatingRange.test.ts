import { describe, expect, test } from 'vitest'
import { FloatingRange, niceSpan } from './floatingRange.ts'

describe('a nice span', () => {
  test.each([
    [21.3, 21.3, 20.5, 21.5],
    [-5.2, 3.1, -10, 10],
    [-8.4, -7.9, -8.5, -7.5],
    [1009, 1013, 980, 1020],
    [0, 0, 0, 0.2],
    [3, 90, 0, 100],
    [0.002, 0.003, 0.002, 0.003],
    [20, 22, 20, 22],
    [42, 42, 40, 44],
    [-42, -42, -44, -40],
    [100, 100, 97.5, 102.5],
  ])('of %d to %d is %d to %d', (low, high, min, max) => {
    const span = niceSpan(low, high)
    expect(span.min).toBeCloseTo(min, 9)
    expect(span.max).toBeCloseTo(max, 9)
  })

  test('of bytes is round in their own way', () => {
    expect(niceSpan(-4.7e9, 0, 'bytes')).toEqual({ min: -8 * 2 ** 30, max: 0 })
    expect(niceSpan(-300, 1e6, 'bytes')).toEqual({ min: -(2 ** 20), max: 2 ** 20 })
  })

  test('holds its values, whatever they are', () => {
    for (let seed = 1; seed < 500; seed++) {
      const a = Math.tan(seed) * 10 ** (seed % 13)
      const b = Math.tan(seed * 7.3) * 10 ** (seed % 7)
      const [low, high] = [Math.min(a, b), Math.max(a, b)]
      const { min, max } = niceSpan(low, high)
      expect(min, `${low} to ${high}`).toBeLessThanOrEqual(low)
      expect(max, `${low} to ${high}`).toBeGreaterThanOrEqual(high)
    }
  })
})

describe('a floating axis', () => {
  test('grows at once and closes in after ten seconds', () => {
    const range = new FloatingRange()
    range.fit(20, 22, 0, true)
    range.fit(-15, 22, 1000, true)
    expect([range.min, range.max]).toEqual([-25, 25])
    const wide = range.max - range.min
    range.fit(20, 22, 2000, true)
    range.fit(20, 22, 11_000, true)
    expect(range.max - range.min).toBe(wide)
    range.fit(20, 22, 12_000, true)
    expect(range.max - range.min).toBeLessThan(wide / 2)
  })

  test('without values keeps what it has', () => {
    const range = new FloatingRange()
    range.fit(Number.NaN, Number.NaN, 0, true)
    expect(range.max).toBeGreaterThan(range.min)
    range.fit(5, 6, 0, true)
    const before = [range.min, range.max]
    range.fit(Number.NaN, Number.NaN, 5000, true)
    expect([range.min, range.max]).toEqual(before)
  })
})

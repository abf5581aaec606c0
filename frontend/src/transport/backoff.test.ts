import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Backoff } from './backoff.ts'

describe('Backoff', () => {
  test('doubles what it draws from, up to 30 s', () => {
    const backoff = new Backoff(() => 0.999999)
    const waits = Array.from({ length: 8 }, () => backoff.next(0))
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
    expect(backoff.failures).toBe(8)
  })

  test('a short connection does not start it again, one of 10 s does', () => {
    const backoff = new Backoff(() => 0.999999)
    backoff.next(0)
    expect(backoff.next(9_999)).toBe(2000)
    expect(backoff.next(10_000)).toBe(1000)
    expect(backoff.failures).toBe(1)
  })

  test('whatever is drawn, it waits from 250 ms to 30 s', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), (draws) => {
        let drawn = 0
        const backoff = new Backoff(() => drawn)
        for (drawn of draws) {
          const wait = backoff.next(0)
          expect(wait).toBeGreaterThanOrEqual(250)
          expect(wait).toBeLessThanOrEqual(30_000)
        }
      }),
    )
  })
})

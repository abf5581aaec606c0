import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Backoff } from './backoff.ts'

const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

/** When a client is back, ms after the loss, if the server is away for so long. */
function backAfter(awayMs: number, random: () => number): number {
  const backoff = new Backoff(random)
  let now = 0
  do now += backoff.next(0)
  while (now < awayMs)
  return now
}

describe('Backoff', () => {
  test('draws from 5 s, then from as long as it has waited, up to 30 s', () => {
    const backoff = new Backoff(() => 0.999999)
    const waits = Array.from({ length: 7 }, () => backoff.next(0))
    expect(waits).toEqual([5000, 5000, 10_000, 20_000, 30_000, 30_000, 30_000])
    expect(backoff.failures).toBe(7)
  })

  test('a short connection does not start it again, one of 10 s does', () => {
    const backoff = new Backoff(() => 0.999999)
    for (let i = 0; i < 3; i++) backoff.next(0)
    expect(backoff.next(9_999)).toBe(20_000)
    expect(backoff.next(10_000)).toBe(5000)
    expect(backoff.failures).toBe(1)
  })

  test('whatever is drawn, it waits from 100 ms to 30 s', () => {
    fc.assert(
      fc.property(fc.array(draw), (draws) => {
        let drawn = 0
        const backoff = new Backoff(() => drawn)
        for (drawn of draws) {
          const wait = backoff.next(0)
          expect(wait).toBeGreaterThanOrEqual(100)
          expect(wait).toBeLessThanOrEqual(30_000)
        }
      }),
    )
  })

  test('whatever is drawn, a client is back 5 s after the server, or after twice the time that it was away', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30_000 }), fc.integer(), draw, (awayMs, seed, luck) => {
        const random = seeded(seed)
        const back = backAfter(awayMs, () => luck * random())
        expect(back).toBeLessThanOrEqual(Math.max(awayMs + 5_000, 2 * awayMs) + 100)
      }),
    )
  })

  test('ten thousand clients of a server that restarts are back in 15 s, and not at once', () => {
    const random = seeded(7)
    for (const awayMs of [0, 500, 2_000, 7_000]) {
      const back = Array.from({ length: 10_000 }, () => backAfter(awayMs, random))
      const inEachTenth = new Map<number, number>()
      for (const at of back) {
        const tenth = Math.floor(at / 100)
        inEachTenth.set(tenth, (inEachTenth.get(tenth) ?? 0) + 1)
      }
      expect(Math.max(...back)).toBeLessThan(15_000)
      expect(Math.max(...inEachTenth.values())).toBeLessThan(700)
    }
  })
})

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MirroredRing } from './mirroredRing.ts'

/** What a ring should do, with all rows in a plain list. */
class NaiveRing {
  rows: number[] = []
  start = 0
  readonly capacity: number

  constructor(capacity: number) {
    this.capacity = capacity
  }

  push(value: number): void {
    this.rows.push(value)
    this.start = Math.max(this.start, this.rows.length - this.capacity)
  }

  truncate(end: number): void {
    this.rows.length = Math.max(this.start, Math.min(end, this.rows.length))
  }

  view(start: number, end: number): number[] {
    return this.rows.slice(Math.max(start, this.start), Math.max(start, this.start, end))
  }
}

const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ push: fc.double({ noNaN: true }) }) },
  { weight: 1, arbitrary: fc.record({ truncateBack: fc.nat(12) }) },
)

describe('MirroredRing', () => {
  test('does what a plain list would do', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(step, { maxLength: 60 }), (capacity, steps) => {
        const ring = new MirroredRing(capacity)
        const naive = new NaiveRing(capacity)
        for (const action of steps) {
          if ('push' in action) {
            ring.push(action.push)
            naive.push(action.push)
          } else {
            ring.truncate(ring.end - action.truncateBack)
            naive.truncate(naive.rows.length - action.truncateBack)
          }
          expect([ring.start, ring.end]).toEqual([naive.start, naive.rows.length])
          for (let from = naive.start - 1; from <= naive.rows.length; from++) {
            expect([...ring.view(from, ring.end)]).toEqual(naive.view(from, naive.rows.length))
            expect(ring.at(from)).toEqual(from >= naive.start ? (naive.rows[from] ?? NaN) : NaN)
          }
        }
      }),
    )
  })

  test('a window is a view into the ring, not a copy', () => {
    const ring = new MirroredRing(4)
    for (let i = 0; i < 7; i++) ring.push(i)
    const view = ring.view(3, 7)
    expect([...view]).toEqual([3, 4, 5, 6])
    ring.truncate(6)
    ring.push(60)
    expect(view[3]).toBe(60)
  })

  test('a ring that starts late holds NaN for the rows before it, under the same row numbers', () => {
    const ring = new MirroredRing(4, 2, 5)
    ring.push(1)
    expect([ring.start, ring.end]).toEqual([2, 6])
    expect([...ring.view(0, 99)]).toEqual([NaN, NaN, NaN, 1])
  })

  test.each([3, 5, 8])('resized to %d it keeps the newest rows and their numbers', (capacity) => {
    const ring = new MirroredRing(5)
    for (let i = 0; i < 12; i++) ring.push(i)
    const resized = ring.resized(capacity)
    resized.push(12)
    const expected = [7, 8, 9, 10, 11, 12].slice(-capacity)
    expect([...resized.view(0, 99)]).toEqual(expected)
    expect(resized.at(12)).toBe(12)
  })
})

import { describe, expect, it } from 'vitest'
import { figuresOf } from './figures.ts'

const times = Float64Array.from({ length: 100 }, (_, i) => i)
const values = times.map((time) => 100 - time)

describe('figuresOf', () => {
  it('is exact, with the 95th percentile by the nearest rank', () => {
    expect(figuresOf(times, values, 0, 100)).toEqual({
      count: 100,
      min: 1,
      mean: 50.5,
      p95: 95,
      max: 100,
      last: 1,
      lastTime: 99,
      approximate: false,
    })
    expect(figuresOf(times, values, 0, 2)).toMatchObject({ count: 2, p95: 100 })
  })

  it('takes the beginning of the range and leaves its end out', () => {
    expect(figuresOf(times, values, 10, 12)).toMatchObject({ count: 2, max: 90, min: 89, lastTime: 11 })
  })

  it('counts no holes', () => {
    const holes = values.map((value, i) => (i % 2 === 0 ? value : NaN))
    expect(figuresOf(times, holes, 0, 100)).toMatchObject({ count: 50, last: 2, lastTime: 98 })
  })

  it('of nothing is nothing', () => {
    expect(figuresOf(times, values, 200, 300)).toMatchObject({ count: 0, mean: NaN, last: NaN })
  })
})

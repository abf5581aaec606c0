import { describe, expect, test } from 'vitest'
import { summarize } from './summary.ts'

describe('summarize', () => {
  test('leaves NaN out', () => {
    expect(summarize(Float64Array.of(NaN, 4, 1, NaN, 4, NaN))).toEqual({
      count: 3,
      min: 1,
      max: 4,
      last: 4,
    })
  })

  test('of nothing is nothing', () => {
    expect(summarize(Float64Array.of(NaN))).toEqual({ count: 0, min: NaN, max: NaN, last: NaN })
  })
})

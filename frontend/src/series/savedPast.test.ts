import { describe, expect, it } from 'vitest'
import { SavedPast } from './savedPast.ts'

const series = { metric: 'cpu', family: 'cpu', unit: 'percent', kind: 'gauge' }
const times = Float64Array.of(0, 10, 20, 30)
const mean = Float64Array.of(1, 2, 3, 4)
const min = mean.map((value) => value - 1)
const max = mean.map((value) => value + 1)
const summary = { count: 40, min: 0, mean: 2.4, p95: 4.9, max: 5, last: 4.5, lastTime: 39 }

const raw = new SavedPast(0, 40, 0, [{ series, times, min: mean, mean, max: mean }])
const buckets = new SavedPast(0, 40, 10, [{ series, times, min, mean, max, summary }])

describe('SavedPast', () => {
  it('shows what is in a range, and a neighbour on each side', () => {
    const [stretch] = buckets.stretches('web-1', 'cpu', 12, 22)
    expect(stretch).toEqual({
      times: Float64Array.of(10, 20, 30),
      min: Float64Array.of(1, 2, 3),
      mean: Float64Array.of(2, 3, 4),
      max: Float64Array.of(3, 4, 5),
      step: 10,
    })
    expect(raw.stretches('web-1', 'cpu', -5, 100)[0]?.times).toEqual(times)
    expect(raw.stretches('web-1', 'memory', 0, 40)).toEqual([])
  })

  it('keeps samples one', () => {
    const [stretch] = raw.stretches('web-1', 'cpu', 0, 40)
    expect(stretch?.min).toBe(stretch?.mean)
  })

  it('tells the figures that were saved with the whole range', () => {
    expect(buckets.figures('cpu', 0, 40)).toEqual({ ...summary, approximate: false })
  })

  it('works out those of a part: exact from samples, about so from buckets', () => {
    expect(raw.figures('cpu', 10, 30)).toMatchObject({
      count: 2,
      min: 2,
      mean: 2.5,
      max: 3,
      approximate: false,
    })
    expect(buckets.figures('cpu', 10, 30)).toMatchObject({ min: 1, mean: 2.5, max: 4, approximate: true })
    expect(buckets.figures('memory', 0, 40)).toBeUndefined()
  })
})

import { describe, expect, it } from 'vitest'
import { firstLevel, levelFor, tileAt } from './pastLevels.ts'

describe('levelFor', () => {
  it.each([
    ['a minute on 900 pixels', 60 / 900, 1, 0],
    ['a quarter of an hour', 1, 1, 0],
    ['buckets of two samples tell more numbers than the samples', 1.2, 1, 0],
    ['an hour', 4, 1, 5],
    ['six hours', 24, 1, 30],
    ['a day', 96, 1, 120],
    ['fifteen days', 1440, 1, 1800],
    ['ten years', 350_000, 1, 86_400],
    ['a slow host: samples where a quick one has buckets', 4, 5, 0],
    ['a quick host', 0.3, 0.1, 0.5],
  ])('%s', (_, secondsPerPixel, interval, step) => {
    expect(levelFor(secondsPerPixel, interval).step).toBe(step)
  })

  it('cuts samples into tiles of about as many as others have buckets', () => {
    expect(levelFor(1, 1)).toEqual({ step: 0, span: 300 })
    expect(levelFor(0.1, 0.1)).toEqual({ step: 0, span: 300 })
    expect(levelFor(1, 7)).toEqual({ step: 0, span: 3000 })
  })
})

describe('firstLevel', () => {
  it('has at most one bucket where the wanted level has eight', () => {
    expect(firstLevel(levelFor(4, 1), 1).step).toBe(60)
    expect(firstLevel(levelFor(1, 1), 1).step).toBe(10)
  })

  it('is the level itself where there is none coarser', () => {
    const coarsest = levelFor(1e6, 1)
    expect(firstLevel(coarsest, 1)).toBe(coarsest)
  })
})

it('numbers tiles by multiples of their length', () => {
  const level = levelFor(4, 1)
  expect(tileAt(level, 1499)).toBe(0)
  expect(tileAt(level, 1500)).toBe(1)
})

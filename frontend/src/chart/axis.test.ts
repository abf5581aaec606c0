import { describe, expect, test } from 'vitest'
import {
  type AxisLimits,
  firstTimeTick,
  Glide,
  niceCeiling,
  SteadyCeiling,
  SteadyRange,
  timeStep,
} from './axis.ts'

describe('niceCeiling', () => {
  test.each([
    [0, 'percent', 1],
    [0.3, 'percent', 1],
    [1, 'percent', 1],
    [7.1, 'percent', 8],
    [100, 'percent', 100],
    [100.1, 'percent', 120],
    [0, 'bytes/s', 1000],
    [41_000_000, 'bytes/s', 50_000_000],
    [999, 'bytes/s', 1000],
    [1024, 'bytes', 1024],
    [1025, 'bytes', 2048],
    [700 * 2 ** 20, 'bytes', 2 ** 30],
    [25 * 2 ** 30, 'bytes', 32 * 2 ** 30],
    [2.3, '', 2.5],
    [0.0012, 'seconds', 0.0012],
    [Number.NaN, 'percent', 1],
    [Number.POSITIVE_INFINITY, 'percent', 1],
    [-4, 'celsius', 1],
  ])('%s %s ends at %s', (value, unit, ceiling) => {
    expect(niceCeiling(value, unit)).toBeCloseTo(ceiling, 9)
  })
})

describe('SteadyCeiling', () => {
  test('does not move while values move below it', () => {
    const ceiling = new SteadyCeiling('percent')
    const seen = new Set([70, 40, 69, 55, 73, 61].map((peak, second) => ceiling.next(peak, second * 1000)))
    expect([...seen]).toEqual([80])
  })

  test('a share that is nearly full ends at 100 %, not above', () => {
    expect(new SteadyCeiling('percent').next(97, 0)).toBe(100)
    expect(new SteadyCeiling('percent').next(140, 0)).toBe(150)
  })

  test('grows at once', () => {
    const ceiling = new SteadyCeiling('bytes/s')
    expect(ceiling.next(8e6, 0)).toBe(10e6)
    expect(ceiling.next(45e6, 1)).toBe(50e6)
  })

  test('shrinks only after ten seconds well below, and starts to count anew when a value comes near', () => {
    const ceiling = new SteadyCeiling('percent')
    expect(ceiling.next(70, 0)).toBe(80)
    expect(ceiling.next(10, 1000)).toBe(80)
    expect(ceiling.next(10, 10_000)).toBe(80)
    expect(ceiling.next(72, 10_500)).toBe(80)
    expect(ceiling.next(10, 11_000)).toBe(80)
    expect(ceiling.next(10, 20_900)).toBe(80)
    expect(ceiling.next(10, 21_000)).toBe(12)
  })

  test('keeps its place while there are no values', () => {
    const ceiling = new SteadyCeiling('percent')
    ceiling.next(70, 0)
    expect(ceiling.next(Number.NaN, 60_000)).toBe(80)
  })
})

describe('Glide', () => {
  test('takes the first target without moving, then moves steadily to a new one', () => {
    const glide = new Glide()
    expect(glide.toward(100, 0, false)).toBe(100)
    const path = [0, 60, 120, 180, 240].map((ms) => glide.toward(200, 1000 + ms, false))
    expect(path[0]).toBe(100)
    expect(path.at(-1)).toBe(200)
    expect([...path].sort((a, b) => a - b)).toEqual(path)
    expect(glide.moving(1120)).toBe(true)
    expect(glide.moving(1240)).toBe(false)
  })

  test('changes its course from where it is', () => {
    const glide = new Glide()
    glide.toward(0, 0, false)
    glide.toward(100, 1000, false)
    const before = glide.toward(100, 1100, false)
    expect(glide.toward(0, 1100, false)).toBeCloseTo(before)
  })

  test('with reduced motion is there at once', () => {
    const glide = new Glide()
    glide.toward(100, 0, true)
    expect(glide.toward(200, 1000, true)).toBe(200)
    expect(glide.moving(1000)).toBe(false)
  })
})

describe('SteadyRange', () => {
  const open: AxisLimits = { min: undefined, max: undefined, mirrored: false }

  test('a mirrored axis is as deep as it is high', () => {
    const range = new SteadyRange('bytes/s')
    range.fit(45e6, Number.NaN, { ...open, mirrored: true }, 0, true)
    expect([range.min, range.max]).toEqual([-50e6, 50e6])
  })

  test('ends where it must at least, and above that only when values do', () => {
    const range = new SteadyRange('')
    range.fit(1.2, 4, open, 0, true)
    expect(range.max).toBe(4)
    range.fit(5.5, 4, open, 1000, true)
    expect(range.max).toBe(6)
    range.fit(1.2, 4, open, 2000, true)
    expect(range.max).toBe(4)
  })

  test('the first values are not glided to from an empty axis', () => {
    const range = new SteadyRange('bytes/s')
    range.fit(Number.NaN, Number.NaN, open, 0, false)
    range.fit(45e6, Number.NaN, open, 16, false)
    expect([range.max, range.gliding(16)]).toEqual([50e6, false])
  })

  test('is known by its values, a firm end or what there is at least', () => {
    const known = (peak: number, least = Number.NaN, limits = open) => {
      const range = new SteadyRange('bytes/s')
      range.fit(peak, least, limits, 0, true)
      return range.known
    }
    expect([known(Number.NaN), known(0), known(Number.NaN, 64)]).toEqual([false, true, true])
    expect(known(Number.NaN, Number.NaN, { ...open, max: 100 })).toBe(true)
  })

  test('a fixed end does not move whatever the values are', () => {
    const range = new SteadyRange('percent')
    range.fit(140, Number.NaN, { ...open, max: 100 }, 0, true)
    expect([range.min, range.max]).toEqual([0, 100])
  })
})

describe('time labels', () => {
  test.each([
    [60, 400, 15],
    [300, 400, 60],
    [300, 800, 60],
    [300, 300, 120],
    [900, 400, 300],
    [3600, 800, 300],
    [86_400, 800, 7200],
    [7 * 86_400, 800, 86_400],
    [15 * 86_400, 310, 5 * 86_400],
    [15 * 86_400, 800, 2 * 86_400],
  ])('%s s on %s px are a label each %s s', (span, width, step) => {
    expect(timeStep(span, width)).toBe(step)
  })

  test('the first label is a multiple of the step', () => {
    expect(firstTimeTick(1_700_000_003.5, 15)).toBe(1_700_000_010)
    expect(firstTimeTick(1_700_000_010, 15)).toBe(1_700_000_010)
  })

  test('hours are those of the zone of the viewer', () => {
    const tick = new Date(firstTimeTick(1_700_000_000, 7200) * 1000)
    expect([tick.getHours() % 2, tick.getMinutes(), tick.getSeconds()]).toEqual([0, 0, 0])
  })
})

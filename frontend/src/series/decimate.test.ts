import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Column } from './column.ts'
import { decimate } from './decimate.ts'
import { Polyline } from './polyline.ts'
import { summarize } from './summary.ts'
import { Timeline } from './timeline.ts'

interface Point {
  time: number
  value: number
  startsAnew: boolean
}

function run(times: number[], values: number[], secondsPerPixel: number, gap: number): Point[] {
  const out = new Polyline()
  decimate(Float64Array.from(times), Float64Array.from(values), secondsPerPixel, gap, out)
  return Array.from({ length: out.length }, (_, i) => ({
    time: out.times[i]!,
    value: out.values[i]!,
    startsAnew: out.breaks[i] === 1,
  }))
}

/** The same by groups of plain lists. */
function naive(times: number[], values: number[], secondsPerPixel: number, gap: number): Point[] {
  const groups: { pixel: number; startsAnew: boolean; points: { time: number; value: number }[] }[] = []
  times.forEach((time, i) => {
    const value = values[i]!
    if (Number.isNaN(value)) return
    const pixel = Math.floor(time / secondsPerPixel)
    const group = groups.at(-1)
    const broken = group !== undefined && time - group.points.at(-1)!.time > gap
    if (group?.pixel === pixel && !broken) group.points.push({ time, value })
    else groups.push({ pixel, startsAnew: broken || group === undefined, points: [{ time, value }] })
  })
  return groups.flatMap(({ points, startsAnew }) => {
    const numbers = points.map((point) => point.value)
    const lowest = numbers.indexOf(Math.min(...numbers))
    const highest = numbers.indexOf(Math.max(...numbers))
    const kept = [...new Set([0, lowest, highest, points.length - 1])].sort((a, b) => a - b)
    return kept.map((index, i) => ({ ...points[index]!, startsAnew: startsAnew && i === 0 }))
  })
}

describe('decimate', () => {
  test('keeps first, lowest, highest and last of each pixel column, in the order they came', () => {
    const times = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    const values = [5, 9, 6, 1, 4, 5, 5, 5, 5, 5, 7]
    expect(run(times, values, 10, 2.5).map((point) => [point.time, point.value])).toEqual([
      [0, 5],
      [1, 9],
      [3, 1],
      [9, 5],
      [10, 7],
    ])
  })

  test('joins across NaN, but not across a gap', () => {
    const points = run([0, 1, 2, 3, 6, 7], [1, NaN, 2, 3, 4, NaN], 0.5, 2.5)
    expect(points.map((point) => [point.time, point.startsAnew])).toEqual([
      [0, true],
      [2, false],
      [3, false],
      [6, true],
    ])
  })

  test('a series of each tenth tick is one line', () => {
    const column = new Column(
      { metric: 'temperature', family: 'temperature', unit: 'celsius', kind: 'gauge', every: 10 },
      0,
      new Timeline(1, 1),
    )
    const times = Array.from({ length: 31 }, (_, i) => i)
    const values = times.map((time) => (time % 10 === 0 ? time : NaN))
    const points = run(times, values, 0.5, column.gapSeconds)
    expect(points.map((point) => [point.time, point.startsAnew])).toEqual([
      [0, true],
      [10, false],
      [20, false],
      [30, false],
    ])
  })

  test('does what plain lists would do', () => {
    const row = fc.record({
      step: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.double({ min: 0.01, max: 9, noNaN: true })),
      value: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: -5, max: 5 }) }, fc.constant(NaN)),
    })
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 200 }),
        fc.constantFrom(0.3, 1, 2, 7.5, 40),
        (rows, secondsPerPixel) => {
          let time = 1_690_000_000
          const times = rows.map(({ step }) => (time += step))
          const values = rows.map(({ value }) => value)
          expect(run(times, values, secondsPerPixel, 2.5)).toEqual(naive(times, values, secondsPerPixel, 2.5))
        },
      ),
    )
  })

  test('a window that moves on does not change the points that stay in it', () => {
    const times = Array.from({ length: 600 }, (_, i) => i)
    const values = times.map((time) => Math.sin(time * time))
    const inside = (points: Point[]) => points.filter((point) => point.time >= 60 && point.time < 540)
    const later = inside(run(times.slice(33), values.slice(33), 6, 2.5))
    expect(later).toEqual(inside(run(times, values, 6, 2.5)))
    expect(later.length).toBeLessThanOrEqual(4 * 80)
  })
})

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

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Stretch } from './past.ts'
import { RowGrid } from './rowGrid.ts'
import { Trace, Tracer } from './tracer.ts'

const none = NaN

function traced(feed: (tracer: Tracer) => void, pixel: number, gap = 2.5, shift = 0): Trace {
  const trace = new Trace()
  const tracer = new Tracer()
  tracer.begin(trace, pixel, gap, shift)
  feed(tracer)
  tracer.finish()
  return trace
}

function samples(times: number[], values: number[], pixel: number, gap = 2.5, spacing = 1): Trace {
  const [at, value] = [Float64Array.from(times), Float64Array.from(values)]
  return traced((tracer) => tracer.samples(at, value, 0, at.length, spacing), pixel, gap)
}

function stretch(times: number[], step: number, rows: [min: number, mean: number, max: number][]): Stretch {
  const column = (place: 0 | 1 | 2) => Float64Array.from(rows, (row) => row[place])
  return { times: Float64Array.from(times), min: column(0), mean: column(1), max: column(2), step }
}

function points({ line }: Trace): [time: number, value: number, startsAnew: number][] {
  return Array.from({ length: line.length }, (_, i) => [line.times[i]!, line.values[i]!, line.breaks[i]!])
}

function bandsOf({ bands }: Trace): number[][] {
  const { starts, ends, lows, highs } = bands
  return Array.from({ length: bands.length }, (_, i) => [starts[i]!, ends[i]!, lows[i]!, highs[i]!])
}

describe('samples', () => {
  test('with less than two to a column each is a point, joined across NaN but not across a gap', () => {
    const trace = samples([0, 1, 2, 3, 6, 7], [1, none, 2, 3, 4, none], 0.6)
    expect(points(trace)).toEqual([
      [0, 1, 1],
      [2, 2, 0],
      [3, 3, 0],
      [6, 4, 1],
    ])
    expect(bandsOf(trace)).toEqual([])
  })

  test('with more, a column is their mean and how far they reached', () => {
    const trace = samples([0, 1, 2, 3, 4, 5, 6, 7, 8], [5, 9, 1, 5, 2, 2, 2, 2, 7], 4)
    expect(points(trace)).toEqual([
      [2, 5, 1],
      [6, 2, 0],
      [8, 7, 0],
    ])
    expect(bandsOf(trace)).toEqual([[0, 4, 1, 9]])
  })

  const row = fc.record({
    step: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.double({ min: 0.01, max: 9, noNaN: true })),
    value: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: -5, max: 5 }) }, fc.constant(NaN)),
  })

  test('no spike is lost, and nothing is drawn that was not there, at any width of a column', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 200 }), fc.constantFrom(0.3, 2, 7.5, 40), (rows, pixel) => {
        let time = 1_690_000_000
        const times = rows.map(({ step }) => (time += step))
        const values = rows.map(({ value }) => value)
        const trace = samples(times, values, pixel)
        const numbers = values.filter((value) => !Number.isNaN(value))
        const drawn = [
          ...points(trace).map(([, value]) => value),
          ...bandsOf(trace).flatMap((band) => band.slice(2)),
        ]
        expect([drawn.length > 0, Math.min(...drawn), Math.max(...drawn)]).toEqual([
          numbers.length > 0,
          Math.min(...numbers),
          Math.max(...numbers),
        ])
        const at = points(trace).map(([when]) => when)
        expect(at).toEqual([...at].sort((a, b) => a - b))
      }),
    )
  })

  test('a line has as many pieces as there are gaps, however it is thinned', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 200 }), fc.constantFrom(0.3, 2, 7.5, 40), (rows, pixel) => {
        let time = 1_690_000_000
        const times = rows.map(({ step }) => (time += step))
        const values = rows.map(({ value }) => value)
        const kept = times.filter((_, i) => !Number.isNaN(values[i]))
        const pieces = kept.filter((when, i) => i === 0 || when - kept[i - 1]! > 2.5).length
        const anew = points(samples(times, values, pixel)).filter(([, , startsAnew]) => startsAnew === 1)
        expect(anew.length).toBe(pieces)
      }),
    )
  })

  test('a window that moves on does not change what stays in it', () => {
    const times = Array.from({ length: 600 }, (_, i) => i)
    const values = times.map((time) => Math.sin(time * time))
    const inside = (trace: Trace) => points(trace).filter(([time]) => time >= 60 && time < 540)
    const later = inside(samples(times.slice(33), values.slice(33), 6))
    expect(later).toEqual(inside(samples(times, values, 6)))
    expect(later.length).toBe(80)
  })
})

describe('stretches', () => {
  const buckets = stretch([0, 10, 30, 40], 10, [
    [1, 2, 3],
    [2, 4, 9],
    [5, 5, 5],
    [0, 6, 7],
  ])

  test('a bucket is drawn over its own width, and its line reaches to its edges where nothing follows', () => {
    const trace = traced((tracer) => tracer.stretch(buckets, -Infinity, Infinity), 1)
    expect(points(trace)).toEqual([
      [0, 2, 1],
      [5, 2, 0],
      [15, 4, 0],
      [20, 4, 0],
      [30, 5, 1],
      [35, 5, 0],
      [45, 6, 0],
      [50, 6, 0],
    ])
    expect(bandsOf(trace)).toEqual([
      [0, 10, 1, 3],
      [10, 20, 2, 9],
      [40, 50, 0, 7],
    ])
  })

  test('buckets narrower than a column are weighed by their width', () => {
    const trace = traced((tracer) => tracer.stretch(buckets, -Infinity, Infinity), 100, 25)
    expect(points(trace)).toEqual([[50, 4.25, 1]])
    expect(bandsOf(trace)).toEqual([[0, 100, 0, 9]])
  })

  test('a part of it is cut where something better begins', () => {
    const trace = traced((tracer) => tracer.stretch(buckets, 5, 35), 1, 100)
    expect(bandsOf(trace)).toEqual([
      [5, 10, 1, 3],
      [10, 20, 2, 9],
    ])
    expect(points(trace).at(-1)).toEqual([35, 5, 0])
  })

  test('samples of a slower time are a line all the same', () => {
    const slow = stretch([0, 10, 20], 0, [
      [1, 1, 1],
      [2, 2, 2],
      [3, 3, 3],
    ])
    const trace = traced((tracer) => tracer.stretch(slow, -Infinity, Infinity), 1)
    expect(points(trace).map(([, , startsAnew]) => startsAnew)).toEqual([1, 0, 0])
  })

  test('a picture of the day before lies under that of today', () => {
    const trace = traced((tracer) => tracer.stretch(buckets, 30, Infinity), 1, 2.5, 86_400)
    expect(points(trace)[0]).toEqual([86_430, 5, 1])
  })
})

test('rows that lines share: every time of any of them, and each laid out on these', () => {
  const [one, other] = [samples([0, 1, 2], [1, 2, 3], 0.6), samples([1, 1.5, 9], [7, 8, 9], 0.6)]
  const grid = new RowGrid()
  grid.add(one.line)
  grid.add(one.line)
  grid.add(other.line)
  expect([...grid.times]).toEqual([0, 1, 1.5, 2, 9])
  grid.lay(other.line)
  expect([...grid.values]).toEqual([none, 7, 8, none, 9])
  expect([...grid.breaks]).toEqual([0, 1, 0, 0, 1])
  grid.clear()
  expect(grid.times.length).toBe(0)
})

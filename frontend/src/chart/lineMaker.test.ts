import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HostSeries } from '../series/hostSeries.ts'
import { Continuum } from '../series/continuum.ts'
import { noPast } from '../series/testing/noPast.ts'
import { LineMaker, slotOf, type LineSlot } from './lineMaker.ts'

const start = 10_000
const pixel = 2
const grain = { pixel, resolution: 0 }

type Point = [time: number, value: number, startsAnew: number]

function slotsOf(host: HostSeries): LineSlot[] {
  return ['cpu', 'room'].map((metric) => slotOf(host.column(metric)!))
}

function makerOf(host: HostSeries): LineMaker {
  return new LineMaker(new Continuum(host, noPast))
}

function pointsOf({ trace: { line } }: LineSlot, from: number): Point[] {
  const all = Array.from({ length: line.length }, (_, i): Point => [
    line.times[i]!,
    line.values[i]!,
    line.breaks[i]!,
  ])
  return all.filter(([time]) => Math.floor(time / pixel) >= from)
}

function hostWithPushed(): HostSeries {
  const host = new HostSeries({ name: 'web-1', hostname: 'web-1' }, 1)
  const described = { unit: 'percent', kind: 'gauge' }
  const series = [
    { metric: 'cpu', family: 'cpu', ...described },
    { metric: 'room', family: 'room', ...described, custom: true },
  ]
  host.applyCatalog({ type: 'catalog', host: 'web-1', series })
  return host
}

/** Seconds of ticks, and what is pushed after them: how long before the last tick it was measured; NaN for nothing. */
const happenings = fc.array(
  fc.record({
    ticks: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 3 }) },
      fc.integer({ min: 20, max: 90 }),
    ),
    pushedAgo: fc.oneof(
      { weight: 7, arbitrary: fc.constant(NaN) },
      fc.double({ min: -3, max: 30, noNaN: true }),
    ),
  }),
  { minLength: 1, maxLength: 60 },
)

test('what is painted frame by frame, pushed values among it, is what would be painted at once', () => {
  fc.assert(
    fc.property(happenings, (happens) => {
      const host = hostWithPushed()
      const maker = makerOf(host)
      const slots = slotsOf(host)
      let painted: Point[][] = [[], []]
      let now = start
      let seq = 0
      const update = { type: 'update' as const, host: 'web-1' }
      for (const { ticks, pushedAgo } of happens) {
        for (let i = 0; i < ticks; i++) {
          host.applyUpdate({ ...update, seq: ++seq, timestamp: ++now, values: [seq % 7, null] }, 'a')
        }
        if (!Number.isNaN(pushedAgo)) {
          const timestamp = now - pushedAgo
          host.applyUpdate({ ...update, seq: ++seq, timestamp, columns: [1], values: [seq % 5] }, 'a')
        }
        const first = Math.max(
          Math.floor(start / pixel) - 50,
          Math.floor(maker.changedSince(slots, now, grain) / pixel) - 2,
        )
        maker.make(slots, false, (first - 2) * pixel, now, grain)
        painted = painted.map((points, i) => [
          ...points.filter(([time]) => Math.floor(time / pixel) < first),
          ...pointsOf(slots[i]!, first),
        ])
      }
      const anew = slotsOf(host)
      makerOf(host).make(anew, false, start - 100, now, grain)
      expect(painted).toEqual(anew.map((slot) => pointsOf(slot, 0)))
    }),
    { numRuns: 300 },
  )
})

test('lines on several timelines each have their own points, and the highest is that of all', () => {
  const host = hostWithPushed()
  const update = { type: 'update' as const, host: 'web-1' }
  host.applyUpdate({ ...update, seq: 1, timestamp: start, values: [1, null] }, 'a')
  host.applyUpdate({ ...update, seq: 2, timestamp: start + 0.5, columns: [1], values: [9] }, 'a')
  host.applyUpdate({ ...update, seq: 3, timestamp: start + 1, values: [2, null] }, 'a')
  const slots = slotsOf(host)
  const maker = makerOf(host)
  const fine = { pixel: 0.1, resolution: 0 }
  maker.make(slots, false, start, start + 1, fine)
  expect(slots.map((slot) => pointsOf(slot, 0))).toEqual([
    [
      [start, 1, 1],
      [start + 1, 2, 0],
    ],
    [[start + 0.5, 9, 1]],
  ])
  expect(maker.extent(slots, false, start, start + 1, fine)).toEqual({ low: 1, high: 9 })
  // The line of the ticks comes in from 1.
  expect(maker.extent(slots, false, start + 0.8, start + 1, fine)).toEqual({ low: 1, high: 2 })
})

test('a series that turns out to be slow is joined anew over all that is painted', () => {
  const host = hostWithPushed()
  const maker = makerOf(host)
  const slots = slotsOf(host).slice(1)
  const update = { type: 'update' as const, host: 'web-1', columns: [1] }
  const changedAfter = (seq: number): [since: number, breaks: number[]] => {
    const now = start + 100 * seq
    host.applyUpdate({ ...update, seq, timestamp: now, values: [seq] }, 'a')
    const since = maker.changedSince(slots, now, grain)
    maker.make(slots, false, Math.max(start, since), now, grain)
    return [since, pointsOf(slots[0]!, 0).map(([, , startsAnew]) => startsAnew)]
  }
  // Of one value nobody knows how often one comes; from the second on it is each 100 s.
  expect(changedAfter(1)).toEqual([-Infinity, [1]])
  expect(changedAfter(2)).toEqual([-Infinity, [1, 0]])
  expect(changedAfter(3)).toEqual([start + 200, [1, 0, 0]])
  expect(maker.changedSince(slots, start + 300, grain)).toBe(start + 300)
})

test('values reach as high as the sample before the window, from which a line comes in', () => {
  const host = hostWithPushed()
  const values = [[10], [90], [20], [30]]
  values.forEach((row, index) => {
    const tick = { type: 'update' as const, host: 'web-1', seq: index + 1, timestamp: start + index }
    host.applyUpdate({ ...tick, values: [...row, null] }, 'epoch')
  })
  const [cpu] = slotsOf(host) as [LineSlot, LineSlot]
  for (const stacked of [false, true]) {
    const reach = (from: number) =>
      makerOf(host).extent([cpu], stacked, from, start + 3, { ...grain, pixel: 1 }).high
    expect([reach(start + 1.5), reach(start + 2.5)]).toEqual([90, 30])
  }
})

test('a line of a stack knows as others do that it may turn with each pixel', () => {
  const host = hostWithPushed()
  const update = { type: 'update' as const, host: 'web-1' }
  for (let seq = 1; seq <= 60; seq++)
    host.applyUpdate({ ...update, seq, timestamp: start + seq, values: [seq % 7, null] }, 'a')
  const isCrowded = (stacked: boolean, pixel: number) => {
    const [cpu] = slotsOf(host) as [LineSlot, LineSlot]
    makerOf(host).make([cpu], stacked, start, start + 60, { pixel, resolution: 0 })
    return cpu.trace.crowded
  }
  expect([isCrowded(false, 2), isCrowded(true, 2)]).toEqual([true, true])
  expect([isCrowded(false, 0.1), isCrowded(true, 0.1)]).toEqual([false, false])
})

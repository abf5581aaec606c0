import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { Snapshot } from '../wire/types.gen.ts'
import type { Column } from './column.ts'
import { HostSeries } from './hostSeries.ts'
import { catalogWithPushed, snapshot, sparse, update } from './testing/frames.ts'

const host = { name: 'web-1', hostname: 'web-1' }

function hostWith(metrics: string[], pushed: string[], interval = 1): HostSeries {
  const series = new HostSeries(host, interval)
  series.applyCatalog(catalogWithPushed(metrics, pushed))
  return series
}

/** [time, value] of all that is held. */
function pointsOf(column: Column | undefined): number[][] {
  if (column === undefined) return []
  const { timeline } = column
  const values = column.valuesIn(timeline.range)
  return [...timeline.times(timeline.range)].map((time, i) => [time, values[i] ?? NaN])
}

describe('a pushed series', () => {
  test('has times of its own: what is pushed adds no row to its host', () => {
    const series = hostWith(['cpu', 'room'], ['room'])
    series.applyUpdate(update(1, 100, [1, null]), 'a')
    for (let i = 0; i < 5000; i++) series.applyUpdate(sparse(2 + i, 100 + i / 10_000, [1], [i]), 'a')
    series.applyUpdate(sparse(5002, 101, [0], [2]), 'a')
    expect(pointsOf(series.column('cpu'))).toEqual([
      [100, 1],
      [101, 2],
    ])
    expect(pointsOf(series.column('room')).at(-1)).toEqual([100.4999, 4999])
    expect(series.position).toEqual({ epoch: 'a', seq: 5002 })
  })

  test('stands apart from the series of the ticks', () => {
    const series = hostWith(['room', 'cpu', 'door'], ['room', 'door'])
    expect(series.columns.map((column) => column.series.metric)).toEqual(['cpu'])
    expect(series.custom.map((column) => column.series.metric)).toEqual(['room', 'door'])
    expect(series.column('door')).toBe(series.custom[1])
    expect(series.byFamily('room')).toEqual([])
  })

  test('takes its values from rows that hold both, as those of a longer interval do', () => {
    const series = hostWith(['room', 'cpu'], ['room'])
    series.applyUpdate({ ...update(5, 105, [21, 7]), from: 1 }, 'a')
    series.applyUpdate({ ...update(10, 110, [null, 8]), from: 6 }, 'a')
    series.applyUpdate(update(11, 111, [22, null]), 'a')
    series.applyUpdate(update(12, 112, [null, null]), 'a')
    expect(pointsOf(series.column('cpu'))).toEqual([
      [105, 7],
      [110, 8],
      [112, NaN],
    ])
    expect(pointsOf(series.column('room'))).toEqual([
      [105, 21],
      [111, 22],
    ])
  })

  test('a snapshot with gaps between its positions brings what is not held yet', () => {
    const series = hostWith(['cpu', 'room'], ['room'])
    const past: Snapshot = {
      ...snapshot(
        4,
        [100, 99.5, 101],
        [
          [1, null, 2],
          [null, 21, null],
        ],
      ),
      from: 1,
      seqs: [4, 7, 9],
    }
    series.applyUpdate(update(4, 100, [1, null]), 'a')
    series.applySnapshot(past, 'a')
    series.applySnapshot(past, 'a')
    expect(pointsOf(series.column('cpu'))).toEqual([
      [100, 1],
      [101, 2],
    ])
    expect(pointsOf(series.column('room'))).toEqual([[99.5, 21]])
    expect(series.position).toEqual({ epoch: 'a', seq: 9 })
  })

  test('after a restart of the server what is held is known by its time', () => {
    const series = hostWith(['cpu', 'room'], ['room'])
    const columns = [
      [1, null, 2, null],
      [null, 21, null, 22],
    ]
    series.applySnapshot(snapshot(1, [100, 100.5, 101, 101.5], columns), 'a')
    series.applySnapshot(
      snapshot(
        1,
        [100.5, 101, 101.5, 102, 102.5],
        [
          [null, 2, null, 3, null],
          [21, null, 22, null, 23],
        ],
      ),
      'b',
    )
    expect(pointsOf(series.column('cpu'))).toEqual([
      [100, 1],
      [101, 2],
      [102, 3],
    ])
    expect(pointsOf(series.column('room'))).toEqual([
      [100.5, 21],
      [101.5, 22],
      [102.5, 23],
    ])
  })

  test('a host of which only pushed series are known has their times, and tells of them as of rows', () => {
    const series = hostWith(['room', 'door'], ['room', 'door'])
    const heard = vi.fn()
    series.subscribe('rows', heard)
    expect([series.newestTime, series.oldestTime]).toEqual([NaN, NaN])
    series.applyUpdate(sparse(1, 100, [0], [21]), 'a')
    series.applyUpdate(sparse(2, 90, [1], [1]), 'a')
    expect([series.oldestTime, series.newestTime]).toEqual([90, 100])
    expect(heard).toHaveBeenCalledTimes(2)
    expect(series.range).toEqual({ start: 0, end: 0 })
  })

  test('tells of its own values once a frame, and of nothing else', () => {
    const series = hostWith(['cpu', 'room'], ['room'])
    const rows = vi.fn()
    const room = vi.fn()
    series.subscribe('rows', rows)
    series.column('room')!.timeline.subscribe(room)
    series.applyUpdate(update(1, 100, [1, null]), 'a')
    series.applyUpdate(sparse(2, 100.1, [1], [21]), 'a')
    series.applySnapshot(
      snapshot(
        3,
        [100.2, 100.3],
        [
          [null, null],
          [1, 2],
        ],
      ),
      'a',
    )
    expect([rows.mock.calls.length, room.mock.calls.length]).toEqual([1, 2])
  })

  test('a value earlier than the newest means that its clock went back', () => {
    const series = hostWith(['room'], ['room'])
    for (const [seq, time] of [100, 110, 120, 105].entries())
      series.applyUpdate(sparse(seq + 1, time, [0], [time]), 'a')
    expect(pointsOf(series.column('room'))).toEqual([
      [100, 100],
      [105, 105],
    ])
    expect(series.column('room')?.latest).toEqual({ value: 105, time: 105 })
  })

  test('holds the newest values, the fewer series there are the more of each', () => {
    const names = Array.from({ length: 1000 }, (_, i) => `push.${i}`)
    const alone = hostWith(['push.0'], ['push.0'])
    const crowded = hostWith(names, names)
    for (let i = 1; i <= 5000; i++) {
      alone.applyUpdate(sparse(i, i, [0], [i]), 'a')
      crowded.applyUpdate(sparse(i, i, [0], [i]), 'a')
    }
    expect(pointsOf(alone.column('push.0'))).toHaveLength(3600)
    expect(pointsOf(crowded.column('push.0'))).toHaveLength(262)
    alone.applyCatalog(catalogWithPushed(names, names))
    expect(pointsOf(alone.column('push.0'))).toEqual(pointsOf(crowded.column('push.0')))
  })
})

describe('the line of a pushed series', () => {
  test.each([
    ['of one value', [100], 60],
    ['each second', [100, 101, 102, 103], 60],
    ['each half a minute', [100, 130, 160, 190], 300],
    ['each hour, with one that came late', [0, 3600, 7200, 14_400, 18_000], 36_000],
  ])('%s is broken by more than ten usual gaps and a minute', (_name, times, gap) => {
    const series = hostWith(['room'], ['room'])
    for (const [i, time] of times.entries()) series.applyUpdate(sparse(i + 1, time, [0], [1]), 'a')
    const column = series.column('room')!
    expect(column.gapSeconds).toBe(gap)
    const newest = times.at(-1)!
    expect(series.valueAt(column, newest + gap)).toBe(1)
    expect(series.valueAt(column, newest + gap + 1)).toBeUndefined()
    expect(series.valueAt(column, times[0]! - 1)).toBeUndefined()
  })
})

describe('a catalogue that is replaced', () => {
  test('finds series again by their names, whatever their place, and lets ended ones go', () => {
    const series = hostWith(['cpu', 'room', 'swap', 'door'], ['room', 'door'])
    series.applyUpdate(update(1, 100, [1, 21, 3, 0]), 'a')
    const [room, cpu] = [series.column('room'), series.column('cpu')]
    series.applyCatalog(catalogWithPushed(['room', 'cpu'], ['room']))
    series.applyUpdate(update(2, 101, [22, 2]), 'a')
    expect([series.column('room'), series.column('cpu')]).toEqual([room, cpu])
    expect(pointsOf(room)).toEqual([
      [100, 21],
      [101, 22],
    ])
    expect(pointsOf(cpu)).toEqual([
      [100, 1],
      [101, 2],
    ])
    expect(pointsOf(series.column('swap'))).toEqual([
      [100, 3],
      [101, NaN],
    ])
  })

  test('a pushed series that left stays for a quarter of an hour', () => {
    const series = hostWith(['cpu', 'room'], ['room'])
    const custom = vi.fn()
    series.subscribe('custom', custom)
    series.applyUpdate(update(1, 100, [1, 21]), 'a')
    const room = series.column('room')!
    series.applyCatalog(catalogWithPushed(['cpu'], []))
    expect(series.custom).toEqual([room])
    expect(custom).not.toHaveBeenCalled()
    series.applyUpdate(update(2, 1001, [2]), 'a')
    series.applyCatalog(catalogWithPushed(['cpu'], []))
    expect(series.custom).toEqual([])
    expect(series.column('room')).toBeUndefined()
    expect(room.valuesIn(room.timeline.range)).toEqual(Float64Array.of(NaN))
    expect(custom).toHaveBeenCalledTimes(1)
  })
})

test('however a stream is cut into snapshots and replayed, every value is held once', () => {
  const rowOf = fc.record({ pushed: fc.boolean(), value: fc.integer({ min: 0, max: 99 }) })
  fc.assert(
    fc.property(fc.array(rowOf, { minLength: 1, maxLength: 40 }), fc.array(fc.nat(40)), (rows, cuts) => {
      const series = hostWith(['cpu', 'room'], ['room'])
      const cells = rows.map(({ pushed, value }) => (pushed ? [null, value] : [value, null]))
      for (const cut of [...cuts, rows.length]) {
        const begin = Math.max(0, Math.min(cut, series.position?.seq ?? 0) - 3)
        const part = cells.slice(begin, cut)
        const columns = [0, 1].map((i) => part.map((cell) => cell[i] ?? null))
        const times = part.map((_, i) => begin + i)
        if (part.length > 0) series.applySnapshot(snapshot(begin + 1, times, columns), 'a')
      }
      for (const [metric, pushed] of [
        ['cpu', false],
        ['room', true],
      ] as const) {
        const expected = rows.flatMap((row, time) => (row.pushed === pushed ? [[time, row.value]] : []))
        expect(pointsOf(series.column(metric))).toEqual(expected)
      }
    }),
  )
})

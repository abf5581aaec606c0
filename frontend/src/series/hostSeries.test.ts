import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { capacityFor, HostSeries } from './hostSeries.ts'
import { catalog, snapshot, update } from './testing/frames.ts'

const host = { name: 'web-1', hostname: 'web-1' }

function hostWith(metrics: string[], every: Record<string, number> = {}, interval = 1): HostSeries {
  const series = new HostSeries(host, interval)
  series.applyCatalog(catalog(metrics, 'web-1', every))
  return series
}

function rowsOf(series: HostSeries, metric: string): number[] {
  const column = series.column(metric)
  return column === undefined ? [] : [...series.values(column, series.range)]
}

function timesOf(series: HostSeries): number[] {
  return [...series.times(series.range)]
}

describe('capacity', () => {
  test.each([
    [0.1, 9000],
    [0.25, 3600],
    [1, 3600],
    [5, 720],
    [60, 60],
  ])('at an interval of %d s it is %d rows', (interval, rows) => {
    expect(capacityFor(interval)).toBe(rows)
  })
})

describe('HostSeries', () => {
  test('appends a snapshot and updates as one past', () => {
    const series = hostWith(['cpu', 'memory'])
    series.applySnapshot(
      snapshot(
        5,
        [100, 101, 102],
        [
          [1, null, 3],
          [10, 20, 30],
        ],
      ),
      'a',
    )
    series.applyUpdate(update(8, 103, [4]), 'a')
    expect(timesOf(series)).toEqual([100, 101, 102, 103])
    expect(rowsOf(series, 'cpu')).toEqual([1, NaN, 3, 4])
    expect(rowsOf(series, 'memory')).toEqual([10, 20, 30, NaN])
    expect(series.position).toEqual({ epoch: 'a', seq: 8 })
    expect([series.oldestTime, series.newestTime]).toEqual([100, 103])
  })

  test('rows that came before are dropped by their number', () => {
    const series = hostWith(['cpu'])
    series.applySnapshot(snapshot(1, [100, 101, 102], [[1, 2, 3]]), 'a')
    series.applyUpdate(update(2, 101, [99]), 'a')
    series.applySnapshot(snapshot(2, [101, 102, 103], [[98, 97, 4]]), 'a')
    expect(timesOf(series)).toEqual([100, 101, 102, 103])
    expect(rowsOf(series, 'cpu')).toEqual([1, 2, 3, 4])
  })

  test('after a restart rows that came before are dropped by their time', () => {
    const series = hostWith(['cpu'])
    series.applySnapshot(snapshot(1, [100, 101, 102], [[1, 2, 3]]), 'a')
    series.applySnapshot(snapshot(1, [101, 102, 103, 104], [[2, 3, 4, 5]]), 'b')
    expect(timesOf(series)).toEqual([100, 101, 102, 103, 104])
    expect(rowsOf(series, 'cpu')).toEqual([1, 2, 3, 4, 5])
    expect(series.position).toEqual({ epoch: 'b', seq: 4 })
  })

  test('a clock that goes back truncates what was later, and the newest value with it', () => {
    const series = hostWith(['cpu', 'disk'])
    series.applySnapshot(
      snapshot(
        1,
        [100, 101, 102],
        [
          [1, 2, 3],
          [7, null, 9],
        ],
      ),
      'a',
    )
    series.applyUpdate(update(4, 101, [20, null]), 'a')
    expect(timesOf(series)).toEqual([100, 101])
    expect(rowsOf(series, 'cpu')).toEqual([1, 20])
    expect(series.column('disk')?.latest).toEqual({ value: 7, time: 100 })
  })

  test('a newest value that is written over by none is no longer the newest', () => {
    const series = hostWith(['cpu'])
    series.applySnapshot(snapshot(1, [100, 101, 102], [[1, 2, 3]]), 'a')
    series.applyUpdate(update(4, 102, [null]), 'a')
    expect(rowsOf(series, 'cpu')).toEqual([1, 2, NaN])
    expect(series.column('cpu')?.latest).toEqual({ value: 2, time: 101 })
  })

  test('a live row of a new epoch with an earlier clock is believed', () => {
    const series = hostWith(['cpu'])
    series.applySnapshot(snapshot(1, [100, 101, 102], [[1, 2, 3]]), 'a')
    series.applyUpdate(update(1, 50, [5]), 'b')
    expect(timesOf(series)).toEqual([50])
    expect(series.position).toEqual({ epoch: 'b', seq: 1 })
  })

  test('a series that appears later is filled with NaN', () => {
    const series = hostWith(['cpu'])
    const columnsChanged = vi.fn()
    series.subscribe('columns', columnsChanged)
    series.applyUpdate(update(1, 100, [1]), 'a')
    series.applyCatalog(catalog(['cpu', 'disk']))
    series.applyUpdate(update(2, 101, [2, 5]), 'a')
    expect(rowsOf(series, 'disk')).toEqual([NaN, 5])
    expect(rowsOf(series, 'cpu')).toEqual([1, 2])
    expect(columnsChanged).toHaveBeenCalledTimes(1)
  })

  test('another order of columns after a restart does not mix the series up', () => {
    const series = hostWith(['cpu', 'disk', 'swap'])
    series.applyUpdate(update(1, 100, [1, 2, 3]), 'a')
    const cpu = series.column('cpu')
    series.applyCatalog(catalog(['swap', 'cpu']))
    series.applyUpdate(update(1, 101, [30, 10]), 'b')
    expect(rowsOf(series, 'cpu')).toEqual([1, 10])
    expect(rowsOf(series, 'swap')).toEqual([3, 30])
    expect(rowsOf(series, 'disk')).toEqual([2, NaN])
    expect(series.column('cpu')).toBe(cpu)
    expect(series.columns.map((column) => column.series.metric)).toEqual(['swap', 'cpu', 'disk'])
  })

  test('a series that left and has no past any more is forgotten', () => {
    const series = hostWith(['cpu', 'disk'], {}, 60)
    series.applyUpdate(update(1, 0.5, [1, 2]), 'a')
    const disk = series.column('disk')!
    series.applyCatalog(catalog(['cpu']))
    for (let i = 2; i <= 62; i++) series.applyUpdate(update(i, i * 60, [i]), 'b')
    series.applyCatalog(catalog(['cpu']))
    expect(series.column('disk')).toBeUndefined()
    expect([...series.values(disk, series.range)].every(Number.isNaN)).toBe(true)
    expect(series.values(disk, series.range)).toHaveLength(60)
  })

  test('rows before the first catalogue mean nothing', () => {
    const series = new HostSeries(host, 1)
    series.applyUpdate(update(1, 100, [1]), 'a')
    series.applySnapshot(snapshot(1, [100], [[1]]), 'a')
    expect(series.position).toBeUndefined()
    expect(series.newestTime).toBeNaN()
  })

  test('rows(from, to) finds what lies between, bounds included', () => {
    const series = hostWith(['cpu'])
    series.applySnapshot(snapshot(1, [100, 101, 102, 103], [[1, 2, 3, 4]]), 'a')
    expect([...series.times(series.rows(101, 102.9))]).toEqual([101, 102])
    expect([...series.times(series.rows(-Infinity, Infinity))]).toEqual([100, 101, 102, 103])
    expect([...series.times(series.rows(101.1, 101.9))]).toEqual([])
  })

  test('valueAt takes the value at or before, not one older than one and a half steps', () => {
    const series = hostWith(['cpu', 'disk'], { disk: 10 })
    const times = Array.from({ length: 20 }, (_, i) => 100 + i)
    const every = times.map((time) => (time === 100 || time === 110 ? time : null))
    series.applySnapshot(snapshot(1, times, [times.map((time) => (time === 105 ? null : time)), every]), 'a')
    const [cpu, disk] = [series.column('cpu')!, series.column('disk')!]
    expect(series.valueAt(cpu, 104.9)).toBe(104)
    expect(series.valueAt(cpu, 105.4)).toBe(104)
    expect(series.valueAt(cpu, 105.6)).toBeUndefined()
    expect(series.valueAt(cpu, 99)).toBeUndefined()
    expect(series.valueAt(cpu, 130)).toBeUndefined()
    expect(series.valueAt(disk, 109)).toBe(100)
    expect(series.valueAt(disk, 119)).toBe(110)
    expect(series.valueAt(disk, 126)).toBeUndefined()
  })

  test('another interval keeps the newest rows', () => {
    const series = hostWith(['cpu'], {}, 0.1)
    for (let i = 1; i <= 9500; i++) series.applyUpdate(update(i, i / 10, [i]), 'a')
    series.setInterval(1)
    series.applyUpdate(update(1, 1000, [-1]), 'b')
    expect(series.capacity).toBe(3600)
    expect(rowsOf(series, 'cpu')).toEqual([...Array.from({ length: 3599 }, (_, i) => 5902 + i), -1])
  })

  test('listeners hear of a frame once, and of a repeated one not at all', () => {
    const series = hostWith(['cpu'])
    const heard = vi.fn()
    const end = series.subscribe('rows', heard)
    series.applySnapshot(snapshot(1, [100, 101], [[1, 2]]), 'a')
    series.applySnapshot(snapshot(1, [100, 101], [[1, 2]]), 'a')
    series.applyUpdate(update(2, 101, [2]), 'a')
    expect(heard).toHaveBeenCalledTimes(1)
    end()
    series.applyUpdate(update(3, 102, [2]), 'a')
    expect(heard).toHaveBeenCalledTimes(1)
  })
})

describe('HostSeries against a plain list', () => {
  interface Row {
    time: number
    value: number
  }
  const frame = fc.record({
    restart: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    repeat: fc.nat(3),
    rows: fc.array(fc.record({ step: fc.integer({ min: -3, max: 5 }), value: fc.nat(100) }), {
      maxLength: 25,
    }),
    live: fc.boolean(),
  })

  test('whatever comes twice, in part, after a restart or with a clock that went back', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 30 }), (frames) => {
        const series = hostWith(['cpu'], {}, 60)
        const naive: Row[] = []
        let [epoch, seq, time] = [0, 0, 1000]
        let sent: Row[] = []
        for (const { restart, repeat, rows, live } of frames) {
          if (restart) [epoch, seq, sent] = [epoch + 1, 0, []]
          const fresh = rows.map(({ step, value }) => ({ time: (time += step), value }))
          const again = sent.slice(sent.length - Math.min(repeat, sent.length))
          const all = [...again, ...fresh]
          apply(series, all, seq - again.length + 1, `epoch-${epoch}`, live)
          // Across epochs a run of the past begins with what is later than all that is held; live rows are believed.
          const newest = naive.at(-1)?.time ?? -Infinity
          const skip = seq === 0 ? leading(fresh, newest, live) : 0
          for (const row of fresh.slice(skip)) {
            while (naive.length > 0 && naive.at(-1)!.time >= row.time) naive.pop()
            naive.push(row)
            // The ring forgets for good: a later truncation does not bring old rows back.
            if (naive.length > series.capacity) naive.shift()
          }
          seq += fresh.length
          sent = all
          expect(timesOf(series)).toEqual(naive.map((row) => row.time))
          expect(rowsOf(series, 'cpu')).toEqual(naive.map((row) => row.value))
        }
      }),
    )
  })

  function leading(rows: readonly Row[], newest: number, live: boolean): number {
    if (live) return rows[0]?.time === newest ? 1 : 0
    const first = rows.findIndex((row) => row.time > newest)
    return first < 0 ? rows.length : first
  }

  function apply(series: HostSeries, rows: readonly Row[], seq: number, epoch: string, live: boolean): void {
    if (live) {
      rows.forEach((row, i) => series.applyUpdate(update(seq + i, row.time, [row.value]), epoch))
      return
    }
    const times = rows.map((row) => row.time)
    series.applySnapshot(snapshot(seq, times, [rows.map((row) => row.value)]), epoch)
  }
})

import { describe, expect, test } from 'vitest'
import { HostSeries } from './hostSeries.ts'
import type { Past, Stretch } from './past.ts'
import { RowWalk } from './rowWalk.ts'
import { catalog, catalogWithPushed, sparse } from './testing/frames.ts'
import { noPast } from './testing/noPast.ts'

function hostAt(times: readonly number[]): HostSeries {
  const host = new HostSeries({ name: 'web-1', hostname: 'web-1' }, 1)
  host.applyCatalog(catalog(['cpu']))
  times.forEach((time, index) => {
    host.applyUpdate(
      { type: 'update', host: 'web-1', seq: index + 1, timestamp: time, values: [index] },
      'epoch',
    )
  })
  return host
}

/** A past that has these samples; NaN stands for a bucket in which nothing was measured. */
function pastAt(times: readonly number[], empty: readonly number[] = []): Past {
  const all = [...times, ...empty].sort((a, b) => a - b)
  const values = Float64Array.from(all, (time) => (empty.includes(time) ? Number.NaN : time))
  const stretch: Stretch = {
    times: Float64Array.from(all),
    min: values,
    mean: values,
    max: values,
    step: 0,
  }
  return { ...noPast, stretches: () => [stretch] }
}

describe('the next row', () => {
  const held = [100, 101, 110, 110.9, 112]
  const host = hostAt(held)
  const beyond = (past: Past, time: number, side: 1 | -1, end = side > 0 ? 120 : 90) =>
    new RowWalk(host, past).beyond(time, side, end, host.columns, 1)

  test('is the next one there is, however far', () => {
    const walk = new RowWalk(host, noPast)
    for (const side of [1, -1] as const) {
      const expected = side > 0 ? held : [...held].reverse()
      const walked = []
      let at = side > 0 ? 90 : 120
      while (!Number.isNaN((at = walk.beyond(at, side, side > 0 ? 120 : 90, host.columns, 1))))
        walked.push(at)
      expect(walked).toEqual(expected)
    }
  })

  test('is one of the recorded past where the rings have a hole', () => {
    const past = pastAt([104, 107], [103])
    expect([beyond(past, 101, 1), beyond(past, 104, 1), beyond(past, 107, 1)]).toEqual([104, 107, 110])
    expect([beyond(past, 110, -1), beyond(past, 107, -1), beyond(past, 104, -1)]).toEqual([107, 104, 101])
  })

  test('is one of the recorded past before the oldest that is held', () => {
    expect(beyond(pastAt([95, 96]), 100, -1)).toBe(96)
  })

  test('is never one of the recorded past where the rings have rows', () => {
    expect(beyond(pastAt([110.5]), 110, 1)).toBe(110.9)
  })

  test('is none beyond the end', () => {
    expect(beyond(noPast, 101, 1, 109)).toBeNaN()
    expect(beyond(pastAt([108]), 101, 1, 107)).toBeNaN()
    expect(beyond(noPast, 112, 1)).toBeNaN()
    expect(beyond(noPast, 100, -1)).toBeNaN()
  })
})

test('of a host that is only pushed to, the pushed values are the rows', () => {
  const host = new HostSeries({ name: 'web-1', hostname: 'web-1' }, 1)
  host.applyCatalog(catalogWithPushed(['queue'], ['queue']))
  host.applyUpdate(sparse(1, 100, [0], [1]), 'epoch')
  host.applyUpdate(sparse(2, 130, [0], [2]), 'epoch')
  const walk = new RowWalk(host, noPast)
  expect(walk.beyond(130, -1, 90, host.custom, 1)).toBe(100)
  expect(walk.beyond(100, 1, 140, host.custom, 1)).toBe(130)
})

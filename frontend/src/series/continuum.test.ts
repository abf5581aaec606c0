import { describe, expect, test } from 'vitest'
import { Continuum } from './continuum.ts'
import { HostSeries } from './hostSeries.ts'
import type { Past, Stretch } from './past.ts'
import { noPast } from './testing/noPast.ts'
import { Trace, Tracer } from './tracer.ts'

/** A value a second at these times, which is the second itself. */
function hostOf(...seconds: number[]): HostSeries {
  const host = new HostSeries({ name: 'web-1', hostname: 'web-1' }, 1)
  const series = [{ metric: 'cpu', family: 'cpu', unit: 'percent', kind: 'gauge' }]
  host.applyCatalog({ type: 'catalog', host: 'web-1', series })
  seconds.forEach((timestamp, index) => {
    host.applyUpdate({ type: 'update', host: 'web-1', seq: index + 1, timestamp, values: [timestamp] }, 'a')
  })
  return host
}

/** A recorded past of a sample a second from 1000 on, each 0.5 above what the rings say. */
const recorded: Past = {
  ...noPast,
  stretches: (_host, _metric, from, to): readonly Stretch[] => {
    const times: number[] = []
    for (let time = Math.max(1000, Math.ceil(from)); time <= Math.min(1999, to); time++) times.push(time)
    const values = Float64Array.from(times, (time) => time + 0.5)
    return [{ times: Float64Array.from(times), min: values, mean: values, max: values, step: 0 }]
  },
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

function drawn(host: HostSeries, from: number, to: number, past = recorded): number[] {
  const trace = new Trace()
  new Continuum(host, past).trace(new Tracer(), trace, host.column('cpu')!, { from, to }, 0.1, 0.1)
  return [...trace.line.values.subarray(0, trace.line.length)]
}

const past = (from: number, to: number) => range(from, to).map((time) => time + 0.5)

describe('what is drawn', () => {
  test('comes of the rings where they have rows, before and after them of what is recorded', () => {
    const host = hostOf(...range(1010, 1015))
    expect(drawn(host, 1005, 1020)).toEqual([...past(1005, 1009), ...range(1010, 1015), ...past(1016, 1020)])
    expect(drawn(host, 1011, 1014)).toEqual(range(1011, 1014))
    expect(drawn(host, 1003, 1006)).toEqual(past(1003, 1006))
  })

  test('fills the hole that a lost connection left', () => {
    const host = hostOf(...range(1010, 1012), ...range(1020, 1022))
    expect(drawn(host, 1010, 1022)).toEqual([...range(1010, 1012), ...past(1013, 1019), ...range(1020, 1022)])
  })

  test('is all recorded of a host that nobody watched, and the rings alone where nothing is', () => {
    expect(drawn(hostOf(), 1003, 1005)).toEqual(past(1003, 1005))
    expect(drawn(hostOf(1010, 1011), 1000, 1020, noPast)).toEqual([1010, 1011])
  })
})

test('a part of a line is as crowded as the whole', () => {
  const host = hostOf(...range(1010, 1015))
  const crowded = (from: number, to: number, pixel: number) => {
    const trace = new Trace()
    new Continuum(host, recorded).trace(new Tracer(), trace, host.column('cpu')!, { from, to }, pixel, pixel)
    return trace.crowded
  }
  expect([crowded(1000, 1015, 1), crowded(1015, 1015, 1), crowded(1030, 1040, 1)]).toEqual([true, true, true])
  expect([crowded(1000, 1015, 0.9), crowded(1014, 1015, 0.9)]).toEqual([false, false])
})

test('what is asked for is what the rings lack', () => {
  const host = hostOf(...range(1010, 1012), ...range(1020, 1022))
  const continuum = new Continuum(host, recorded)
  const missing = (from: number, to: number) => {
    const into = continuum.missing({ from, to }, host.columns, { from: 0, to: 0 })
    return [Math.round(into.from), Math.round(into.to)]
  }
  expect(missing(1000, 1022)).toEqual([1000, 1020])
  expect(missing(1010, 1022)).toEqual([1012, 1020])
  expect(missing(1020, 1022)).toEqual([NaN, NaN])
  expect(missing(1020, 1100)).toEqual([1022, 1100])
  expect(missing(1022, 1022)).toEqual([NaN, NaN])
})

test('a value is that of the rings, in their holes the recorded one', () => {
  const host = hostOf(...range(1010, 1012), ...range(1020, 1022))
  const continuum = new Continuum(host, recorded)
  const valueAt = (time: number) => continuum.valueAt(host.column('cpu')!, time, 1)
  expect([1010, 1011.4, 1015, 1022].map(valueAt)).toEqual([1010, 1011, 1015.5, 1022])
  expect([1005, 1040, 500].map(valueAt)).toEqual([1005.5, 1040.5, undefined])
})

test('how far values reach counts both', () => {
  const host = hostOf(...range(1010, 1012))
  const extent = { low: NaN, high: NaN }
  new Continuum(host, recorded).extend(extent, host.column('cpu')!, { from: 1005, to: 1012 }, 0.1)
  expect(extent).toEqual({ low: 1005.5, high: 1012 })
})

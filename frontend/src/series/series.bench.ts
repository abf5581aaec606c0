import { bench, describe } from 'vitest'
import { decodeFrame } from '../wire/decode.ts'
import { decimate } from './decimate.ts'
import { HostSeries } from './hostSeries.ts'
import { Polyline } from './polyline.ts'
import { catalog, update } from './testing/frames.ts'

// One tick of a host of 60 series: what each costs between the socket and the rings. Run: npx vitest bench --run
describe('one update of 60 series', () => {
  const metrics = Array.from({ length: 60 }, (_, i) => `cpu.core{core=${i}}`)
  const values = metrics.map((_, i) => (i % 7 === 0 ? null : Math.round(i * 313.7) / 10))
  const frame = update(1, 1_690_000_000.123, values)
  const text = JSON.stringify(frame)
  const host = new HostSeries({ name: 'web-1', hostname: 'web-1' }, 1)
  host.applyCatalog(catalog(metrics))

  bench('decode', () => {
    decodeFrame(text)
  })

  bench('apply', () => {
    frame.seq++
    frame.timestamp++
    host.applyUpdate(frame, 'a')
  })
})

describe('a line of an hour', () => {
  const times = Float64Array.from({ length: 3600 }, (_, i) => 1_690_000_000 + i)
  const values = times.map((time) => 50 + 40 * Math.sin(time / 70) + 10 * Math.sin(time * 7))
  const line = new Polyline()

  for (const pixels of [300, 1200]) {
    bench(`thinned to ${pixels} pixels`, () => {
      decimate(times, values, 3600 / pixels, 2.5, line)
    })
  }
})

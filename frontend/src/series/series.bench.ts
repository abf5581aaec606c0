import { bench, describe } from 'vitest'
import { decodeFrame } from '../wire/decode.ts'
import { HostSeries } from './hostSeries.ts'
import { catalog, update } from './testing/frames.ts'
import { Trace, Tracer } from './tracer.ts'

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
  const tracer = new Tracer()
  const trace = new Trace()

  for (const pixels of [300, 1200, 3600]) {
    bench(`traced for ${pixels} pixels`, () => {
      tracer.begin(trace, 3600 / pixels, 2.5)
      tracer.samples(times, values, 0, times.length, 1)
      tracer.finish()
    })
  }
})

describe('a day of ten series at 1 s, as samples', () => {
  const times = Float64Array.from({ length: 86_400 }, (_, i) => 1_690_000_000 + i)
  const mean = times.map((time) => 50 + 40 * Math.sin(time / 700) + 10 * Math.sin(time * 7))
  const stretch = { times, min: mean, mean, max: mean, step: 0 }
  const tracer = new Tracer()
  const trace = new Trace()

  bench('traced for 1200 pixels', () => {
    for (let line = 0; line < 10; line++) {
      tracer.begin(trace, 72, 2.5)
      tracer.stretch(stretch, -Infinity, Infinity)
      tracer.finish()
    }
  })
})

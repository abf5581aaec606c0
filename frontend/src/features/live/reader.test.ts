import { describe, expect, it } from 'vitest'
import { Crosshair } from '../../chart/crosshair.ts'
import { TimeWindow } from '../../chart/timeWindow.ts'
import { noPast } from '../../series/testing/noPast.ts'
import { ghostText } from './figure.ts'
import { HostReader } from './reader.ts'
import { hostOf, series } from './testing/fakes.ts'

function make() {
  const host = hostOf(
    [series('cpu'), series('temperature{sensor=a}', 'celsius', 10)],
    [
      [10, 20, 30, 40],
      [55, null, null, null],
    ],
  )
  const window = new TimeWindow(60)
  const crosshair = new Crosshair()
  return { host, window, crosshair, reader: new HostReader(host, window, crosshair, noPast) }
}

describe('the instant that the page shows', () => {
  it('is the newest sample', () => {
    const { reader } = make()
    expect(reader.kind).toBe('live')
    expect(reader.time).toBe(1003)
    expect(reader.value('cpu')).toBe(40)
  })

  it('stands still while paused, though data comes in', () => {
    const { host, window, reader } = make()
    window.range(host)
    window.pause()
    host.applyUpdate({ type: 'update', host: 'web-1', seq: 5, timestamp: 1004, values: [99, null] }, 'epoch')
    expect(reader.kind).toBe('paused')
    expect(reader.value('cpu')).toBe(40)
    window.resume()
    expect(reader.value('cpu')).toBe(99)
  })

  it('is the end of what is shown of the past, told by what is recorded', () => {
    const { host, window, crosshair } = make()
    const wanted: string[][] = []
    const times = Float64Array.of(500, 510)
    const values = Float64Array.of(7, 8)
    const reader = new HostReader(host, window, crosshair, {
      ...noPast,
      viewer: () => ({
        loading: false,
        want: (_, metrics) => wanted.push([...metrics]),
        end: () => undefined,
      }),
      stretches: () => [{ times, min: values, mean: values, max: values, step: 10 }],
    })
    window.show(400, 515)
    expect(reader.kind).toBe('past')
    expect(reader.time).toBe(515)
    expect(reader.value('cpu')).toBe(8)
    expect(wanted).toEqual([['cpu']])
    window.live()
    expect(reader.value('cpu')).toBe(40)
  })

  it('is compared with that of the faint picture, so many seconds earlier', () => {
    const { crosshair, window, reader } = make()
    expect(reader.ghost).toBeUndefined()
    window.setGhost(2)
    expect(reader.ghost?.name).toBe('2 s before')
    expect(reader.ghost?.reader.value('cpu')).toBe(20)
    crosshair.set(1002)
    expect(reader.ghost?.reader.value('cpu')).toBe(10)
    expect([reader.time, reader.value('cpu')]).toEqual([1002, 30])
    const figures = [
      { kind: 'value', metric: 'cpu' },
      { kind: 'note', text: '4 cores' },
    ] as const
    expect(ghostText(figures, reader)).toBe('2 s before 10.0 %')
    window.setGhost(86_400)
    expect(ghostText(figures, reader)).toBe('')
    window.setGhost(0)
    expect(ghostText(figures, reader)).toBe('')
  })

  it('is where the crosshair points', () => {
    const { crosshair, reader } = make()
    crosshair.set(1001)
    expect(reader.kind).toBe('crosshair')
    expect(reader.value('cpu')).toBe(20)
  })

  it('takes the last value of a slow series, and none of a series that fell silent', () => {
    const { host, reader } = make()
    expect(reader.value('temperature{sensor=a}')).toBe(55)
    host.applyUpdate({ type: 'update', host: 'web-1', seq: 5, timestamp: 1100, values: [1, null] }, 'epoch')
    expect(reader.value('temperature{sensor=a}')).toBeUndefined()
    expect(reader.lastTime('temperature{sensor=a}')).toBe(1000)
  })

  it('knows nothing of a series that is not in the catalogue', () => {
    const { reader } = make()
    expect(reader.has('swap')).toBe(false)
    expect(reader.value('swap')).toBeUndefined()
  })
})

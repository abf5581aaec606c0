import { describe, expect, test } from 'vitest'
import type { HostSeries } from '../series/hostSeries.ts'
import type { Past } from '../series/past.ts'
import { awaited } from '../series/testing/awaitedPast.ts'
import { noPast } from '../series/testing/noPast.ts'
import { LiveChart, type ChartOptions, type Line } from './liveChart.ts'
import type { ChartServices } from './services.ts'
import { appendRows, FakePage, fakeServices, hostWith } from './testing/fakes.ts'
import { FakeCanvas, type RecordingContext } from './testing/recordingContext.ts'

interface Rig {
  host: HostSeries
  page: FakePage
  services: ChartServices
  chart: LiveChart
  canvas: FakeCanvas
  /** Where the lines are painted. */
  layer: RecordingContext
}

const metrics = ['user', 'system']

function lineOf(host: HostSeries, metric: string, extra: Partial<Line> = {}): Line {
  return { column: host.column(metric)!, label: metric, color: `--${metric}`, ...extra }
}

function rig(
  rows: (number | null)[][],
  options: Partial<ChartOptions> = {},
  extra: Partial<Line> = {},
  past: Past = noPast,
): Rig {
  const host = hostWith(metrics, rows)
  const page = new FakePage()
  const services = fakeServices(host, page, 10, past)
  const canvas = new FakeCanvas(400)
  const lines = [lineOf(host, 'user'), lineOf(host, 'system', extra)]
  const defaults: ChartOptions = { lines, unit: 'percent', max: 100, height: 124, label: 'CPU' }
  const chart = new LiveChart(canvas.asCanvas, services, { ...defaults, ...options })
  page.frame(0)
  return { host, page, services, chart, canvas, layer: canvas.made[0]!.context }
}

/** Heights of the points of the strokes of one colour, as values from 0 to 100. */
function values(layer: RecordingContext, color: string): number[] {
  // Bands are strokes too, but fainter ones.
  const end = layer.calls.findIndex(
    ({ name, strokeStyle, globalAlpha }) => name === 'stroke' && strokeStyle === color && globalAlpha > 0.3,
  )
  const begin = layer.calls.findLastIndex(({ name }, index) => name === 'beginPath' && index < end)
  return layer.calls
    .slice(begin, end)
    .filter(({ name }) => name === 'moveTo' || name === 'lineTo')
    .map(({ args }) => Math.round(101 - (args[1] as number)))
}

const rising = Array.from({ length: 12 }, (_, second) => [second * 2, 50 - second])

describe('LiveChart', () => {
  test('paints each line from the rings', () => {
    const { layer } = rig(rising)
    expect(values(layer, '--user').slice(-3)).toEqual([18, 20, 22])
    expect(values(layer, '--system').slice(-3)).toEqual([41, 40, 39])
  })

  test('stacked, a line stands on the one below', () => {
    const { layer } = rig(rising, { stacked: true })
    expect(values(layer, '--user').slice(-2)).toEqual([20, 22])
    expect(values(layer, '--system').slice(-2)).toEqual([60, 61])
  })

  test('a line drawn downward makes the axis symmetrical', () => {
    const { layer } = rig(rising, {}, { below: true })
    // 100 pixels now show 200 units, zero in the middle.
    expect(values(layer, '--user').at(-1)).toBe(50 + 22 / 2)
    expect(values(layer, '--system').at(-1)).toBe(Math.round(50 - 39 / 2))
  })

  test('an axis that begins at zero makes room for values below it', () => {
    const negative = rising.map(([user = 0, system = 0]) => [-user, -system])
    const { layer } = rig(negative, { unit: 'bytes', max: Number.NaN, floating: 'below-zero' })
    const heights = values(layer, '--user')
    expect(heights.every((height) => height >= 0 && height <= 100)).toBe(true)
    expect(new Set(heights).size).toBeGreaterThan(3)
  })

  test('a tick paints only what is new, the next frame after it nothing', () => {
    const { host, page, layer } = rig(rising)
    const all = layer.count('lineTo')
    layer.clear()
    appendRows(host, [[24, 38]], 1012)
    expect(page.framePending).toBe(true)
    page.frame(1000)
    expect(layer.count('lineTo')).toBeGreaterThan(0)
    expect(layer.count('lineTo')).toBeLessThan(all / 2)
    expect(values(layer, '--user').at(-1)).toBe(24)
    layer.clear()
    page.frame(1016)
    expect(layer.calls).toEqual([])
  })

  test('without an update of Chart.js: a tick resolves no layout', () => {
    const { host, page, canvas } = rig(rising)
    const measured = canvas.context.measureText.bind(canvas.context)
    let measurements = 0
    canvas.context.measureText = (text) => {
      measurements++
      return measured(text)
    }
    appendRows(host, [[24, 38]], 1012)
    page.frame(1000)
    expect(measurements).toBe(0)
  })

  test('a host whose clock went back is painted anew', () => {
    const { host, page, layer } = rig(rising)
    layer.clear()
    appendRows(host, [[99, 1]], 1005)
    page.frame(1000)
    expect(values(layer, '--user').at(-1)).toBe(99)
    expect(values(layer, '--user').length).toBe(6)
  })

  test('a hidden line is not painted, and comes back', () => {
    const { chart, layer, page } = rig(rising)
    layer.clear()
    chart.setHidden('user', true)
    page.frame(1)
    expect(values(layer, '--user')).toEqual([])
    expect(values(layer, '--system').at(-1)).toBe(39)
    layer.clear()
    chart.setHidden('user', false)
    page.frame(2)
    expect(values(layer, '--user').at(-1)).toBe(22)
  })

  test('a hidden line stays hidden when other lines come', () => {
    const { chart, host, layer } = rig(rising)
    chart.setHidden('user', true)
    layer.clear()
    const lines = [lineOf(host, 'system'), lineOf(host, 'user')]
    chart.update({ lines, unit: 'percent', max: 100, height: 124, label: 'CPU' })
    expect(values(layer, '--user')).toEqual([])
  })

  test('paused, rows cause no frame; resumed, the picture catches up', () => {
    const { host, page, services, layer } = rig(rising)
    services.window.pause()
    page.frame(0)
    appendRows(host, [[90, 90]], 1012)
    expect(page.framePending).toBe(false)
    layer.clear()
    services.window.resume()
    page.frame(1000)
    expect(values(layer, '--user').at(-1)).toBe(90)
  })

  test('paused and painted anew, it shows nothing that came since, though its last pixel reaches there', () => {
    const { host, page, services, layer, chart } = rig(rising)
    services.window.limits.setOldest(host.host.name, 0)
    services.window.setSpan(4000)
    services.window.pause()
    layer.clear()
    page.frame(0)
    const before = values(layer, '--user')
    appendRows(host, [[90, 90]], 1011.1)
    layer.clear()
    services.theme.refresh()
    page.frame(1000)
    expect(values(layer, '--user')).toEqual(before)
    expect(chart.range.to).toBe(1011)
  })

  test('nothing is wanted of the recorded past where the rings have it all, however long a pixel is', () => {
    const wanted: number[] = []
    const past: Past = {
      ...noPast,
      viewer: () => ({
        loading: false,
        want: (_host, _metrics, from, to) => void wanted.push(from, to),
        end: () => undefined,
      }),
    }
    const { host, page, services } = rig(rising, {}, {}, past)
    services.window.limits.setOldest(host.host.name, -9000)
    services.window.setSpan(20_000)
    wanted.length = 0
    for (let second = 0; second < 40; second++) {
      appendRows(host, [[20, 30]], 1012 + second)
      page.frame(1000 * second)
    }
    expect(wanted.filter((time) => time > host.oldestTime)).toEqual([])
    expect(wanted).toContain(host.oldestTime)
  })

  test('moving the crosshair repaints neither lines nor axes', () => {
    const { services, page, canvas, layer } = rig(rising)
    layer.clear()
    canvas.context.clear()
    services.crosshair.set(1005)
    page.frame(1)
    expect([layer.calls, canvas.context.calls]).toEqual([[], []])
    expect(canvas.made[1]!.context.count('arc')).toBe(2)
  })

  test('says in words what it shows', () => {
    const { chart } = rig([
      [10, null],
      [30, null],
      [20, null],
    ])
    expect(chart.summary()).toBe('CPU, last 10 s. user 20.0 %, between 10.0 % and 30.0 %. system no values.')
  })

  test('without rows it draws its axes and no lines', () => {
    const { canvas, layer, chart } = rig([])
    expect(canvas.context.log('fillText').length).toBe(3)
    expect(layer.count('stroke')).toBe(0)
    expect(chart.summary()).toBe('CPU, no data yet.')
  })

  test('destroyed, it listens to nothing and draws nothing', () => {
    const { chart, host, page, services, canvas } = rig(rising)
    chart.destroy()
    canvas.context.clear()
    appendRows(host, [[24, 38]], 1012)
    services.window.setSpan(20)
    services.theme.refresh()
    page.frame(1)
    expect(canvas.context.calls).toEqual([])
    expect(page.watched.size).toBe(0)
  })
})

/** Buckets of 2 s, whose mean is 30 and who reach from 10 to 70, of the hundred seconds before 900. */
const times = Float64Array.from({ length: 50 }, (_, bucket) => 800 + 2 * bucket)
const recorded: Past = {
  ...noPast,
  stretches: (_, metric, from, to) => {
    if (to <= 800 || from >= 900) return []
    const by = metric === 'user' ? 0 : 5
    const all = (value: number) => times.map(() => value + by)
    return [{ times, min: all(10), mean: all(30), max: all(70), step: 2 }]
  },
}

/** Values at the edges of the bands painted in a colour. */
function bands(layer: RecordingContext, color: string): string[] {
  const rects = layer.calls.filter(({ name, fillStyle }) => name === 'fillRect' && fillStyle === color)
  const edges = rects.map(({ args }) => {
    const [top, height] = [args[1] as number, args[3] as number]
    return `${Math.round(101 - top - height)} to ${Math.round(101 - top)}`
  })
  return [...new Set(edges)]
}

describe('LiveChart in the past', () => {
  test('shows what is recorded: the means as a line, and how far they reach as a band', () => {
    const { services, page, layer } = rig(rising, {}, {}, recorded)
    layer.clear()
    services.window.show(820, 880)
    page.frame(1)
    expect([...new Set(values(layer, '--user'))]).toEqual([30])
    expect([...new Set(values(layer, '--system'))]).toEqual([35])
    expect(bands(layer, '--user')).toEqual(['10 to 70'])
    layer.clear()
    services.window.live()
    page.frame(2)
    expect(values(layer, '--user').slice(-3)).toEqual([18, 20, 22])
  })

  test('what comes in later is painted then', () => {
    let there = false
    const stretches: Past['stretches'] = (...asked) => (there ? recorded.stretches(...asked) : [])
    const late = awaited({ ...recorded, stretches }, false)
    const { services, page, layer } = rig(rising, {}, {}, late.past)
    services.window.show(820, 880)
    page.frame(1)
    layer.clear()
    there = true
    late.tell()
    page.frame(2)
    expect(values(layer, '--user').at(-1)).toBe(30)
  })
})

describe('another view that is on its way', () => {
  function waiting() {
    const late = awaited(recorded)
    const made = rig(rising, {}, {}, late.past)
    made.layer.clear()
    return { ...made, tell: late.tell, come: () => late.become(false) }
  }

  test('is painted once, when it is there', () => {
    const { services, page, layer, tell, come } = waiting()
    services.window.show(820, 880)
    page.frame(1)
    // Some of it is there.
    tell()
    page.frame(60)
    expect(layer.count('stroke')).toBe(0)
    come()
    page.frame(70)
    expect(values(layer, '--user').at(-1)).toBe(30)
  })

  test('is painted as far as it is there after a moment', () => {
    const { services, page, layer } = waiting()
    services.window.show(820, 880)
    page.frame(1)
    page.frame(152)
    expect(layer.count('stroke')).toBeGreaterThan(0)
  })

  test('leaves no canvas empty that was cleared', () => {
    const { services, page, layer, chart } = waiting()
    services.window.show(820, 880)
    page.frame(1)
    chart.setHidden('system', true)
    expect(layer.count('stroke')).toBeGreaterThan(0)
  })

  test('follows a hand at once', () => {
    const { services, page, layer } = waiting()
    services.window.beginGesture()
    services.window.show(820, 880)
    page.frame(1)
    expect(layer.count('stroke')).toBeGreaterThan(0)
  })
})

describe('the ghost of a LiveChart', () => {
  test('is faint, below the lines, and shows what was so many seconds earlier', () => {
    const { services, page, layer } = rig(rising, {}, {}, recorded)
    layer.clear()
    services.window.setGhost(150)
    page.frame(1)
    const strokes = layer.calls.filter(({ name }) => name === 'stroke')
    const looks = strokes.map(({ strokeStyle, globalAlpha }) => `${String(strokeStyle)} ${globalAlpha < 1}`)
    const faint = ['--user true', '--system true']
    expect([...new Set(looks)]).toEqual([...faint, '--user false', '--system false'])
    expect([...new Set(values(layer, '--user'))]).toEqual([30])
  })

  test('goes when it is switched off', () => {
    const { services, page, layer } = rig(rising, {}, {}, recorded)
    services.window.setGhost(150)
    page.frame(1)
    layer.clear()
    services.window.setGhost(0)
    page.frame(2)
    expect(layer.calls.filter(({ globalAlpha }) => globalAlpha < 1)).toEqual([])
  })
})

describe('the band of a total', () => {
  test('lies around a stack of which all is visible, and around none of which a part is hidden', () => {
    const host = hostWith([...metrics, 'total'], [])
    const total = host.column('total')!
    const { chart, services, page, layer } = rig(rising, { stacked: true, total }, {}, recorded)
    services.window.show(820, 880)
    layer.clear()
    page.frame(1)
    expect(bands(layer, '--text')).toEqual(['15 to 75'])
    expect([...new Set(values(layer, '--system'))]).toEqual([65])
    chart.setHidden('user', true)
    layer.clear()
    services.window.show(821, 881)
    page.frame(2)
    expect(bands(layer, '--text')).toEqual([])
  })
})

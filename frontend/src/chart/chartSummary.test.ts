import { expect, test } from 'vitest'
import { awaited } from '../series/testing/awaitedPast.ts'
import { noPast } from '../series/testing/noPast.ts'
import { paintedFiner } from './canvasBox.ts'
import { LiveChart } from './liveChart.ts'
import { FakePage, fakeServices, hostWith } from './testing/fakes.ts'
import { FakeCanvas } from './testing/recordingContext.ts'

/** Unix seconds of a moment of a day in the zone of the viewer. */
function at(day: number, hours: number, minutes = 0): number {
  return new Date(2026, 10, day, hours, minutes).getTime() / 1000
}

/** Buckets of a minute of the day before the 22nd: means that grow by 1, from 5 below to 10 above. */
const times = Float64Array.from({ length: 60 }, (_, minute) => at(21, 14, minute))
const mean = times.map((_, index) => 20 + index / 10)
const recorded = {
  times,
  mean,
  min: mean.map((value) => value - 5),
  max: mean.map((value) => value + 10),
  step: 60,
}

function rig(loading = false) {
  const { past, become } = awaited(
    {
      ...noPast,
      state: () => ({ loading: false, off: false, problem: undefined }),
      stretches: (_, metric) => (metric === 'user' ? [recorded] : []),
    },
    loading,
  )
  const rows = Array.from({ length: 10 }, () => [40, 10])
  const host = hostWith(['user', 'system'], rows, at(22, 12))
  const page = new FakePage()
  const services = fakeServices(host, page, 10, past)
  const canvas = new FakeCanvas(400)
  const lines = ['user', 'system'].map((label) => ({
    column: host.column(label)!,
    label,
    color: `--${label}`,
  }))
  const chart = new LiveChart(canvas.asCanvas, services, {
    lines,
    unit: 'percent',
    height: 124,
    label: 'CPU',
  })
  page.frame()
  const busy = () => canvas.attributes['aria-busy']
  return { canvas, chart, page, busy, window: services.window, become }
}

test('of the past the mean, how far it reached and the range are told', () => {
  const { chart, page, window } = rig()
  window.show(at(21, 14), at(21, 15))
  page.frame()
  expect(chart.summary()).toBe(
    'CPU, 21 Nov 14:00 to 15:00. user 22.9 % on average, between 15.0 % and 35.9 %. system no values.',
  )
})

test('a range over midnight names both days, a short one its seconds', () => {
  const { chart, page, window } = rig()
  window.show(at(20, 23, 30), at(21, 0, 30))
  page.frame()
  expect(chart.summary()).toMatch(/^CPU, 20 Nov 23:30 to 21 Nov 00:30\./)
  window.show(at(21, 14), at(21, 14, 5))
  page.frame()
  expect(chart.summary()).toMatch(/^CPU, 21 Nov 14:00:00 to 14:05:00\. user 20\.2 % on average/)
})

test('what is not loaded is not told as if there were no values', () => {
  const { canvas, chart, page, window, become } = rig()
  page.scroll(canvas.asCanvas, false)
  window.show(at(21, 14), at(21, 15))
  page.frame()
  const waiting = 'CPU, 21 Nov 14:00 to 15:00, not loaded yet.'
  expect(chart.summary()).toBe(waiting)
  become(true)
  page.scroll(canvas.asCanvas, true)
  page.frame()
  expect(chart.summary()).toBe(waiting)
  become(false)
  expect(chart.summary()).toMatch(/user 22\.9 %/)
})

test('a chart out of sight is not busy for ever', () => {
  const { canvas, page, window, busy, become } = rig(true)
  window.show(at(21, 14), at(21, 15))
  page.frame()
  expect(busy()).toBe('true')
  page.scroll(canvas.asCanvas, false)
  become(false)
  page.frame()
  expect(busy()).toBe('false')
})

test('painted finer for as long as somebody uses it, it is then as before', () => {
  const { canvas } = rig()
  const { width, context } = canvas
  context.clear()
  const finer = paintedFiner(canvas.asCanvas, 2, () => [
    canvas.width,
    canvas.height,
    context.count('drawImage'),
  ])
  expect(finer).toEqual([2 * width, 2 * 124, 1])
  expect([canvas.width, canvas.height]).toEqual([width, 124])
  expect(context.count('drawImage')).toBe(2)
  expect(paintedFiner(canvas.asCanvas, 1, () => canvas.width)).toBe(width)
})

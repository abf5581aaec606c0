import { describe, expect, test } from 'vitest'
import { Slide } from './slide.ts'
import { appendRows, hostWith } from './testing/fakes.ts'
import { TimeWindow } from './timeWindow.ts'

const plot = { width: 99, height: 50 }

function moved(window: TimeWindow, rows = 20) {
  const host = hostWith(
    ['user'],
    Array.from({ length: rows }, () => [1]),
  )
  const slide = new Slide()
  slide.move(window, host, plot, 2)
  return { host, slide }
}

describe('Slide', () => {
  test('spans whole device pixels, the last of which holds the end of what is shown', () => {
    const { slide } = moved(new TimeWindow(10))
    const { view, range, shown } = slide
    expect([view.columns, view.height]).toEqual([198, 104])
    expect(view.pixel).toBeCloseTo(10 / 198)
    expect(range.to / view.pixel).toBeCloseTo(view.end)
    expect(range.to - range.from).toBeCloseTo(10)
    expect(shown.to).toBe(1019)
    expect(range.to).toBeGreaterThan(1019)
    expect(range.to - 1019).toBeLessThanOrEqual(view.pixel)
    expect(shown.from).toBe(range.from)
    expect(slide.grain.pixel).toBe(view.pixel)
    expect(slide.movedTo).toBe(1019)
  })

  test('moves on by whole pixels, and changes in place', () => {
    const window = new TimeWindow(10)
    const { host, slide } = moved(window)
    const { range, view, shown } = slide
    const before = { ...range, end: view.end }
    appendRows(host, [[2]], 1020)
    slide.move(window, host, plot, 2)
    expect((range.from - before.from) / view.pixel).toBeCloseTo(view.end - before.end)
    expect(view.end).toBeGreaterThan(before.end)
    expect(slide.range).toBe(range)
    expect(slide.view).toBe(view)
    expect(slide.shown).toBe(shown)
  })

  test('knows whether an instant lies in another pixel than the end', () => {
    const { slide } = moved(new TimeWindow(10))
    const { pixel } = slide.view
    expect(slide.isElsewhere(1019)).toBe(false)
    expect(slide.isElsewhere(slide.range.to - pixel / 2)).toBe(false)
    expect(slide.isElsewhere(slide.range.to + pixel / 2)).toBe(true)
    expect(slide.isElsewhere(slide.range.to - 2 * pixel)).toBe(true)
  })

  test('puts time and value where they lie on a layer that began earlier', () => {
    const { slide } = moved(new TimeWindow(10))
    const { view, range, projection } = slide
    slide.setValues(-50, 150)
    slide.project(view.end - view.columns - 30, plot.height, 2)
    const x = (time: number) => projection.left + (time - projection.from) * projection.perSecond
    const y = (value: number) => projection.zero - value * projection.perUnit
    // 30 device pixels are 15 of CSS; a line may stand out by one above and below.
    expect(x(range.from)).toBeCloseTo(15)
    expect(x(range.to)).toBeCloseTo(15 + plot.width)
    expect(y(150)).toBeCloseTo(1)
    expect(y(-50)).toBeCloseTo(1 + plot.height)
  })

  test('is nowhere while there is nothing to show', () => {
    const { slide } = moved(new TimeWindow(10), 0)
    expect(slide.range).toEqual({ from: Number.NaN, to: Number.NaN })
    expect(slide.view.end).toBeNaN()
    expect(slide.movedTo).toBeNaN()
  })

  test('has everything painted anew when told', () => {
    const { slide } = moved(new TimeWindow(10))
    const before = slide.view.version
    slide.renew()
    expect(slide.view.version).toBe(before + 1)
  })
})

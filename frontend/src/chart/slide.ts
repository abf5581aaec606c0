import { resolutionOf } from '../series/continuum.ts'
import type { HostSeries } from '../series/hostSeries.ts'
import type { Grain } from './lineMaker.ts'
import type { Projection } from './paint.ts'
import type { LayerView } from './plotLayer.ts'
import type { TimeRange, TimeWindow } from './timeWindow.ts'

/** The plot of a chart, CSS pixels. */
export interface PlotSize {
  width: number
  height: number
}

/** Half a line may stand out of the plot at its upper and lower edge, CSS pixels. */
export const bleed = 1

/**
 * Where in time a chart stands, and how large it shows that. It moves by whole device pixels only, counted from time
 * zero, so that the picture moves as one and what was painted can be kept. All it holds is changed in place: a frame
 * makes no objects, and who reads a member sees what the last move() left there.
 */
export class Slide {
  /** What the axis spans: whole device pixels. NaN before there is anything to show. */
  readonly range: TimeRange = { from: Number.NaN, to: Number.NaN }
  /** What of it the lines show: the last pixel may reach further, as into what came since a pause. */
  readonly shown: TimeRange = { from: Number.NaN, to: Number.NaN }
  readonly grain: Grain = { pixel: 0, resolution: 0 }
  readonly view: LayerView = { end: 0, columns: 0, height: 0, pixel: 0, min: 0, max: 0, version: 0 }
  readonly projection: Projection = { from: 0, left: 0, perSecond: 0, zero: 0, perUnit: 0 }
  /** The newest row of the host when it moved last. */
  movedTo = Number.NaN

  /** Takes over what the window shows of a host in a plot of that size. */
  move(window: TimeWindow, host: HostSeries, { width, height }: PlotSize, ratio: number): void {
    const { range, shown, view, grain } = this
    window.range(host, range)
    view.columns = Math.round(width * ratio)
    view.height = Math.round((height + 2 * bleed) * ratio)
    view.pixel = window.stretch(host) / view.columns
    view.end = Math.floor(range.to / view.pixel) + 1
    shown.to = range.to
    range.to = view.end * view.pixel
    range.from = shown.from = range.to - view.columns * view.pixel
    grain.pixel = view.pixel
    grain.resolution = resolutionOf(range.from, range.to)
    this.movedTo = host.newestTime
  }

  /** The values at the lower and upper edge of the plot. */
  setValues(min: number, max: number): void {
    this.view.min = min
    this.view.max = max
  }

  /** What was painted is of no use any more. */
  renew(): void {
    this.view.version++
  }

  /** An instant lies in another pixel than the end of what is shown. */
  isElsewhere(time: number): boolean {
    return Math.floor(time / this.view.pixel) + 1 !== this.view.end
  }

  /** Says where time and value lie on a layer that begins with the column `origin`. `height`: of the plot, CSS pixels. */
  project(origin: number, height: number, ratio: number): void {
    const { projection, range } = this
    const { pixel, end, columns, min, max } = this.view
    projection.from = range.from
    projection.left = (end - columns - origin) / ratio
    projection.perSecond = 1 / (pixel * ratio)
    projection.perUnit = height / (max - min)
    projection.zero = bleed + height + min * projection.perUnit
  }
}

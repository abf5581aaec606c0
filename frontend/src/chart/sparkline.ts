import type { Column } from '../series/column.ts'
import { decimate } from '../series/decimate.ts'
import type { HostSeries, RowRange } from '../series/hostSeries.ts'
import { Polyline } from '../series/polyline.ts'
import { SteadyCeiling } from './axis.ts'
import { CanvasBox } from './canvasBox.ts'
import type { Unit } from './format.ts'
import { fillLine, strokeLine, type Projection } from './paint.ts'
import { RowsHeard } from './rowsHeard.ts'
import type { Drawable } from './scheduler.ts'
import type { ChartServices } from './services.ts'
import { peakOf } from './stack.ts'
import type { TimeRange } from './timeWindow.ts'

/** A line computed from several columns; NaN for none, one number a row. */
export interface Derived {
  /** The column whose pace the line has. */
  pace: Column
  values(host: HostSeries, rows: RowRange): Float64Array
}

export interface SparklineOptions {
  source: Column | Derived
  unit: Unit
  /** A colour token such as `--c1`. */
  color: string
  /** Where the line ends at the top at least, such as 100 or the memory of the host. */
  ceiling?: (host: HostSeries) => number
  /** CSS pixels. */
  height: number
}

/** CSS pixels, before the theme's scale. */
const usualLineWidth = 1.3
const fill = 0.14

/** A line without axes, from zero up, over the time window. For the eye only: the number beside it says what it is. */
export class Sparkline implements Drawable {
  readonly element: HTMLCanvasElement
  readonly #services: ChartServices
  readonly #context: CanvasRenderingContext2D
  readonly #box: CanvasBox
  readonly #line = new Polyline()
  readonly #range: TimeRange = { from: Number.NaN, to: Number.NaN }
  readonly #projection: Projection = { from: 0, left: 0, perSecond: 0, zero: 0, perUnit: 0 }
  readonly #rows: RowsHeard
  readonly #stops: (() => void)[]
  #ceiling: SteadyCeiling
  #options: SparklineOptions

  constructor(canvas: HTMLCanvasElement, services: ChartServices, options: SparklineOptions) {
    this.element = canvas
    this.#services = services
    this.#options = options
    this.#ceiling = new SteadyCeiling(options.unit)
    this.#context = canvas.getContext('2d')!
    this.#box = new CanvasBox(canvas, options.height, this.#resize)
    this.#fitCanvas()
    const { host, window, theme, scheduler } = services
    this.#rows = new RowsHeard(host, () => {
      if (!window.paused) scheduler.mark(this)
    })
    this.#rows.follow([paceOf(options)])
    this.#stops = [
      window.subscribe(() => {
        this.#ceiling.reset()
        scheduler.mark(this)
      }),
      theme.subscribe(() => scheduler.mark(this)),
    ]
    scheduler.add(this)
  }

  update(options: SparklineOptions): void {
    if (options.unit !== this.#options.unit) this.#ceiling = new SteadyCeiling(options.unit)
    this.#options = options
    this.#rows.follow([paceOf(options)])
    this.#box.setHeight(options.height)
    this.#services.scheduler.mark(this)
  }

  destroy(): void {
    for (const stop of this.#stops) stop()
    this.#rows.stop()
    this.#services.scheduler.remove(this)
    this.#box.destroy()
  }

  draw(nowMs: number): void {
    const { width, height, ratio } = this.#box
    if (width === 0) return
    const context = this.#context
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, width, height)
    this.#makeLine()
    if (this.#line.length === 0) return
    this.#project(nowMs)
    const color = this.#services.theme.color(this.#options.color)
    context.fillStyle = color
    context.globalAlpha = fill
    fillLine(context, this.#line, undefined, this.#projection)
    context.globalAlpha = 1
    context.strokeStyle = color
    context.lineWidth = this.#lineWidth
    context.lineJoin = 'bevel'
    strokeLine(context, this.#line, this.#projection)
  }

  get #lineWidth(): number {
    return usualLineWidth * this.#services.theme.scale
  }

  #makeLine(): void {
    const { host, window } = this.#services
    const { source } = this.#options
    const range = window.range(host, this.#range)
    const pixel = (range.to - range.from) / (this.#box.width * this.#box.ratio)
    this.#line.clear()
    if (!(pixel > 0)) return
    const { timeline, gapSeconds } = paceOf(this.#options)
    const rows = timeline.rows(range.from - gapSeconds, range.to)
    const values = 'values' in source ? source.values(host, rows) : source.valuesIn(rows)
    decimate(timeline.times(rows), values, pixel, gapSeconds, this.#line)
  }

  #project(nowMs: number): void {
    const { host } = this.#services
    const { from, to } = this.#range
    const peak = peakOf(this.#line, from)
    const least = this.#options.ceiling?.(host) ?? Number.NaN
    const top = peak <= least ? least : this.#ceiling.next(peak, nowMs)
    const projection = this.#projection
    const lineWidth = this.#lineWidth
    projection.from = from
    projection.perSecond = this.#box.width / (to - from)
    // Half a line of room, so that neither the floor nor the ceiling cuts it.
    projection.zero = this.#box.height - lineWidth / 2
    projection.perUnit = (this.#box.height - lineWidth) / top
  }

  #fitCanvas(): void {
    const { canvas, width, height, ratio } = this.#box
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(height * ratio)
  }

  readonly #resize = (): void => {
    this.#fitCanvas()
    if (this.#services.scheduler.isVisible(this)) this.draw(performance.now())
    else this.#services.scheduler.mark(this)
  }
}

function paceOf({ source }: SparklineOptions): Column {
  return 'values' in source ? source.pace : source
}

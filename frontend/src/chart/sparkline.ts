import type { Column } from '../series/column.ts'
import { Continuum, resolutionOf } from '../series/continuum.ts'
import type { HostSeries } from '../series/hostSeries.ts'
import { Trace } from '../series/tracer.ts'
import { SteadyCeiling } from './axis.ts'
import { CanvasBox } from './canvasBox.ts'
import type { Unit } from './format.ts'
import { HighestLine } from './highestLine.ts'
import { fillBands, fillLine, strokeLine, type Projection } from './paint.ts'
import { PastNeed } from './pastNeed.ts'
import { Patience } from './patience.ts'
import { RowsHeard } from './rowsHeard.ts'
import type { Drawable } from './scheduler.ts'
import type { ChartServices } from './services.ts'
import type { TimeRange } from './timeWindow.ts'

export interface SparklineOptions {
  /** Of several the highest is drawn; at least one. */
  columns: readonly Column[]
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
const bandAlpha = 0.3

/** A line without axes, from zero up, over the time window. For the eye only: the number beside it says what it is. */
export class Sparkline implements Drawable {
  readonly element: HTMLCanvasElement
  readonly #services: ChartServices
  readonly #context: CanvasRenderingContext2D
  readonly #box: CanvasBox
  readonly #trace = new Trace()
  readonly #highest: HighestLine
  readonly #past: PastNeed
  readonly #patience: Patience
  readonly #range: TimeRange = { from: Number.NaN, to: Number.NaN }
  readonly #projection: Projection = { from: 0, left: 0, perSecond: 0, zero: 0, perUnit: 0 }
  readonly #rows: RowsHeard
  readonly #stops: (() => void)[]
  #ceiling: SteadyCeiling
  #options: SparklineOptions
  /** The newest row of the host, and the column of pixels at the end, when it was drawn last. */
  #drawnTo = Number.NaN
  #drawnEnd = Number.NaN

  constructor(canvas: HTMLCanvasElement, services: ChartServices, options: SparklineOptions) {
    this.element = canvas
    this.#services = services
    this.#options = options
    this.#patience = new Patience(services.window)
    this.#ceiling = new SteadyCeiling(options.unit)
    this.#context = canvas.getContext('2d')!
    this.#box = new CanvasBox(canvas, options.height, this.#resize)
    this.#fitCanvas()
    const { host, past, window, theme, scheduler } = services
    const continuum = new Continuum(host, past)
    this.#highest = new HighestLine(continuum)
    this.#past = new PastNeed(continuum, past, () => scheduler.mark(this))
    this.#rows = new RowsHeard(host, () => {
      if (window.shows(this.#drawnTo)) scheduler.mark(this)
    })
    this.#rows.follow(options.columns)
    this.#stops = [
      window.ahead(() => {
        if (scheduler.isVisible(this)) this.#wantPast()
      }),
      window.subscribe(() => {
        this.#ceiling.reset()
        this.#patience.renew()
        scheduler.mark(this)
      }),
      window.follow(() => {
        if (Math.floor(window.position / this.#pixel) !== this.#drawnEnd) scheduler.mark(this)
      }),
      theme.subscribe(() => scheduler.mark(this)),
    ]
    scheduler.add(this)
  }

  update(options: SparklineOptions): void {
    if (options.unit !== this.#options.unit) this.#ceiling = new SteadyCeiling(options.unit)
    this.#options = options
    this.#rows.follow(options.columns)
    this.#box.setHeight(options.height)
    this.#services.scheduler.mark(this)
  }

  destroy(): void {
    for (const stop of this.#stops) stop()
    this.#rows.stop()
    this.#past.end()
    this.#services.scheduler.remove(this)
    this.#box.destroy()
  }

  draw(nowMs: number): void {
    const { width, height, ratio } = this.#box
    if (width === 0) return
    this.#wantPast()
    if (this.#patience.waits(nowMs, this.#past.loading)) return this.#services.scheduler.mark(this)
    const context = this.#context
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, width, height)
    this.#makeLine()
    const { line, bands } = this.#trace
    if (line.length === 0) return
    this.#project(nowMs)
    const color = this.#services.theme.color(this.#options.color)
    context.fillStyle = color
    context.globalAlpha = fill
    fillLine(context, line, undefined, this.#projection, ratio)
    context.globalAlpha = bandAlpha
    fillBands(context, bands, this.#projection, ratio)
    context.globalAlpha = 1
    context.strokeStyle = color
    // As in charts, one that turns with each pixel is stroked at a width of one.
    context.lineWidth = this.#trace.crowded ? this.#services.theme.scale : this.#lineWidth
    context.lineJoin = 'bevel'
    strokeLine(context, line, this.#projection)
  }

  get #lineWidth(): number {
    return usualLineWidth * this.#services.theme.scale
  }

  /** Seconds of a column of pixels. */
  get #pixel(): number {
    return (this.#range.to - this.#range.from) / (this.#box.width * this.#box.ratio)
  }

  #makeLine(): void {
    const { from, to } = this.#range
    const pixel = this.#pixel
    this.#drawnTo = this.#services.host.newestTime
    this.#drawnEnd = Math.floor(to / pixel)
    const grain = { pixel, resolution: resolutionOf(from, to) }
    this.#highest.make(this.#trace, this.#options.columns, this.#range, grain)
  }

  #wantPast(): void {
    const { host, window } = this.#services
    this.#past.want(this.#options.columns, window.range(host, this.#range), 0)
  }

  #project(nowMs: number): void {
    const { host } = this.#services
    const { from, to } = this.#range
    const peak = this.#highest.peak(this.#trace, from)
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
    this.#patience.end()
    if (this.#services.scheduler.isVisible(this)) this.draw(performance.now())
    else this.#services.scheduler.mark(this)
  }
}

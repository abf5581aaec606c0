import type { Column } from '../series/column.ts'
import { Continuum, resolutionOf } from '../series/continuum.ts'
import type { HostSeries } from '../series/hostSeries.ts'
import { RowWalk, type Side } from '../series/rowWalk.ts'
import { markNews, sayBusy } from './busy.ts'
import { CanvasBox } from './canvasBox.ts'
import { chartSummary } from './chartSummary.ts'
import { CrosshairControl, type Plot, type PlotArea } from './crosshairControl.ts'
import { CrosshairLine } from './crosshairLine.ts'
import type { Unit } from './format.ts'
import { GestureControl } from './gestureControl.ts'
import { HeatImage } from './heatImage.ts'
import { HeatMeans } from './heatMeans.ts'
import { heatPalette } from './heatPalette.ts'
import { PastNeed } from './pastNeed.ts'
import { Patience } from './patience.ts'
import type { Drawable } from './scheduler.ts'
import type { ChartServices } from './services.ts'
import { labelSize, plotTop, TimeLabels, timeLabelsHeight } from './timeLabels.ts'
import type { TimeRange } from './timeWindow.ts'

export interface HeatRow {
  column: Column
  /** Short: it stands at the left of its row. */
  label: string
}

export interface HeatStripOptions {
  /** From top to bottom. */
  rows: readonly HeatRow[]
  unit: Unit
  /** The value that is full; 100 when absent. */
  max?: number
  /** CSS pixels. */
  height: number
  label: string
}

const labelGap = 7
const rowLabelSteps = [1, 2, 4, 5, 8, 10, 16, 20, 32, 64, 128, 256]

/**
 * Many series of one kind over time, one above the other: colour says how full each is, and where there is room, a bar
 * too. Readable for 2 rows and for 128. Drawn by the scheduler; a tick paints one new column of pixels.
 */
export class HeatStrip implements Drawable, Plot {
  readonly element: HTMLCanvasElement
  readonly #services: ChartServices
  readonly #context: CanvasRenderingContext2D
  readonly #box: CanvasBox
  readonly #gestures: GestureControl
  readonly #control: CrosshairControl
  readonly #continuum: Continuum
  readonly #past: PastNeed
  readonly #patience: Patience
  readonly #crosshairLine: CrosshairLine
  readonly #crosshairDrawable: Drawable
  readonly #image: HeatImage
  readonly #means: HeatMeans
  readonly #walk: RowWalk
  readonly #timeLabels = new TimeLabels()
  readonly #range: TimeRange = { from: Number.NaN, to: Number.NaN }
  readonly #stops: (() => void)[]
  #options: HeatStripOptions
  #columns: readonly Column[]
  /** The newest row of the host, and the last bucket, when it was drawn last. */
  #drawnTo = Number.NaN
  #drawnLast = Number.NaN
  #left = 0
  /** What the image was made for. */
  #bucket = 0
  #stale = true

  constructor(canvas: HTMLCanvasElement, services: ChartServices, options: HeatStripOptions) {
    this.element = canvas
    this.#services = services
    this.#options = options
    this.#patience = new Patience(services.window)
    this.#columns = options.rows.map((row) => row.column)
    this.#context = canvas.getContext('2d')!
    this.#continuum = new Continuum(services.host, services.past)
    this.#image = new HeatImage(canvas.ownerDocument.createElement('canvas'))
    this.#means = new HeatMeans(this.#continuum)
    this.#walk = new RowWalk(services.host, services.past)
    this.#box = new CanvasBox(canvas, options.height, this.#resize)
    this.#gestures = new GestureControl(canvas, services, this)
    this.#control = new CrosshairControl(canvas, services, this)
    this.#crosshairLine = new CrosshairLine(canvas, services.theme, '--text')
    this.#crosshairDrawable = { element: canvas, draw: () => this.#drawCrosshair() }
    const { host, past, window, crosshair, theme, scheduler } = services
    this.#past = new PastNeed(this.#continuum, past, () => this.#repaint())
    this.#stops = [
      window.ahead(() => {
        if (scheduler.isVisible(this)) this.#wantPast()
      }),
      host.subscribe('rows', () => {
        if (window.shows(this.#drawnTo)) scheduler.mark(this)
      }),
      window.subscribe(() => {
        this.#patience.renew()
        scheduler.mark(this)
      }),
      window.follow(() => {
        if (Math.floor(window.position / this.#bucket) !== this.#drawnLast) scheduler.mark(this)
      }),
      crosshair.subscribe(() => scheduler.mark(this.#crosshairDrawable)),
      theme.subscribe(() => this.#makeAnew()),
    ]
    scheduler.add(this)
    scheduler.add(this.#crosshairDrawable)
  }

  get host(): HostSeries {
    return this.#services.host
  }

  get range(): Readonly<TimeRange> {
    return this.#range
  }

  get area(): PlotArea {
    const top = this.#plotTop
    return { left: this.#left, right: this.#box.width, top, bottom: top + this.#plotHeight }
  }

  get oldest(): number {
    return this.#past.beyondRings ? this.#range.from : this.host.oldestTime
  }

  update(options: HeatStripOptions): void {
    this.#options = options
    this.#columns = options.rows.map((row) => row.column)
    this.#box.setHeight(options.height)
    this.#makeAnew()
  }

  /** What the strip shows, in words; with many rows only the busiest ones. */
  summary(): string {
    const { label, unit, rows } = this.#options
    const { window } = this.#services
    const { from, to } = window.range(this.host)
    const last = ({ column }: HeatRow) =>
      this.#continuum.valueAt(column, to, resolutionOf(from, to)) ?? -Infinity
    const lines = [...rows].sort((a, b) => last(b) - last(a)).slice(0, 4)
    const title =
      rows.length > lines.length ? `${label}, the busiest ${lines.length} of ${rows.length}` : label
    return chartSummary({ label: title, unit, lines }, window, this.#continuum, this.#past)
  }

  destroy(): void {
    for (const stop of this.#stops) stop()
    this.#services.scheduler.remove(this)
    this.#services.scheduler.remove(this.#crosshairDrawable)
    this.#past.end()
    this.#gestures.destroy()
    this.#control.destroy()
    this.#crosshairLine.destroy()
    this.#box.destroy()
  }

  timeAt(pixel: number): number | undefined {
    const width = this.#box.width - this.#left
    if (pixel < this.#left - 4 || width <= 0 || Number.isNaN(this.#range.to)) return undefined
    const { from, to } = this.#range
    return from + ((pixel - this.#left) / width) * (to - from)
  }

  rowBeyond(time: number, side: Side): number {
    const { from, to } = this.#range
    return this.#walk.beyond(time, side, side > 0 ? to : from, this.#columns, resolutionOf(from, to))
  }

  draw(nowMs: number): void {
    const { width, height, ratio } = this.#box
    if (width === 0) return
    this.#wantPast()
    if (this.#patience.waits(nowMs, this.#past.loading)) return this.#services.scheduler.mark(this)
    if (this.#stale) this.#fitCanvas()
    const context = this.#context
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, width, height)
    this.#drawRowLabels()
    this.#drawImage()
    const { from: min, to: max } = this.#range
    const top = height - timeLabelsHeight * this.#services.theme.scale
    this.#timeLabels.draw(context, this.#services.theme, { min, max, left: this.#left, right: width, top })
    this.#control.refresh()
    if (this.#services.crosshair.time !== undefined) this.#drawCrosshair()
  }

  #wantPast(): void {
    this.#past.want(this.#columns, this.#services.window.range(this.host, this.#range), 0)
    sayBusy(this.element, this.#past.loading)
  }

  get #plotTop(): number {
    return plotTop * this.#services.theme.scale
  }

  get #plotHeight(): number {
    return this.#box.height - (plotTop + timeLabelsHeight) * this.#services.theme.scale
  }

  #drawImage(): void {
    const { ratio } = this.#box
    const range = this.#range
    this.#drawnTo = this.host.newestTime
    if (!(range.to >= range.from) || this.#options.rows.length === 0) return
    const width = Math.round((this.#box.width - this.#left) * ratio)
    const span = Math.max(range.to - range.from, this.host.interval)
    const bucket = this.host.interval * Math.ceil(span / width / this.host.interval)
    if (bucket !== this.#bucket) this.#resetImage(bucket, width)
    const last = Math.floor(range.to / bucket)
    const count = Math.max(1, Math.min(width, Math.round(span / bucket)))
    const first = last - count + 1
    this.#drawnLast = last
    const recorded = this.#past.beyondRings ? this.#means : undefined
    recorded?.make(this.#columns, first, last, bucket, range)
    range.from = first * bucket
    range.to = (last + 1) * bucket
    this.#image.paint(this.host, first, last, recorded)
    const context = this.#context
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.imageSmoothingEnabled = false
    this.#image.draw(
      context,
      first,
      last,
      Math.round(this.#left * ratio),
      this.#plotTop * ratio,
      width / count,
    )
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
  }

  #resetImage(bucket: number, width: number): void {
    const { ratio } = this.#box
    const { max = 100 } = this.#options
    this.#bucket = bucket
    const height = Math.max(1, Math.round(this.#plotHeight * ratio))
    const geometry = { bucket, buckets: width + 1, height, ratio, max }
    this.#image.reset(geometry, heatPalette(this.#services.theme), this.#columns)
  }

  #drawRowLabels(): void {
    const { rows } = this.#options
    const context = this.#context
    const rowHeight = this.#plotHeight / Math.max(1, rows.length)
    const size = labelSize * this.#services.theme.scale
    const step = rowLabelSteps.find((candidate) => candidate * rowHeight >= size * 2) ?? rows.length
    context.font = this.#services.theme.font(labelSize)
    context.fillStyle = this.#services.theme.color('--axis')
    context.textAlign = 'right'
    context.textBaseline = 'middle'
    for (let row = 0; row < rows.length; row += step) {
      // Of rows lower than a letter the label may not stand out at the top.
      const middle = Math.max(this.#plotTop + (row + 0.5) * rowHeight, size / 2)
      context.fillText(rows[row]!.label, this.#left - labelGap * this.#services.theme.scale, middle + 0.5)
    }
  }

  #drawCrosshair(): void {
    const { time } = this.#services.crosshair
    const { from, to } = this.#range
    if (time === undefined || !(time >= from && time < to) || this.#box.width === 0) {
      this.#crosshairLine.hide()
      return
    }
    // A row is as wide as its bucket: the line stands in the middle of it.
    const middle = (Math.floor(time / this.#bucket) + 0.5) * this.#bucket
    const x = this.#left + ((middle - from) / (to - from)) * (this.#box.width - this.#left)
    this.#crosshairLine.show(x, this.#plotTop, this.#plotTop + this.#plotHeight, this.#box.ratio)
  }

  #fitCanvas(): void {
    const { canvas, width, height, ratio } = this.#box
    canvas.width = Math.round(width * ratio)
    canvas.height = Math.round(height * ratio)
    this.#context.font = this.#services.theme.font(labelSize)
    const widest = this.#options.rows.reduce(
      (most, row) => Math.max(most, this.#context.measureText(row.label).width),
      0,
    )
    this.#left = Math.max(22, Math.ceil(widest + labelGap * this.#services.theme.scale))
    this.#bucket = 0
    this.#stale = false
  }

  /** Something of the past came in: it may lie anywhere in the picture. */
  #repaint(): void {
    this.#bucket = 0
    markNews(this, this.#services.scheduler)
  }

  #makeAnew(): void {
    this.#stale = true
    this.#timeLabels.remeasure()
    this.#services.scheduler.mark(this)
  }

  readonly #resize = (): void => {
    this.#stale = true
    this.#patience.end()
    if (this.#services.scheduler.isVisible(this)) this.draw(performance.now())
    else this.#services.scheduler.mark(this)
  }
}

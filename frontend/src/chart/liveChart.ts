import { BasicPlatform, Chart, type ChartDataset, type Plugin } from 'chart.js'
import type { Column } from '../series/column.ts'
import { decimate, gapSeconds } from '../series/decimate.ts'
import type { HostSeries } from '../series/hostSeries.ts'
import { Polyline } from '../series/polyline.ts'
import { Glide, SteadyCeiling } from './axis.ts'
import { CanvasBox } from './canvasBox.ts'
import { chartSummary } from './chartSummary.ts'
import { CrosshairControl, type Plot } from './crosshairControl.ts'
import { CrosshairLine, type CrosshairMarks } from './crosshairLine.ts'
import type { Unit } from './format.ts'
import { RingLineController, RingPoint, type RingLineStyle } from './ringLine.ts'
import { RingTimeScale, RingValueScale } from './scales.ts'
import type { Drawable } from './scheduler.ts'
import type { ChartServices } from './services.ts'
import { peakOf, Stack } from './stack.ts'
import type { TimeRange } from './timeWindow.ts'

export interface Line {
  column: Column
  label: string
  /** A colour token such as `--c1`. */
  color: string
  /** Opacity of the area under the line; none when absent. */
  fill?: number
  /** Drawn downward from zero, as transmit is. */
  below?: boolean
}

export interface ChartOptions {
  lines: readonly Line[]
  /** Each line stands on the one before. */
  stacked?: boolean
  unit: Unit
  /** Where the axis begins; 0 when absent. */
  min?: number
  /** Where the axis ends, whatever the values. */
  max?: number
  /** Where the axis ends at least, such as the memory that a host has. */
  ceiling?: (host: HostSeries) => number
  /** CSS pixels. */
  height: number
  /** What the chart shows, for people who cannot see it. */
  label: string
}

/** One entry of a legend. `value` is the newest, or the one at the crosshair. */
export interface LegendEntry {
  metric: string
  label: string
  color: string
  hidden: boolean
  value: number | undefined
}

type Dataset = ChartDataset<'ringLine', never[]> & { line: Line; style: RingLineStyle }

const padding = { top: 6, right: 1, bottom: 0, left: 0 }
/** Half a line may stand out of the plot at its upper and lower edge. */
const bleed = 1

/**
 * A chart of lines over the time window, drawn by the scheduler of the page whenever rows arrive or the window, the
 * theme or the size change. Chart.js owns the axes, the layout and which lines are visible; a frame sets the limits of
 * the axes and redraws, without an update of Chart.js, because no layout depends on data.
 */
export class LiveChart implements Drawable, Plot {
  readonly element: HTMLCanvasElement
  readonly #services: ChartServices
  readonly #box: CanvasBox
  readonly #chart: Chart<'ringLine', never[]>
  readonly #control: CrosshairControl
  readonly #crosshairLine: CrosshairLine
  readonly #crosshairDrawable: Drawable
  readonly #marks: CrosshairMarks = { count: 0, y: [], color: [] }
  readonly #range: TimeRange = { from: Number.NaN, to: Number.NaN }
  readonly #stack = new Stack()
  readonly #stackBases: Polyline[] = []
  readonly #glide = new Glide()
  readonly #stops: (() => void)[]
  #ceiling: SteadyCeiling
  #options: ChartOptions

  constructor(canvas: HTMLCanvasElement, services: ChartServices, options: ChartOptions) {
    Chart.register(RingLineController, RingPoint, RingTimeScale, RingValueScale)
    this.element = canvas
    this.#services = services
    this.#options = options
    this.#ceiling = new SteadyCeiling(options.unit)
    this.#box = new CanvasBox(canvas, options.height, this.#resize)
    this.#chart = this.#makeChart()
    this.#resizeChart()
    this.#control = new CrosshairControl(canvas, services.crosshair, this)
    this.#crosshairLine = new CrosshairLine(canvas, services.theme)
    this.#crosshairDrawable = { element: canvas, draw: () => this.#drawCrosshair() }
    const { host, window, crosshair, theme, scheduler } = services
    this.#stops = [
      host.subscribe('rows', () => {
        if (!window.paused) scheduler.mark(this)
      }),
      window.subscribe(() => this.#windowChanged()),
      crosshair.subscribe(() => scheduler.mark(this.#crosshairDrawable)),
      theme.subscribe(() => this.#themeChanged()),
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

  /** Takes over new lines or another look. Lines that stay keep whether they are hidden. */
  update(options: ChartOptions): void {
    if (options.unit !== this.#options.unit) {
      this.#ceiling = new SteadyCeiling(options.unit)
      this.#glide.reset()
    }
    this.#options = options
    this.#box.setHeight(options.height)
    this.#chart.data.datasets = this.#datasets(this.#lines())
    this.#chart.update('none')
    this.#services.scheduler.mark(this)
  }

  setHidden(metric: string, hidden: boolean): void {
    const index = this.#lines().findIndex((dataset) => dataset.line.column.series.metric === metric)
    if (index < 0 || this.#chart.isDatasetVisible(index) === !hidden) return
    this.#chart.setDatasetVisibility(index, !hidden)
    this.#ceiling.reset()
    this.#chart.update('none')
    this.#services.scheduler.mark(this)
  }

  /** The lines with their values at the crosshair, or their newest ones; for a legend outside the canvas. */
  legend(): LegendEntry[] {
    return this.#lines().map(({ line }, index) => ({
      metric: line.column.series.metric,
      label: line.label,
      color: line.color,
      hidden: !this.#chart.isDatasetVisible(index),
      value: this.#valueNow(line.column),
    }))
  }

  /** What the chart shows, in a sentence or two. */
  summary(): string {
    this.#services.window.range(this.host, this.#range)
    const visible = this.#lines().filter((_, index) => this.#chart.isDatasetVisible(index))
    return chartSummary(this.#options.label, this.#options.unit, this.host, this.#range, visible)
  }

  destroy(): void {
    for (const stop of this.#stops) stop()
    this.#services.scheduler.remove(this)
    this.#services.scheduler.remove(this.#crosshairDrawable)
    this.#control.destroy()
    this.#crosshairLine.destroy()
    this.#box.destroy()
    this.#chart.destroy()
  }

  timeAt(pixel: number): number | undefined {
    const { left, right } = this.#chart.chartArea
    if (pixel < left - 4 || pixel > right + 4) return undefined
    return this.#timeAxis.getValueForPixel(pixel)
  }

  draw(nowMs: number): void {
    if (this.#box.width === 0) return
    this.#slide()
    this.#makeLines()
    this.#fitAxis(nowMs)
    this.#chart.draw()
    if (this.#glide.moving(nowMs)) this.#services.scheduler.mark(this)
    this.#control.refresh()
    if (this.#services.crosshair.time !== undefined) this.#drawCrosshair()
  }

  get #timeAxis(): RingTimeScale {
    return this.#chart.scales['x'] as RingTimeScale
  }

  get #valueAxis(): RingValueScale {
    return this.#chart.scales['y'] as RingValueScale
  }

  #lines(): Dataset[] {
    return this.#chart.data.datasets as Dataset[]
  }

  #controller(index: number): RingLineController {
    return this.#chart.getDatasetMeta(index).controller as unknown as RingLineController
  }

  /** Moves the time axis. Its ends lie on whole device pixels, so that the picture moves as one and does not shimmer. */
  #slide(): void {
    const range = this.#services.window.range(this.host, this.#range)
    if (range.to === range.from) range.from = range.to - 60 * this.host.interval
    const pixel = (range.to - range.from) / (this.#chart.chartArea.width * this.#box.ratio)
    if (Number.isFinite(this.#services.window.span) && pixel > 0) {
      const span = range.to - range.from
      range.to = Math.ceil(range.to / pixel) * pixel
      range.from = range.to - span
    }
    this.#timeAxis.slide(range.from, range.to)
  }

  /** Makes a polyline for each visible dataset, from a little before the window so that lines reach its edge. */
  #makeLines(): void {
    const { host } = this
    const { from, to } = this.#range
    const datasets = this.#lines()
    let reach = 0
    for (const { line } of datasets) reach = Math.max(reach, gapSeconds(host.interval, line.column))
    const rows = host.rows(from - reach, to)
    const times = host.times(rows)
    const pixel = (to - from) / (this.#chart.chartArea.width * this.#box.ratio)
    if (this.#options.stacked === true) this.#stack.start(times.length)
    let below: Polyline | undefined
    for (let index = 0; index < datasets.length; index++) {
      if (!this.#chart.isDatasetVisible(index)) continue
      const { column } = datasets[index]!.line
      const controller = this.#controller(index)
      const values = host.values(column, rows)
      const gap = gapSeconds(host.interval, column)
      if (this.#options.stacked === true) {
        controller.base = this.#base(index, times, below, pixel)
        this.#stack.add(values, column.every)
        decimate(times, this.#stack.top, pixel, gap, controller.line)
        this.#stack.raise()
        below = controller.line
      } else {
        controller.base = undefined
        decimate(times, values, pixel, gap, controller.line)
      }
    }
  }

  /** What the next line of a stack stands on: the line below it, or a line of its own where that one has holes. */
  #base(
    index: number,
    times: Float64Array,
    below: Polyline | undefined,
    pixel: number,
  ): Polyline | undefined {
    if (below === undefined || !this.#stack.holes) return below
    const base = (this.#stackBases[index] ??= new Polyline())
    decimate(times, this.#stack.base, pixel, Number.POSITIVE_INFINITY, base)
    return base
  }

  #fitAxis(nowMs: number): void {
    const { max, min = 0, ceiling } = this.#options
    const reducedMotion = this.#services.theme.reducedMotion
    let peak = Number.NaN
    let mirrored = false
    const datasets = this.#lines()
    for (let index = 0; index < datasets.length; index++) {
      if (datasets[index]!.style.below) mirrored = true
      if (!this.#chart.isDatasetVisible(index)) continue
      const own = peakOf(this.#controller(index).line, this.#range.from)
      if (!(own <= peak)) peak = Number.isNaN(own) ? peak : own
    }
    const least = ceiling?.(this.host) ?? Number.NaN
    const target =
      max ?? (peak <= least || (Number.isNaN(peak) && least > 0) ? least : this.#ceiling.next(peak, nowMs))
    const top = this.#glide.toward(target, nowMs, reducedMotion)
    this.#valueAxis.setRange(mirrored ? -top : min, top, mirrored ? -target : min, target)
  }

  #drawCrosshair(): void {
    const { time } = this.#services.crosshair
    const { from, to } = this.#range
    if (time === undefined || !(time >= from && time <= to) || this.#box.width === 0) {
      this.#crosshairLine.hide()
      return
    }
    const { top, bottom } = this.#chart.chartArea
    this.#placeMarks(time)
    const x = this.#timeAxis.getPixelForValue(time)
    this.#crosshairLine.show(x, top, bottom, this.#box.ratio, this.#marks)
  }

  #placeMarks(time: number): void {
    const marks = this.#marks
    marks.count = 0
    let base = 0
    const datasets = this.#lines()
    for (let index = 0; index < datasets.length; index++) {
      if (!this.#chart.isDatasetVisible(index)) continue
      const { line, style } = datasets[index]!
      const value = this.host.valueAt(line.column, time)
      if (value === undefined) continue
      const height = base + value
      if (this.#options.stacked === true) base = height
      marks.y[marks.count] = this.#valueAxis.getPixelForValue(style.below ? -height : height)
      marks.color[marks.count] = style.color
      marks.count++
    }
  }

  #valueNow(column: Column): number | undefined {
    const { crosshair, window } = this.#services
    if (crosshair.time !== undefined) return this.host.valueAt(column, crosshair.time)
    return window.paused ? this.host.valueAt(column, this.#range.to) : column.latest?.value
  }

  #windowChanged(): void {
    this.#ceiling.reset()
    this.#services.scheduler.mark(this)
  }

  #themeChanged(): void {
    for (const { line, style } of this.#lines()) style.color = this.#services.theme.color(line.color)
    this.#timeAxis.labels.remeasure()
    this.#valueAxis.remeasure()
    this.#chart.update('none')
    this.#services.scheduler.mark(this)
  }

  readonly #resize = (): void => {
    this.#resizeChart()
    if (this.#services.scheduler.isVisible(this)) this.draw(performance.now())
    else this.#services.scheduler.mark(this)
  }

  #resizeChart(): void {
    const { width, height, ratio } = this.#box
    if (width === 0) return
    this.#chart.options.devicePixelRatio = ratio
    this.#chart.resize(width, height)
    this.#box.fit()
  }

  /** A dataset for each line; the same object for the same column, with which Chart.js keeps whether it is hidden. */
  #datasets(known: readonly Dataset[]): Dataset[] {
    const { theme } = this.#services
    return this.#options.lines.map((line, index) => {
      const style = { color: theme.color(line.color), fill: line.fill ?? 0, below: line.below ?? false }
      // Chart.js paints from the highest order down: the first line lies at the bottom.
      const dataset = { type: 'ringLine', label: line.label, data: [], order: -index, line, style } as Dataset
      const same = known.find((other) => other.line.column === line.column)
      return same === undefined ? dataset : Object.assign(same, dataset)
    })
  }

  #makeChart(): Chart<'ringLine', never[]> {
    return new Chart<'ringLine', never[]>(this.element, {
      type: 'ringLine',
      // It asks the page for nothing: events and sizes are ours, and the same would run in a worker.
      platform: BasicPlatform,
      data: { datasets: this.#datasets([]) },
      options: {
        responsive: false,
        maintainAspectRatio: false,
        animation: false,
        parsing: false,
        normalized: true,
        events: [],
        devicePixelRatio: this.#box.ratio,
        layout: { autoPadding: false, padding },
        scales: {
          x: { type: 'ringTime', axis: 'x', position: 'bottom' },
          y: { type: 'ringValue', axis: 'y', position: 'left' },
        },
      },
      plugins: [this.#plugin()],
    } as ConstructorParameters<typeof Chart<'ringLine', never[]>>[1])
  }

  #plugin(): Plugin<'ringLine'> {
    return {
      id: 'vitals',
      beforeLayout: (chart) => {
        const [time, value] = [chart.scales['x'] as RingTimeScale, chart.scales['y'] as RingValueScale]
        time.theme = value.theme = this.#services.theme
        value.unit = this.#options.unit
      },
      beforeDatasetsDraw: (chart) => {
        const { left, top, width, height } = chart.chartArea
        chart.ctx.save()
        chart.ctx.beginPath()
        chart.ctx.rect(left, top - bleed, width, height + 2 * bleed)
        chart.ctx.clip()
      },
      afterDatasetsDraw: (chart) => chart.ctx.restore(),
    }
  }
}

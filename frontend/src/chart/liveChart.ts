import { Chart, type Plugin } from 'chart.js'
import { Continuum, type Extent } from '../series/continuum.ts'
import type { HostSeries } from '../series/hostSeries.ts'
import { RowWalk, type Side } from '../series/rowWalk.ts'
import { markNews, sayBusy } from './busy.ts'
import { CanvasBox } from './canvasBox.ts'
import { ChartLines } from './chartLines.ts'
import { makeConfiguration, makeDatasets, type LineDataset, type RingChart } from './chartConfig.ts'
import type { ChartOptions } from './chartOptions.ts'
import { chartSummary } from './chartSummary.ts'
import { CrosshairControl, type Plot, type PlotArea } from './crosshairControl.ts'
import { CrosshairLine, type CrosshairMarks } from './crosshairLine.ts'
import { GestureControl } from './gestureControl.ts'
import { PastNeed } from './pastNeed.ts'
import { Patience } from './patience.ts'
import { PlotLayer } from './plotLayer.ts'
import { RowsHeard } from './rowsHeard.ts'
import { RingLineController, RingPoint, usualLineWidth, type PaintTarget } from './ringLine.ts'
import { RingTimeScale, RingValueScale } from './scales.ts'
import type { Drawable } from './scheduler.ts'
import type { ChartServices } from './services.ts'
import { bleed, Slide } from './slide.ts'
import type { TimeRange } from './timeWindow.ts'
import { ValueFit } from './valueFit.ts'

export type { ChartOptions, Line } from './chartOptions.ts'

/**
 * A chart of lines over the time window, live or past, drawn by the scheduler of the page whenever rows or something of
 * the past arrive or the window, the theme or the size change. Chart.js owns the axes, the layout and which lines are
 * visible. A frame sets the limits of the axes and has Chart.js draw, without an update of it, because no layout depends
 * on data; of the lines it paints what is new.
 */
export class LiveChart implements Drawable, Plot {
  readonly element: HTMLCanvasElement
  readonly #services: ChartServices
  readonly #box: CanvasBox
  readonly #chart: RingChart
  readonly #gestures: GestureControl
  readonly #control: CrosshairControl
  readonly #crosshairLine: CrosshairLine
  readonly #crosshairDrawable: Drawable
  readonly #marks: CrosshairMarks = { count: 0, y: [], color: [] }
  readonly #slide = new Slide()
  readonly #patience: Patience
  readonly #continuum: Continuum
  readonly #lines: ChartLines
  readonly #past: PastNeed
  readonly #layer: PlotLayer
  readonly #target: PaintTarget
  readonly #rows: RowsHeard
  readonly #stops: (() => void)[]
  readonly #values: ValueFit
  #options: ChartOptions
  /** The layer has been begun: this drawing paints the lines. */
  #painting = false

  constructor(canvas: HTMLCanvasElement, services: ChartServices, options: ChartOptions) {
    Chart.register(RingLineController, RingPoint, RingTimeScale, RingValueScale)
    const { host, past, window, crosshair, theme, scheduler } = services
    this.element = canvas
    this.#services = services
    this.#options = options
    this.#patience = new Patience(services.window)
    this.#continuum = new Continuum(host, past)
    this.#lines = new ChartLines(this.#continuum, new RowWalk(host, past))
    this.#lines.describe(options)
    this.#values = new ValueFit(options.unit)
    this.#layer = new PlotLayer(canvas.ownerDocument.createElement('canvas'))
    const { projection } = this.#slide
    this.#target = { context: this.#layer.context, projection, ratio: 1, lineWidth: usualLineWidth }
    this.#box = new CanvasBox(canvas, options.height, this.#resize)
    const datasets = makeDatasets(options.lines, theme, [])
    this.#chart = new Chart(canvas, makeConfiguration(datasets, theme, this.#box.ratio, this.#plugin()))
    this.#resizeChart()
    this.#gestures = new GestureControl(canvas, services, this)
    this.#control = new CrosshairControl(canvas, services, this)
    this.#crosshairLine = new CrosshairLine(canvas, theme)
    this.#crosshairDrawable = { element: canvas, draw: () => this.#drawCrosshair() }
    this.#rows = new RowsHeard(host, () => {
      if (window.shows(this.#slide.movedTo)) scheduler.mark(this)
    })
    this.#rows.follow(this.#lines.columns)
    this.#past = new PastNeed(this.#continuum, past, () => this.#pastCame())
    this.#stops = [
      window.ahead(() => {
        if (this.#isLaidOut && scheduler.isVisible(this)) this.#move()
      }),
      window.subscribe(() => {
        // In a gesture one view follows from the other, and the axis too.
        if (window.inGesture) this.#values.reset()
        else this.#values.jump()
        this.#patience.renew()
        scheduler.mark(this)
      }),
      window.follow(() => this.#windowMoved()),
      crosshair.subscribe(() => scheduler.mark(this.#crosshairDrawable)),
      theme.subscribe(() => this.#themeChanged()),
    ]
    scheduler.add(this)
    scheduler.add(this.#crosshairDrawable)
  }

  get area(): PlotArea {
    return this.#chart.chartArea
  }

  get host(): HostSeries {
    return this.#services.host
  }

  get range(): Readonly<TimeRange> {
    return this.#slide.shown
  }

  get oldest(): number {
    return this.#past.beyondRings ? this.#slide.range.from : this.host.oldestTime
  }

  /** Takes over new lines or another look. Lines that stay keep whether they are hidden. */
  update(options: ChartOptions): void {
    this.#values.setUnit(options.unit)
    this.#options = options
    this.#lines.describe(options)
    this.#rows.follow(this.#lines.columns)
    this.#box.setHeight(options.height)
    this.#chart.data.datasets = makeDatasets(options.lines, this.#services.theme, this.#datasets)
    this.#layOut()
  }

  setHidden(metric: string, hidden: boolean): void {
    const index = this.#datasets.findIndex(({ line }) => line.column.series.metric === metric)
    if (index < 0 || this.#chart.isDatasetVisible(index) === !hidden) return
    this.#chart.setDatasetVisibility(index, !hidden)
    this.#values.reset()
    this.#layOut()
  }

  /** What the chart shows, in a sentence or two. */
  summary(): string {
    const lines = this.#options.lines.filter((_, index) => this.#chart.isDatasetVisible(index))
    return chartSummary({ ...this.#options, lines }, this.#services.window, this.#continuum, this.#past)
  }

  destroy(): void {
    for (const stop of this.#stops) stop()
    this.#rows.stop()
    this.#past.end()
    this.#services.scheduler.remove(this)
    this.#services.scheduler.remove(this.#crosshairDrawable)
    this.#gestures.destroy()
    this.#control.destroy()
    this.#crosshairLine.destroy()
    this.#box.destroy()
    this.#chart.destroy()
  }

  timeAt(pixel: number): number | undefined {
    const { left, right } = this.#chart.chartArea
    if (pixel < left - 4 || pixel > right + 4 || Number.isNaN(this.#slide.range.to)) return undefined
    return this.#timeAxis.getValueForPixel(pixel)
  }

  rowBeyond(time: number, side: Side): number {
    return this.#lines.rowBeyond(time, side, this.#slide.shown, this.#slide.grain)
  }

  draw(nowMs: number): void {
    if (!this.#isLaidOut) return
    this.#move()
    if (this.#patience.waits(nowMs, this.#past.loading)) return this.#services.scheduler.mark(this)
    this.#collectVisible()
    this.#fitValues(nowMs)
    this.#makeLines()
    this.#chart.draw()
    this.#painting = false
    if (this.#values.gliding(nowMs)) this.#services.scheduler.mark(this)
    this.#control.refresh()
    if (this.#services.crosshair.time !== undefined) this.#drawCrosshair()
  }

  get #isLaidOut(): boolean {
    return this.#box.width > 0 && this.#chart.chartArea.width > 0
  }

  get #timeAxis(): RingTimeScale {
    return this.#chart.scales['x'] as RingTimeScale
  }

  get #valueAxis(): RingValueScale {
    return this.#chart.scales['y'] as RingValueScale
  }

  get #datasets(): LineDataset[] {
    return this.#chart.data.datasets as LineDataset[]
  }

  #collectVisible(): void {
    const { visible } = this.#lines
    visible.length = 0
    const datasets = this.#datasets
    for (let index = 0; index < datasets.length; index++) {
      if (!this.#chart.isDatasetVisible(index)) continue
      const controller = this.#chart.getDatasetMeta(index).controller as unknown as RingLineController
      controller.column = datasets[index]!.line.column
      controller.target = this.#target
      visible.push(controller)
    }
    this.#lines.followVisible()
  }

  /** Takes over what the window shows, and asks for what that needs of the past. */
  #move(): void {
    this.#slide.move(this.#services.window, this.host, this.#chart.chartArea, this.#box.ratio)
    this.#timeAxis.slide(this.#slide.range.from, this.#slide.range.to)
    this.#past.want(this.#lines.columns, this.#slide.shown, this.#services.window.ghost)
    sayBusy(this.element, this.#past.loading)
  }

  #fitValues(nowMs: number): void {
    const { theme } = this.#services
    const range = this.#values.fit(this.#options, this.host, this.#reach, nowMs, theme.reducedMotion)
    this.#valueAxis.reference = this.#options.reference?.(this.host) ?? Number.NaN
    this.#valueAxis.labelled = range.known
    this.#valueAxis.setRange(range.min, range.max, range.targetMin, range.targetMax)
    this.#slide.setValues(range.min, range.max)
  }

  readonly #reach = (stacked: boolean): Extent => {
    const { shown, grain } = this.#slide
    return this.#lines.reach(shown, grain, stacked, this.#services.window.ghost)
  }

  /** Begins the layer and makes the lines of the part of it that has to be painted. */
  #makeLines(): void {
    const { view, shown, grain } = this.#slide
    if (Number.isNaN(view.end)) return
    const since = this.#lines.changedSince(shown.to, grain)
    // A line is wider than its points: two columns before them change too.
    const first = this.#layer.begin(view, Math.floor(since / view.pixel) - 2)
    this.#lines.make((first - 2) * view.pixel, shown.to, grain, this.#services.window.ghost)
    const ratio = (this.#target.ratio = this.#box.ratio)
    this.#target.lineWidth = usualLineWidth * this.#services.theme.scale
    this.#layer.context.setTransform(ratio, 0, 0, ratio, 0, 0)
    this.#slide.project(this.#layer.origin, this.#chart.chartArea.height, ratio)
    this.#painting = true
  }

  #drawCrosshair(): void {
    const { time = Number.NaN } = this.#services.crosshair
    const { range, view } = this.#slide
    // Another chart may begin a pixel earlier: what it points at there is at the edge of this one.
    if (!(time >= range.from - view.pixel && time <= range.to) || this.#box.width === 0)
      return this.#crosshairLine.hide()
    const { top, bottom } = this.area
    this.#placeMarks(time)
    const x = this.#timeAxis.getPixelForValue(time)
    this.#crosshairLine.show(x, top, bottom, this.#box.ratio, this.#marks)
  }

  #placeMarks(time: number): void {
    const marks = this.#marks
    marks.count = 0
    let base = 0
    const datasets = this.#datasets
    for (let index = 0; index < datasets.length; index++) {
      if (!this.#chart.isDatasetVisible(index)) continue
      const { line, style } = datasets[index]!
      const value = this.#continuum.valueAt(line.column, time, this.#slide.grain.resolution)
      if (value === undefined) continue
      const height = base + value
      if (this.#options.stacked === true) base = height
      marks.y[marks.count] = this.#valueAxis.getPixelForValue(style.below ? -height : height)
      marks.color[marks.count] = style.color
      marks.count++
    }
  }

  /** A playback has moved on: that is to be drawn once it shows. */
  #windowMoved(): void {
    const { window, scheduler } = this.#services
    if (this.#slide.isElsewhere(window.position)) scheduler.mark(this)
  }

  /** Something of the past came in: it may lie anywhere in the picture. */
  #pastCame(): void {
    this.#slide.renew()
    markNews(this, this.#services.scheduler)
  }

  #themeChanged(): void {
    for (const { line, style } of this.#datasets) style.color = this.#services.theme.color(line.color)
    this.#timeAxis.labels.remeasure()
    this.#valueAxis.remeasure()
    this.#layOut()
  }

  readonly #resize = (): void => {
    this.#resizeChart()
    this.#redraw()
  }

  #resizeChart(): void {
    const { width, height, ratio } = this.#box
    if (width === 0) return
    this.#chart.options.devicePixelRatio = ratio
    this.#chart.resize(width, height)
    this.#box.fit()
  }

  /** Has Chart.js take over what changed, and paints all lines anew. */
  #layOut(): void {
    this.#slide.renew()
    this.#chart.update('none')
    this.#redraw()
  }

  /** Chart.js has cleared the canvas: drawing at once leaves no empty frame. */
  #redraw(): void {
    const { scheduler } = this.#services
    this.#patience.end()
    if (scheduler.isVisible(this)) this.draw(performance.now())
    else scheduler.mark(this)
  }

  #plugin(): Plugin<'ringLine'> {
    return {
      id: 'vitals',
      beforeLayout: (chart) => {
        const [time, value] = [chart.scales['x'] as RingTimeScale, chart.scales['y'] as RingValueScale]
        time.theme = value.theme = this.#services.theme
        value.unit = this.#options.unit
        value.floating = this.#options.floating !== undefined
      },
      // Chart.js also draws when it updates; what there is to paint is only known in a frame of ours.
      beforeDatasetsDraw: () => {
        if (!this.#painting) return false
        if (this.#services.window.ghost > 0) this.#lines.paintGhost(this.#target)
        return undefined
      },
      afterDatasetsDraw: ({ ctx, chartArea }) => {
        const { ratio } = this.#box
        this.#lines.paintTotal(this.#target, this.#services.theme.color('--text'))
        this.#layer.end(ctx, Math.round(chartArea.left * ratio), Math.round((chartArea.top - bleed) * ratio))
      },
    }
  }
}

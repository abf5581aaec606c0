/**
 * The two axes of a live chart, as Chart.js scales. Chart.js places them and asks them for pixels; what they show is
 * set from outside in each frame, without a layout, because the space they take never depends on the data.
 * They paint hairlines and labels themselves: Chart.js's own way resolves options anew for every tick of every frame.
 */
import { Scale } from 'chart.js'
import { axisLabel, axisUnit, signedLabel, type Unit } from './format.ts'
import type { ChartTheme } from './theme.ts'
import { labelSize, TimeLabels, timeLabelsHeight } from './timeLabels.ts'

/** Between a label and the plot. */
const labelGap = 8
/** Labels of a mirrored or plain axis: both ends and the middle. */
const intervals = 2

/** Labels painted with the axis: kept between frames, made anew only when a text changes. */
interface ValueLabel {
  value: number
  text: string
}

/** Time, left to right; labels at round times of the viewer's clock. */
export class RingTimeScale extends Scale {
  static id = 'ringTime'
  static defaults = {}
  theme: ChartTheme | undefined
  readonly labels = new TimeLabels()

  slide(from: number, to: number): void {
    this.min = from
    this.max = to
  }

  override determineDataLimits(): void {
    // The limits come from `slide`.
  }

  override fit(): void {
    this.width = this.maxWidth
    this.height = timeLabelsHeight * (this.theme?.scale ?? 1)
  }

  override getPixelForValue(value: number): number {
    return this.left + ((value - this.min) / (this.max - this.min)) * this.width
  }

  override getValueForPixel(pixel: number): number {
    return this.min + ((pixel - this.left) / this.width) * (this.max - this.min)
  }

  override draw(): void {
    if (this.theme !== undefined) this.labels.draw(this.ctx, this.theme, this)
  }
}

/** Values, bottom to top; for lines drawn downward zero is in the middle and both halves have the same ceiling. */
export class RingValueScale extends Scale {
  static id = 'ringValue'
  static defaults = {}
  theme: ChartTheme | undefined
  unit: Unit = ''
  /** Values may lie on either side of zero: labels bear their sign. */
  floating = false
  /** Without it the ends of the axis mean nothing: there are no values. */
  labelled = true
  /** A value to compare with, drawn as a dashed line; NaN for none. */
  reference = Number.NaN
  readonly #labels: ValueLabel[] = []
  #labelledFrom = Number.NaN
  #labelledTo = Number.NaN
  #width = 0

  /** What the axis spans now; the labels belong to where it is going, and glide with it. */
  setRange(min: number, max: number, targetMin: number, targetMax: number): void {
    this.min = min
    this.max = max
    if (targetMin === this.#labelledFrom && targetMax === this.#labelledTo) return
    this.#labelledFrom = targetMin
    this.#labelledTo = targetMax
    this.#makeLabels(targetMin, targetMax)
  }

  override determineDataLimits(): void {
    // The limits come from `setRange`.
  }

  /** The width of the widest label that this unit can have: the plot does not move when the numbers change. */
  override fit(): void {
    if (this.#width === 0 && this.theme !== undefined) {
      this.ctx.font = this.theme.font(labelSize)
      this.#width = Math.ceil(
        this.ctx.measureText(widestLabel(this.unit, this.floating)).width + labelGap * this.theme.scale,
      )
    }
    this.width = this.#width
    this.height = this.maxHeight
  }

  /** Measures the labels anew, as after a font has loaded. */
  remeasure(): void {
    this.#width = 0
  }

  override getPixelForValue(value: number): number {
    return this.bottom - ((value - this.min) / (this.max - this.min)) * this.height
  }

  override getValueForPixel(pixel: number): number {
    return this.min + ((this.bottom - pixel) / this.height) * (this.max - this.min)
  }

  override draw(): void {
    const theme = this.theme
    if (theme === undefined || !(this.max > this.min)) return
    const { ctx, chart } = this
    const ratio = chart.currentDevicePixelRatio
    ctx.fillStyle = theme.color('--grid')
    for (const { value } of this.#labels) {
      const pixel = this.getPixelForValue(value)
      if (pixel < this.top - 1 || pixel > this.bottom + 1) continue
      ctx.fillRect(this.right, Math.floor(pixel * ratio) / ratio, chart.width - this.right, 1)
    }
    if (this.reference > this.min && this.reference <= this.max) this.#drawReference(theme)
    if (!this.labelled) return
    ctx.font = theme.font(labelSize)
    ctx.fillStyle = theme.color('--axis')
    ctx.textAlign = 'right'
    ctx.textBaseline = 'middle'
    for (const { value, text } of this.#labels) {
      const pixel = this.getPixelForValue(value)
      if (pixel < this.top - 1 || pixel > this.bottom + 1) continue
      ctx.fillText(text, this.right - labelGap * theme.scale, pixel + 0.5)
    }
  }

  #drawReference(theme: ChartTheme): void {
    const { ctx, chart } = this
    const ratio = chart.currentDevicePixelRatio
    const y = (Math.floor(this.getPixelForValue(this.reference) * ratio) + 0.5) / ratio
    ctx.save()
    ctx.strokeStyle = theme.color('--axis')
    ctx.lineWidth = 1
    ctx.setLineDash([4, 4])
    ctx.beginPath()
    ctx.moveTo(this.right, y)
    ctx.lineTo(chart.width, y)
    ctx.stroke()
    ctx.restore()
  }

  #makeLabels(from: number, to: number): void {
    const unit = axisUnit(Math.max(Math.abs(from), Math.abs(to)), this.unit)
    this.#labels.length = 0
    for (let index = 0; index <= intervals; index++) {
      const value = from + ((to - from) * index) / intervals
      const label = this.floating ? signedLabel : axisLabel
      this.#labels.push({ value, text: label(value, unit, index === intervals) })
    }
  }
}

function widestLabel(unit: Unit, floating: boolean): string {
  const { suffix } = axisUnit(wideCeiling(unit, floating), unit)
  if (floating) return `−88.8${suffix}`
  // Of percent the middle bears a sign too: 0.75 % is wider than 100 %.
  return unit === 'percent' ? `8.88${suffix}` : `888${suffix}`
}

/** Where an axis ends whose labels are as wide as any. */
function wideCeiling(unit: Unit, floating: boolean): number {
  switch (unit) {
    case 'bytes':
      return 2 ** 20
    case 'seconds':
      return 1e-2
    case 'bytes/s':
    case '1/s':
      return 1e6
    default:
      return floating ? 1e6 : 1
  }
}

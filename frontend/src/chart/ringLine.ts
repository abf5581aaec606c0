/**
 * Our line controller: a Chart.js chart type whose datasets hold no data. It paints a polyline made straight from the
 * rings of a host; nothing is parsed, there is no element per point, and Chart.js still decides which datasets are
 * visible, in which order they are painted, and where.
 */
import { DatasetController, Element, type CoreScaleOptions } from 'chart.js'
import { Polyline } from '../series/polyline.ts'
import { fillLine, strokeLine, type Projection } from './paint.ts'
import type { RingTimeScale, RingValueScale } from './scales.ts'
import { peakOf } from './stack.ts'

/** How a dataset of this type looks. */
export interface RingLineStyle {
  color: string
  /** Opacity of the area under the line; 0 draws none. */
  fill: number
  /** Drawn downward from zero. */
  below: boolean
}

declare module 'chart.js' {
  interface CartesianScaleTypeRegistry {
    ringTime: { options: CoreScaleOptions }
    ringValue: { options: CoreScaleOptions }
  }
  interface ChartTypeRegistry {
    ringLine: {
      chartOptions: object
      datasetOptions: { style: RingLineStyle }
      defaultDataPoint: never
      metaExtensions: object
      parsedDataType: never
      scales: 'ringTime' | 'ringValue'
    }
  }
}

/** CSS pixels. */
export const lineWidth = 1.4

/** Chart.js wants to know an element type for every controller; none is ever made. */
export class RingPoint extends Element {
  static id = 'ringPoint'
}

export class RingLineController extends DatasetController<'ringLine'> {
  static id = 'ringLine'
  static defaults = { datasetElementType: false, dataElementType: 'ringPoint', clip: false }

  /** Filled by the chart before it draws. */
  readonly line = new Polyline()
  /** The line that this one is stacked on, if it is stacked. */
  base: Polyline | undefined
  readonly #projection: Projection = { from: 0, left: 0, perSecond: 0, zero: 0, perUnit: 0 }

  override addElements(): void {
    // There are none.
  }

  override buildOrUpdateElements(): void {
    // There are none.
  }

  override parse(): void {
    // There is nothing to parse.
  }

  protected override getMinMax(): { min: number; max: number } {
    return { min: 0, max: peakOf(this.line, Number.NEGATIVE_INFINITY) }
  }

  override draw(): void {
    const { line, base } = this
    if (line.length === 0) return
    const context = this.chart.ctx
    const { style } = this.getDataset() as unknown as { style: RingLineStyle }
    const projection = this.#project(style.below)
    if (style.fill > 0) {
      context.globalAlpha = style.fill
      context.fillStyle = style.color
      fillLine(context, line, base, projection)
      context.globalAlpha = 1
    }
    context.strokeStyle = style.color
    context.lineWidth = lineWidth
    context.lineJoin = 'round'
    context.lineCap = 'butt'
    strokeLine(context, line, projection)
  }

  #project(below: boolean): Projection {
    const time = this.chart.scales['x'] as RingTimeScale
    const value = this.chart.scales['y'] as RingValueScale
    const perUnit = value.height / (value.max - value.min)
    const projection = this.#projection
    projection.from = time.min
    projection.left = time.left
    projection.perSecond = time.width / (time.max - time.min)
    projection.zero = value.bottom + value.min * perUnit
    projection.perUnit = below ? -perUnit : perUnit
    return projection
  }
}

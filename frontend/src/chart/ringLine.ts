/**
 * Our line controller: a Chart.js chart type whose datasets hold no data. It paints a polyline made straight from the
 * rings of a host; nothing is parsed, there is no element per point, and Chart.js still decides which datasets are
 * visible, in which order they are painted, and when.
 */
import { DatasetController, Element, type CoreScaleOptions } from 'chart.js'
import type { Column } from '../series/column.ts'
import { Polyline } from '../series/polyline.ts'
import type { LineSlot } from './lineMaker.ts'
import { fillColumns, fillLine, strokeLine, type LineContext, type Projection } from './paint.ts'

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

/** What lines are painted on: a context and where time and value lie in it. */
export interface PaintTarget {
  context: LineContext &
    Pick<CanvasRenderingContext2D, 'fillStyle' | 'strokeStyle' | 'lineWidth' | 'lineJoin' | 'globalAlpha'>
  projection: Projection
  /** Device pixels in a CSS pixel. */
  ratio: number
  /** Seconds between two samples of the line. */
  interval: number
  /** CSS pixels. */
  lineWidth: number
}

/** From so many samples to a column of pixels on, a line is painted as bars. */
const denseSamples = 2

/** CSS pixels, before the theme's scale: on a wall lines grow with the type. */
export const usualLineWidth = 1.4

/** Chart.js wants to know an element type for every controller; none is ever made. */
export class RingPoint extends Element {
  static id = 'ringPoint'
}

export class RingLineController extends DatasetController<'ringLine'> implements LineSlot {
  static id = 'ringLine'
  static defaults = { datasetElementType: false, dataElementType: 'ringPoint', clip: false }

  /** Where the samples come from; set by the chart. */
  column!: Column
  /** The stretch to paint, filled by the chart before it draws. */
  readonly line = new Polyline()
  /** What the line is stacked on, if it is. */
  base: Polyline | undefined
  /** The time of the newest point ever made. */
  newest = Number.NaN
  /** The newest row that the line was made from, and the gap it was made with. */
  madeTo = Number.NaN
  madeGap = Number.NaN
  /** Set by the chart; without one nothing is painted. */
  target: PaintTarget | undefined

  override addElements(): void {
    // There are none.
  }

  override buildOrUpdateElements(): void {
    // There are none.
  }

  override parse(): void {
    // There is nothing to parse.
  }

  override draw(): void {
    if (this.target === undefined || this.line.length === 0) return
    this.target.interval = this.column.timeline.interval
    const { style } = this.getDataset() as unknown as { style: RingLineStyle }
    paintLine(this.target, this.line, this.base, style)
  }
}

/** Paints the area and the line of one dataset. */
export function paintLine(
  target: PaintTarget,
  line: Polyline,
  base: Polyline | undefined,
  style: RingLineStyle,
): void {
  const { context, projection } = target
  const upward = projection.perUnit
  if (style.below) projection.perUnit = -upward
  if (style.fill > 0) {
    context.globalAlpha = style.fill
    context.fillStyle = style.color
    fillLine(context, line, base, projection)
    context.globalAlpha = 1
  }
  if (projection.perSecond * target.ratio * target.interval * denseSamples <= 1) {
    context.fillStyle = style.color
    fillColumns(context, line, projection, target.lineWidth, target.ratio)
  } else {
    context.strokeStyle = style.color
    context.lineWidth = target.lineWidth
    // Round joins cost twice as much, and at this width nobody sees them.
    context.lineJoin = 'bevel'
    strokeLine(context, line, projection)
  }
  projection.perUnit = upward
}

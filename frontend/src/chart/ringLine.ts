/**
 * Our line controller: a Chart.js chart type whose datasets hold no data. It paints a polyline made straight from the
 * rings of a host; nothing is parsed, there is no element per point, and Chart.js still decides which datasets are
 * visible, in which order they are painted, and when.
 */
import { DatasetController, Element, type CoreScaleOptions } from 'chart.js'
import type { Column } from '../series/column.ts'
import type { Polyline } from '../series/polyline.ts'
import { Trace } from '../series/tracer.ts'
import type { LineSlot } from './lineMaker.ts'
import { fillBands, fillLine, strokeLayer, strokeLine, type FillContext, type Projection } from './paint.ts'

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
  context: FillContext & Pick<CanvasRenderingContext2D, 'lineJoin' | 'globalAlpha'>
  projection: Projection
  /** Device pixels in a CSS pixel. */
  ratio: number
  /** CSS pixels. */
  lineWidth: number
}

/** Opacity of the band from lowest to highest. */
const bandAlpha = 0.3

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
  readonly trace = new Trace()
  /** What the line is stacked on, if it is. */
  base: Polyline | undefined
  /** The time of the newest point ever made. */
  newest = Number.NaN
  /** The newest row that the line was made from, and the gap and the spacing it was made with. */
  madeTo = Number.NaN
  madeGap = Number.NaN
  madeSpacing = Number.NaN
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
    if (this.target === undefined || this.trace.line.length === 0) return
    paintTrace(this.target, this.trace, this.base, this.style)
  }

  get style(): RingLineStyle {
    return (this.getDataset() as unknown as { style: RingLineStyle }).style
  }
}

/** Paints the area, the bands and the line of one dataset. */
export function paintTrace(
  target: PaintTarget,
  { line, bands, crowded }: Trace,
  base: Polyline | undefined,
  style: RingLineStyle,
): void {
  const { context, projection } = target
  const upward = projection.perUnit
  if (style.below) projection.perUnit = -upward
  context.fillStyle = style.color
  if (style.fill > 0) {
    context.globalAlpha = style.fill
    fillLine(context, line, base, projection, target.ratio)
  }
  if (bands.length > 0) {
    context.globalAlpha = bandAlpha
    fillBands(context, bands, projection, target.ratio)
  }
  context.globalAlpha = 1
  context.strokeStyle = style.color
  // One that turns with each pixel is stroked in half the time at a width of one, and leaves its bands in sight.
  context.lineWidth = crowded ? target.lineWidth / usualLineWidth : target.lineWidth
  // Round joins cost twice as much, and at this width nobody sees them.
  context.lineJoin = 'bevel'
  if (base === undefined) strokeLine(context, line, projection)
  else strokeLayer(context, line, base, projection)
  projection.perUnit = upward
}

/** Paints lines, the areas under them and the bands around them. Nothing is allocated: points go from the polyline's arrays to the canvas. */
import type { Bands } from '../series/bands.ts'
import type { Polyline } from '../series/polyline.ts'

/** The part of a 2D context that lines need. */
export type LineContext = Pick<
  CanvasRenderingContext2D,
  'beginPath' | 'moveTo' | 'lineTo' | 'stroke' | 'fillRect'
>

/** With the style of what is filled, in which the style of strokes is lost. */
export type FillContext = LineContext &
  Pick<CanvasRenderingContext2D, 'fillStyle' | 'strokeStyle' | 'lineWidth'>

/** How a point becomes pixels: x = left + (time - from) * perSecond, y = zero - value * perUnit. */
export interface Projection {
  /** Unix seconds at `left`. */
  from: number
  left: number
  perSecond: number
  zero: number
  /** Negative for a line drawn downward. */
  perUnit: number
}

/** A stroke of a long path costs more than its parts: rasterizers sort all edges of a path. */
const pointsPerStroke = 48

/** Strokes the line; a point between two gaps becomes a dot. The caller has set the style, which must be opaque. */
export function strokeLine(context: LineContext, line: Polyline, projection: Projection): void {
  const { times, values, breaks, length } = line
  const { from, left, perSecond, zero, perUnit } = projection
  context.beginPath()
  for (let point = 0; point < length; point++) {
    const x = left + (times[point]! - from) * perSecond
    const y = zero - values[point]! * perUnit
    if (breaks[point] === 0) context.lineTo(x, y)
    else {
      context.moveTo(x, y)
      // A path of one point paints nothing.
      if (point + 1 === length || breaks[point + 1] === 1) context.lineTo(x + 1, y)
    }
    if (point % pointsPerStroke !== pointsPerStroke - 1) continue
    context.stroke()
    context.beginPath()
    context.moveTo(x, y)
  }
  context.stroke()
}

/** CSS pixels, half a line: the edge of a layer that is thinner would lie over the one beneath it. */
const leastHeight = 0.7

/** Strokes the upper edge of a layer of a stack, only where the layer has height. */
export function strokeLayer(
  context: LineContext,
  line: Polyline,
  base: Polyline,
  projection: Projection,
): void {
  const { times, values, breaks, length } = line
  const { from, left, perSecond, zero, perUnit } = projection
  const least = leastHeight / Math.abs(perUnit)
  let below = 0
  let wasHigh = false
  context.beginPath()
  for (let point = 0; point < length; point++) {
    while (below < base.length - 1 && base.times[below]! < times[point]!) below++
    const isHigh = !(values[point]! - base.values[below]! < least)
    const x = left + (times[point]! - from) * perSecond
    const y = zero - values[point]! * perUnit
    const alone = breaks[point] === 1 && (point + 1 === length || breaks[point + 1] === 1)
    if (breaks[point] === 0 && (isHigh || wasHigh)) context.lineTo(x, y)
    else context.moveTo(x, y)
    if (alone && isHigh) context.lineTo(x + 1, y)
    wasHigh = isHigh
    if (point % pointsPerStroke !== pointsPerStroke - 1) continue
    context.stroke()
    context.beginPath()
    context.moveTo(x, y)
  }
  context.stroke()
}

/**
 * Fills from the lowest to the highest value of each stretch of time, in whole pixels: neighbours leave no seam. What is
 * lower than a pixel is under its line, and not filled.
 */
export function fillBands(
  context: FillContext,
  bands: Bands,
  { from, left, perSecond, zero, perUnit }: Projection,
  ratio: number,
): void {
  const { starts, ends, lows, highs, length } = bands
  const pixel = 1 / ratio
  columns.begin(context, ratio)
  for (let band = 0; band < length; band++) {
    const height = (highs[band]! - lows[band]!) * perUnit
    if (height < pixel && height > -pixel) continue
    const x = Math.round((left + (starts[band]! - from) * perSecond) * ratio)
    const end = Math.round((left + (ends[band]! - from) * perSecond) * ratio)
    const y = zero - highs[band]! * perUnit
    if (end - x > 1) context.fillRect(x * pixel, y, (end - x) * pixel, height)
    else columns.fill(x, y, y + height)
  }
  columns.end()
}

/**
 * Fills between the line and zero, or between the line and the one that it is stacked on: each column of pixels down from
 * where the line crosses its middle.
 */
export function fillLine(
  context: FillContext,
  line: Polyline,
  base: Polyline | undefined,
  { from, left, perSecond, zero, perUnit }: Projection,
  ratio: number,
): void {
  const { times, values, breaks, length } = line
  let below = 0
  columns.begin(context, ratio)
  for (let point = 1; point < length; point++) {
    if (breaks[point] === 1) continue
    const [start, end] = [times[point - 1]!, times[point]!]
    const slope = (values[point]! - values[point - 1]!) / (end - start)
    const last = columnAfter(left + (end - from) * perSecond, ratio)
    for (let x = columnAfter(left + (start - from) * perSecond, ratio); x < last; x++) {
      const time = from + ((x + 0.5) / ratio - left) / perSecond
      let foot = 0
      if (base !== undefined) {
        while (below < base.length - 2 && base.times[below + 1]! <= time) below++
        foot = valueAt(base, below, time)
      }
      const value = values[point - 1]! + (time - start) * slope
      columns.fill(x, zero - value * perUnit, zero - foot * perUnit)
    }
  }
  columns.end()
}

/** The first column of pixels whose middle is not left of an instant, given in CSS pixels. */
function columnAfter(x: number, ratio: number): number {
  return Math.ceil(x * ratio - 0.5)
}

/** Where a line is at an instant between a point and the next one; level beyond both. */
function valueAt({ times, values, length }: Polyline, point: number, time: number): number {
  if (point + 1 >= length || time <= times[point]!) return values[point] ?? 0
  const share = Math.min(1, (time - times[point]!) / (times[point + 1]! - times[point]!))
  return values[point]! + share * (values[point + 1]! - values[point]!)
}

/** What is lower leaves no trace on the screen. CSS pixels. */
const leastColumn = 0.02

/**
 * Fills columns of pixels with the colour of a context: as strokes a pixel wide, which rasterizers paint far sooner than
 * a polygon with as many edges, or rectangles.
 */
class Columns {
  #context!: FillContext
  #pixel = 1
  #count = 0

  begin(context: FillContext, ratio: number): void {
    this.#context = context
    this.#pixel = 1 / ratio
    this.#count = 0
    context.strokeStyle = context.fillStyle
    context.lineWidth = this.#pixel
    context.beginPath()
  }

  /** `x` counts device pixels, y goes from one to the other in CSS pixels. */
  fill(x: number, top: number, bottom: number): void {
    if (Math.abs(bottom - top) < leastColumn) return
    const middle = (x + 0.5) * this.#pixel
    this.#context.moveTo(middle, top)
    this.#context.lineTo(middle, bottom)
    if (++this.#count % pointsPerStroke > 0) return
    this.#context.stroke()
    this.#context.beginPath()
  }

  end(): void {
    if (this.#count % pointsPerStroke > 0) this.#context.stroke()
  }
}

const columns = new Columns()

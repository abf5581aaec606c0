/** Paints lines, the areas under them and the bands around them. Nothing is allocated: points go from the polyline's arrays to the canvas. */
import type { Bands } from '../series/bands.ts'
import type { Polyline } from '../series/polyline.ts'

/** The part of a 2D context that lines need. */
export type LineContext = Pick<
  CanvasRenderingContext2D,
  'beginPath' | 'moveTo' | 'lineTo' | 'closePath' | 'stroke' | 'fill' | 'fillRect'
>

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
 * lower than a pixel is under its line, and not filled. Most are a pixel wide: a stroke of that width is painted sooner than
 * a rectangle.
 */
export function fillBands(
  context: LineContext & Pick<CanvasRenderingContext2D, 'fillStyle' | 'strokeStyle' | 'lineWidth'>,
  bands: Bands,
  { from, left, perSecond, zero, perUnit }: Projection,
  ratio: number,
): void {
  const { starts, ends, lows, highs, length } = bands
  const pixel = 1 / ratio
  context.strokeStyle = context.fillStyle
  context.lineWidth = pixel
  context.beginPath()
  let strokes = 0
  for (let band = 0; band < length; band++) {
    const height = (highs[band]! - lows[band]!) * perUnit
    if (height < pixel && height > -pixel) continue
    const x = Math.round((left + (starts[band]! - from) * perSecond) * ratio)
    const end = Math.round((left + (ends[band]! - from) * perSecond) * ratio)
    const y = zero - highs[band]! * perUnit
    if (end - x > 1) {
      context.fillRect(x * pixel, y, (end - x) * pixel, height)
      continue
    }
    context.moveTo((x + 0.5) * pixel, y)
    context.lineTo((x + 0.5) * pixel, y + height)
    if (++strokes < pointsPerStroke) continue
    strokes = 0
    context.stroke()
    context.beginPath()
  }
  if (strokes > 0) context.stroke()
}

/** Fills between the line and zero, or between the line and the one that it is stacked on. */
export function fillLine(
  context: LineContext,
  line: Polyline,
  base: Polyline | undefined,
  projection: Projection,
): void {
  context.beginPath()
  let baseFirst = 0
  for (let first = 0; first < line.length;) {
    const end = pieceEnd(line, first)
    upperEdge(context, line, first, end, projection)
    if (base === undefined) floor(context, line.times[first]!, line.times[end - 1]!, projection)
    else baseFirst = lowerEdge(context, base, baseFirst, line.times[first]!, line.times[end - 1]!, projection)
    context.closePath()
    first = end
  }
  context.fill()
}

/** Where the piece that begins at `first` ends: the next break, or the end of the line. */
function pieceEnd(line: Polyline, first: number): number {
  let end = first + 1
  while (end < line.length && line.breaks[end] === 0) end++
  return end
}

function upperEdge(
  context: LineContext,
  line: Polyline,
  first: number,
  end: number,
  { from, left, perSecond, zero, perUnit }: Projection,
): void {
  const { times, values } = line
  context.moveTo(left + (times[first]! - from) * perSecond, zero - values[first]! * perUnit)
  for (let point = first + 1; point < end; point++) {
    context.lineTo(left + (times[point]! - from) * perSecond, zero - values[point]! * perUnit)
  }
}

function floor(context: LineContext, first: number, last: number, projection: Projection): void {
  const { from, left, perSecond, zero } = projection
  context.lineTo(left + (last - from) * perSecond, zero)
  context.lineTo(left + (first - from) * perSecond, zero)
}

/** Goes back along the base from `last` to `first`; returns where the next piece may start to look. */
function lowerEdge(
  context: LineContext,
  base: Polyline,
  start: number,
  first: number,
  last: number,
  { from, left, perSecond, zero, perUnit }: Projection,
): number {
  const { times, values, length } = base
  let begin = start
  while (begin < length && times[begin]! < first) begin++
  let end = begin
  while (end < length && times[end]! <= last) end++
  for (let point = end - 1; point >= begin; point--) {
    context.lineTo(left + (times[point]! - from) * perSecond, zero - values[point]! * perUnit)
  }
  return end
}

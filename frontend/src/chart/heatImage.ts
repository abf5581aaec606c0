import type { Column } from '../series/column.ts'
import type { HostSeries } from '../series/hostSeries.ts'
import type { HeatMeans } from './heatMeans.ts'

/** Rows at least this high (device pixels times the ratio) show a bar instead of a plain cell. */
const barRowHeight = 22

/** Intervals that the values before an empty bucket hold for. */
const joinedTicks = 1.5

/** How the picture is made; a change of any of these paints it anew. */
export interface HeatGeometry {
  /** Seconds that one column of pixels stands for. */
  bucket: number
  /** The largest number of buckets on screen. */
  buckets: number
  /** Device pixels. */
  height: number
  ratio: number
  /** The value that is full. */
  max: number
}

/**
 * The picture of a heat strip, one pixel wide for each stretch of time and as high as the screen wants it. It is a
 * ring: a new stretch is painted over the oldest one, so that nothing is ever shifted, and drawing takes two copies.
 * A cell is the mean of its values. One tick may be missing, or be stamped a hair before its second: the values before
 * it stand for it, as a line goes on over it. A longer hole stays empty.
 */
export class HeatImage {
  readonly #canvas: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D
  #geometry: HeatGeometry = { bucket: 0, buckets: 0, height: 0, ratio: 1, max: 100 }
  #palette: Uint32Array = new Uint32Array(256)
  #columns: readonly Column[] = []
  /** The buckets that are being painted, and their pixels. */
  #strip: ImageData | undefined
  #pixels = new Uint32Array(0)
  #views: Float64Array[] = []
  /** Where each row begins and ends, without the gap below it, in device pixels. */
  #tops = new Uint32Array(0)
  #bottoms = new Uint32Array(0)
  #bars = false
  #recorded: Pick<HeatMeans, 'mean'> | undefined
  /** The first and last bucket that the picture holds. */
  #first = 0
  #last = -1

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas
    this.#context = canvas.getContext('2d')!
  }

  /** Starts anew. */
  reset(geometry: HeatGeometry, palette: Uint32Array, columns: readonly Column[]): void {
    this.#geometry = geometry
    this.#palette = palette
    this.#columns = columns
    this.#canvas.width = geometry.buckets
    this.#canvas.height = geometry.height
    this.#strip = undefined
    const rowHeight = geometry.height / columns.length
    this.#bars = rowHeight >= barRowHeight * geometry.ratio
    this.#tops = Uint32Array.from(columns, (_, row) => Math.round(row * rowHeight))
    this.#bottoms = this.#tops.map((top, row) => {
      const next = Math.round((row + 1) * rowHeight)
      return next - rowGap(next - top, geometry.ratio)
    })
    this.#first = 0
    this.#last = -1
  }

  /**
   * Paints the buckets that are not there yet, and the newest ones again: they may have got more rows. Where the host has
   * no rows, the recorded means count.
   */
  paint(host: HostSeries, firstBucket: number, lastBucket: number, recorded?: Pick<HeatMeans, 'mean'>): void {
    this.#recorded = recorded
    const { bucket } = this.#geometry
    // An end before the last one: the clock of the host went back.
    const kept = firstBucket >= this.#first && firstBucket <= this.#last && lastBucket >= this.#last
    const start = kept ? this.#last : firstBucket
    const reach = joinedTicks * host.interval
    const rows = host.rows(start * bucket - reach, (lastBucket + 1) * bucket)
    const times = host.times(rows)
    this.#views.length = 0
    for (const column of this.#columns) this.#views.push(host.values(column, rows))
    this.#clearStrip(lastBucket - start + 1)
    let row = 0
    while (row < times.length && times[row]! < start * bucket) row++
    for (let index = start; index <= lastBucket; index++) {
      let first = row
      while (row < times.length && times[row]! < (index + 1) * bucket) row++
      if (first === row && first > 0 && times[first - 1]! >= index * bucket - reach) first--
      this.#paintBucket(index, index - start, first, row)
    }
    this.#views.length = 0
    const strip = this.#strip!
    this.#runs(start, lastBucket, (place, index, count) => {
      const from = index - start
      this.#context.putImageData(strip, place - from, 0, from, 0, count, strip.height)
    })
    this.#first = kept ? this.#first : firstBucket
    this.#first = Math.max(this.#first, lastBucket - this.#geometry.buckets + 1)
    this.#last = lastBucket
  }

  /** Copies the buckets onto a canvas, at `x` in device pixels, each `width` wide. */
  draw(
    context: CanvasRenderingContext2D,
    first: number,
    last: number,
    x: number,
    y: number,
    width: number,
  ): void {
    const { height } = this.#geometry
    this.#runs(first, last, (place, index, count) => {
      const left = x + (index - first) * width
      context.drawImage(this.#canvas, place, 0, count, height, left, y, count * width, height)
    })
  }

  /** The places in the ring of buckets that follow each other, each with its first bucket and their number. */
  #runs(first: number, last: number, each: (place: number, index: number, count: number) => void): void {
    const { buckets } = this.#geometry
    for (let index = first; index <= last;) {
      const place = ((index % buckets) + buckets) % buckets
      const count = Math.min(last - index + 1, buckets - place)
      each(place, index, count)
      index += count
    }
  }

  /** Makes room for so many buckets, all empty. One copy of many takes a fraction of many copies. */
  #clearStrip(width: number): void {
    if (this.#strip?.width === width) return void this.#pixels.fill(0)
    this.#strip = this.#context.createImageData(width, this.#geometry.height)
    this.#pixels = new Uint32Array(this.#strip.data.buffer)
  }

  #paintBucket(index: number, x: number, first: number, end: number): void {
    for (let row = 0; row < this.#columns.length; row++) {
      const mean =
        end > first ? meanOf(this.#views[row]!, first, end) : (this.#recorded?.mean(row, index) ?? Number.NaN)
      if (!Number.isNaN(mean)) this.#paintCell(row, x, mean)
    }
  }

  #paintCell(row: number, x: number, mean: number): void {
    const { ratio, max } = this.#geometry
    const [top, bottom] = [this.#tops[row]!, this.#bottoms[row]!]
    const share = Math.max(0, Math.min(1, mean / max))
    const color = this.#palette[Math.round(share * 255)]!
    if (!this.#bars) return this.#fill(x, top, bottom, color)
    const bar = Math.max(ratio, Math.round((bottom - top) * share))
    this.#fill(x, top, bottom - bar, this.#palette[0]!)
    // The height says how much: the colour begins where it can be seen.
    this.#fill(x, bottom - bar, bottom, this.#palette[Math.round(100 + share * 155)]!)
  }

  #fill(x: number, top: number, bottom: number, color: number): void {
    const pixels = this.#pixels
    const width = this.#strip!.width
    for (let at = x + top * width; at < bottom * width; at += width) pixels[at] = color
  }
}

/** Device pixels left empty between two rows: less the lower they are. */
function rowGap(height: number, ratio: number): number {
  if (height >= 7 * ratio) return Math.round(1.5 * ratio)
  return height >= 5 * ratio ? Math.ceil(ratio / 2) : 0
}

function meanOf(values: Float64Array, first: number, end: number): number {
  let sum = 0
  let count = 0
  for (let row = first; row < end; row++) {
    const value = values[row]!
    if (Number.isNaN(value)) continue
    sum += value
    count++
  }
  return count === 0 ? Number.NaN : sum / count
}

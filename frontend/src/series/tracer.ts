import { Bands } from './bands.ts'
import type { Stretch } from './past.ts'
import { Polyline } from './polyline.ts'

/** From so many samples to a column of pixels on, they are drawn as their mean and how far they reached. */
const denseSamples = 2

/** A line and how far its values reached around it. */
export class Trace {
  readonly line = new Polyline()
  readonly bands = new Bands()
  /** Seconds of the widest bucket that is drawn as one. */
  widest = 0
  /** Its points come so densely that it may turn with each pixel. The same of any part of it. */
  crowded = false
}

/** So many samples with this spacing come to a column of pixels that they are drawn as one. */
export function isDense(spacingSeconds: number, secondsPerPixel: number): boolean {
  return denseSamples * spacingSeconds <= secondsPerPixel
}

/** So many samples with this spacing come to a column of pixels that a line of them may turn in each. */
export function isCrowded(spacingSeconds: number, secondsPerPixel: number): boolean {
  return spacingSeconds <= secondsPerPixel
}

/**
 * Turns samples and buckets, fed in order of time, into what a canvas draws of them: the points of a line, and around
 * it the bands from lowest to highest. Where columns of pixels hold several samples each, a column becomes the mean of
 * them and the band that they reached over, so that no spike is lost however much is shown; else every sample is a
 * point. A bucket that is wider than a column is drawn over its own width.
 *
 * Columns are counted from time 0, not from the edge of the window: what is drawn of them does not change while the
 * window moves on. NaN is no value. Values further apart than the gap are not joined. Nothing is allocated once the
 * arrays have their size.
 */
export class Tracer {
  #out = new Trace()
  #pixel = 1
  #gap = 0
  /** Added to all times. */
  #shift = 0
  /** When what was fed last ended; NaN at the beginning. */
  #end = Number.NaN
  /** Where the line goes on to should nothing follow its last bucket; NaN for nowhere. */
  #edge = Number.NaN
  #edgeValue = 0
  // Of the column of pixels at hand:
  #column = Number.NaN
  #count = 0
  #firstTime = 0
  #sum = 0
  #weight = 0
  #low = 0
  #high = 0
  #startsAnew = true

  /** Begins to write over `out`. `shift` is added to all times, as for a picture of the day before. */
  begin(out: Trace, secondsPerPixel: number, gap: number, shift = 0): void {
    out.line.clear()
    out.bands.clear()
    out.widest = 0
    this.#out = out
    this.#pixel = secondsPerPixel
    this.#gap = gap
    this.#shift = shift
    this.#end = Number.NaN
    this.#edge = Number.NaN
    this.#column = Number.NaN
    this.#count = 0
  }

  /** Feeds the samples [first, end), which as a rule are so many seconds apart. */
  samples(times: Float64Array, values: Float64Array, first: number, end: number, spacing: number): void {
    const dense = isDense(spacing, this.#pixel)
    const shift = this.#shift
    const weight = spacing > 0 ? spacing : 1
    if (!dense) this.#flush()
    for (let i = first; i < end; i++) {
      const value = values[i]!
      if (Number.isNaN(value)) continue
      const time = times[i]! + shift
      if (dense) this.#gather(time, time, weight, value, value, value)
      else this.#point(time, value)
    }
  }

  /** Feeds the part of a stretch that lies within [from, to). */
  stretch(stretch: Stretch, from: number, to: number): void {
    const { times, mean, min, max, step } = stretch
    if (step === 0) {
      const [first, end] = [firstAt(times, from), firstAt(times, to)]
      const spacing = usualSpacing(times, mean, first, end)
      const gap = this.#gap
      this.#gap = Math.max(gap, 2.5 * spacing)
      this.samples(times, mean, first, end, spacing)
      this.#gap = gap
      return
    }
    const dense = isDense(step, this.#pixel)
    const shift = this.#shift
    if (!dense) this.#flush()
    for (let i = firstAt(times, from - step, true); i < times.length && times[i]! < to; i++) {
      const value = mean[i]!
      if (Number.isNaN(value)) continue
      const start = Math.max(from, times[i]!) + shift
      // One that was cut short at its beginning ends where the next one begins.
      const end = Math.min(to, times[i]! + step, times[i + 1] ?? Number.POSITIVE_INFINITY) + shift
      if (dense) this.#gather(start, end, end - start, min[i]!, value, max[i]!)
      else this.#bucket(start, end, min[i]!, value, max[i]!)
    }
  }

  /** Writes what is still held back. */
  finish(): void {
    this.#flush()
    this.#closeEdge()
  }

  #point(time: number, value: number): void {
    this.#out.line.add(time, value, this.#anew(time))
    this.#end = time
  }

  /** A bucket that is drawn as it is. At both ends of a piece the line reaches to the edge of its bucket. */
  #bucket(start: number, end: number, low: number, value: number, high: number): void {
    const { line, bands } = this.#out
    let startsAnew = this.#anew(start)
    const wide = end - start > this.#pixel
    if (wide && startsAnew) {
      line.add(start, value, true)
      startsAnew = false
    }
    line.add((start + end) / 2, value, startsAnew)
    if (high > low) bands.add(start, end, low, high)
    this.#end = end
    this.#out.widest = Math.max(this.#out.widest, end - start)
    if (!wide) return
    this.#edge = end
    this.#edgeValue = value
  }

  #gather(start: number, end: number, weight: number, low: number, value: number, high: number): void {
    const column = Math.floor((start + end) / 2 / this.#pixel)
    const broken = start - this.#end > this.#gap
    if (column !== this.#column || broken || this.#count === 0) {
      this.#flush()
      this.#startsAnew = this.#anew(start)
      this.#column = column
      this.#firstTime = (start + end) / 2
      this.#low = low
      this.#high = high
      this.#sum = 0
      this.#weight = 0
    } else {
      if (low < this.#low) this.#low = low
      if (high > this.#high) this.#high = high
    }
    this.#count++
    this.#sum += value * weight
    this.#weight += weight
    this.#end = end
  }

  #flush(): void {
    if (this.#count === 0) return
    const { line, bands } = this.#out
    const [column, pixel] = [this.#column, this.#pixel]
    // In the middle of its column, but not outside its own samples: where a gap parts a column, each part keeps its place.
    const middle = Math.max(this.#firstTime, Math.min(this.#end, (column + 0.5) * pixel))
    const time = this.#count === 1 ? this.#firstTime : middle
    line.add(time, this.#sum / this.#weight, this.#startsAnew)
    if (this.#high > this.#low) bands.add(column * pixel, (column + 1) * pixel, this.#low, this.#high)
    this.#count = 0
  }

  /** Whether what begins at an instant is not joined to what came before. */
  #anew(start: number): boolean {
    const joined = start - this.#end <= this.#gap
    if (joined) this.#edge = Number.NaN
    else this.#closeEdge()
    return !joined
  }

  #closeEdge(): void {
    if (!Number.isNaN(this.#edge)) this.#out.line.add(this.#edge, this.#edgeValue, false)
    this.#edge = Number.NaN
  }
}

/** The first time at or after an instant, or with `after` strictly after it. */
export function firstAt(times: Float64Array, time: number, after = false): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (times[middle]! < time || (after && times[middle] === time)) low = middle + 1
    else high = middle
  }
  return low
}

/** So many samples tell how far apart they are. */
const spacingSamples = 32

/** The smallest of the first distances between values: samples that are missing do not make a series a slow one. */
function usualSpacing(times: Float64Array, values: Float64Array, first: number, end: number): number {
  let last = Number.NaN
  let least = Number.POSITIVE_INFINITY
  let seen = 0
  for (let i = first; i < end && seen < spacingSamples; i++) {
    if (Number.isNaN(values[i])) continue
    if (times[i]! - last < least) least = times[i]! - last
    last = times[i]!
    seen++
  }
  return least === Number.POSITIVE_INFINITY ? 0 : least
}

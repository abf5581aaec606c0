/**
 * How far values reached within stretches of time: from the lowest to the highest of each. In order of time. Its arrays
 * are reused from frame to frame, as those of a Polyline are.
 */
export class Bands {
  starts = new Float64Array(0)
  ends = new Float64Array(0)
  lows = new Float64Array(0)
  highs = new Float64Array(0)
  length = 0

  clear(): void {
    this.length = 0
  }

  add(start: number, end: number, low: number, high: number): void {
    const at = this.length
    if (at === this.starts.length) this.#grow()
    this.starts[at] = start
    this.ends[at] = end
    this.lows[at] = low
    this.highs[at] = high
    this.length++
  }

  #grow(): void {
    this.starts = doubled(this.starts)
    this.ends = doubled(this.ends)
    this.lows = doubled(this.lows)
    this.highs = doubled(this.highs)
  }
}

/** Most lines have no bands; those that do have one for each pixel. */
const leastLength = 1024

function doubled(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.max(leastLength, 2 * values.length))
  larger.set(values)
  return larger
}

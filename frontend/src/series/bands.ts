/**
 * How far values reached within stretches of time: from the lowest to the highest of each. In order of time. Its arrays
 * are reused from frame to frame, as those of a Polyline are.
 */
export class Bands {
  starts = new Float64Array(256)
  ends = new Float64Array(256)
  lows = new Float64Array(256)
  highs = new Float64Array(256)
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

function doubled(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * values.length)
  larger.set(values)
  return larger
}

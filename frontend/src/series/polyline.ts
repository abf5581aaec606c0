/**
 * A line ready to be drawn: points in order of time, and which of them start anew after a gap. Its arrays are reused
 * from frame to frame; they grow to what the widest chart needs and stay there.
 */
export class Polyline {
  times = new Float64Array(1024)
  values = new Float64Array(1024)
  /** 1 where a point is not joined to the one before it. */
  breaks = new Uint8Array(1024)
  length = 0

  clear(): void {
    this.length = 0
  }

  add(time: number, value: number, startsAnew: boolean): void {
    if (this.length === this.times.length) this.#grow()
    this.times[this.length] = time
    this.values[this.length] = value
    this.breaks[this.length] = startsAnew ? 1 : 0
    this.length++
  }

  #grow(): void {
    const [times, values, breaks] = [this.times, this.values, this.breaks]
    const capacity = 2 * times.length
    this.times = new Float64Array(capacity)
    this.values = new Float64Array(capacity)
    this.breaks = new Uint8Array(capacity)
    this.times.set(times)
    this.values.set(values)
    this.breaks.set(breaks)
  }
}

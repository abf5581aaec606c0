import type { Polyline } from './polyline.ts'

/** The points of several lines on rows that they share: every time at which any of them has a point. */
export class RowGrid {
  #times = new Float64Array(0)
  #spare = new Float64Array(0)
  #length = 0
  #values = new Float64Array(0)
  #breaks = new Uint8Array(0)

  get times(): Float64Array {
    return this.#times.subarray(0, this.#length)
  }

  /** The values of the line that was laid out last; NaN in rows in which it has no point. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#length)
  }

  /** 1 where that line is not joined to its point before. */
  get breaks(): Uint8Array {
    return this.#breaks.subarray(0, this.#length)
  }

  clear(): void {
    this.#length = 0
  }

  /** Makes rows for the points of a line, besides those that are there. */
  add({ times, length }: Polyline): void {
    if (this.#holds(times, length)) return
    const most = this.#length + length
    if (this.#spare.length < most) this.#spare = new Float64Array(2 * most)
    const merged = this.#spare
    let [own, other, count] = [0, 0, 0]
    while (own < this.#length || other < length) {
      const mine = own < this.#length ? this.#times[own]! : Number.POSITIVE_INFINITY
      const time = other < length ? Math.min(mine, times[other]!) : mine
      merged[count++] = time
      while (own < this.#length && this.#times[own]! <= time) own++
      while (other < length && times[other]! <= time) other++
    }
    this.#spare = this.#times
    this.#times = merged
    this.#length = count
  }

  /** Lays a line that was added out on the rows. */
  lay({ times, values, breaks, length }: Polyline): void {
    if (this.#values.length < this.#length) {
      this.#values = new Float64Array(2 * this.#length)
      this.#breaks = new Uint8Array(2 * this.#length)
    }
    let point = 0
    for (let row = 0; row < this.#length; row++) {
      const time = this.#times[row]!
      let value = Number.NaN
      let startsAnew = 0
      while (point < length && times[point]! <= time) {
        value = values[point]!
        startsAnew |= breaks[point]!
        point++
      }
      this.#values[row] = value
      this.#breaks[row] = startsAnew
    }
  }

  #holds(times: Float64Array, length: number): boolean {
    if (length !== this.#length) return false
    for (let i = 0; i < length; i++) if (times[i] !== this.#times[i]) return false
    return true
  }
}

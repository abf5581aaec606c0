/**
 * Adds lines on top of one another, row by row. A line without a value in a row has no point there and adds nothing;
 * a slow series (one value each tenth tick) adds its last value until the next is due. Its arrays grow to the largest
 * number of rows and stay.
 */
export class Stack {
  #base = new Float64Array(0)
  #top = new Float64Array(0)
  #rows = 0
  #holes = false

  /** What the lines so far add up to, one number a row. */
  get base(): Float64Array {
    return this.#base.subarray(0, this.#rows)
  }

  /** The upper edge of the newest line; NaN where it has no value. */
  get top(): Float64Array {
    return this.#top.subarray(0, this.#rows)
  }

  /** Some line so far has no value in some row: the base of the next line is then not the edge of the one before. */
  get holes(): boolean {
    return this.#holes
  }

  start(rows: number): void {
    if (this.#base.length < rows) {
      this.#base = new Float64Array(2 * rows)
      this.#top = new Float64Array(2 * rows)
    }
    this.#rows = rows
    this.#base.fill(0, 0, rows)
    this.#holes = false
  }

  /** Puts a line on the base: `top` becomes its upper edge. A value counts for less than `hold` seconds. */
  add(times: Float64Array, values: Float64Array, hold: number): void {
    const base = this.#base
    const top = this.#top
    let held = Number.NaN
    let until = Number.NEGATIVE_INFINITY
    for (let row = 0; row < this.#rows; row++) {
      const value = values[row]!
      if (!Number.isNaN(value)) {
        held = value
        until = times[row]! + hold
        top[row] = base[row]! + value
      } else top[row] = times[row]! < until ? base[row]! + held : Number.NaN
    }
  }

  /** Makes the newest line part of the base. */
  raise(): void {
    const base = this.#base
    const top = this.#top
    for (let row = 0; row < this.#rows; row++) {
      const value = top[row]!
      if (Number.isNaN(value)) this.#holes = true
      else base[row] = value
    }
  }
}

import type { Column } from '../series/column.ts'
import { resolutionOf, type Continuum, type Stint } from '../series/continuum.ts'

/** The means of the recorded past of several columns, by buckets of time: what a heat strip shows where there are no rows. */
export class HeatMeans {
  readonly #continuum: Continuum
  #first = 0
  #count = 0
  #sums = new Float64Array(0)
  #weights = new Float64Array(0)

  constructor(continuum: Continuum) {
    this.#continuum = continuum
  }

  /** Takes in buckets from `first` to `last`, each so many seconds long, for a picture of that range. */
  make(
    columns: readonly Column[],
    first: number,
    last: number,
    bucket: number,
    shown: Readonly<Stint>,
  ): void {
    this.#first = first
    this.#count = last - first + 1
    const size = this.#count * columns.length
    if (this.#sums.length < size) {
      this.#sums = new Float64Array(2 * size)
      this.#weights = new Float64Array(2 * size)
    }
    this.#sums.fill(0, 0, size)
    this.#weights.fill(0, 0, size)
    const resolution = resolutionOf(shown.from, shown.to)
    const stint = { from: first * bucket, to: (last + 1) * bucket }
    columns.forEach((column, row) => {
      const held = column.timeline.interval * column.every
      this.#continuum.recordedStretches(column, stint, resolution, ({ times, mean, step }) =>
        this.#take(row, times, mean, bucket, step > 0 ? step : held),
      )
    })
  }

  /** NaN for nothing. */
  mean(row: number, bucket: number): number {
    const place = bucket - this.#first
    if (place < 0 || place >= this.#count) return Number.NaN
    const at = row * this.#count + place
    return this.#sums[at]! / this.#weights[at]!
  }

  /** Counts values of which each holds for so many seconds. A plain loop: there are thousands of them in a picture. */
  #take(row: number, times: Float64Array, mean: Float64Array, bucket: number, held: number): void {
    const first = this.#first
    const end = first + this.#count
    const shift = row * this.#count - first
    for (let i = 0; i < times.length; i++) {
      const value = mean[i]!
      if (Number.isNaN(value)) continue
      const from = times[i]! / bucket
      const to = (times[i]! + held) / bucket
      const index = Math.floor(from)
      if (to > index + 1 || index < first || index >= end) this.#spread(row, from, to, value)
      else {
        this.#sums[index + shift]! += value * (to - from)
        this.#weights[index + shift]! += to - from
      }
    }
  }

  /** Counts a value for the buckets that it lies over, start and end in buckets. */
  #spread(row: number, start: number, end: number, mean: number): void {
    const last = Math.min(this.#first + this.#count, end)
    for (let index = Math.max(this.#first, Math.floor(start)); index < last; index++) {
      const weight = Math.min(end, index + 1) - Math.max(start, index)
      const at = row * this.#count + index - this.#first
      this.#sums[at]! += mean * weight
      this.#weights[at]! += weight
    }
  }
}

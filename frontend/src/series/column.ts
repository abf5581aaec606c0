import type { Series } from '../wire/types.gen.ts'
import { MirroredRing } from './mirroredRing.ts'

/** A value and the unix seconds it was measured at. */
export interface Reading {
  value: number
  time: number
}

/** One series of a host: what it is, and its values in step with the host's times. Only HostSeries writes to one. */
export class Column {
  series: Series
  /** The place in the catalogue; -1 once the host no longer has the series. */
  index: number
  ring: MirroredRing
  /** The newest row that holds a value; -1 for none. */
  latestRow = -1
  readonly #times: () => MirroredRing

  constructor(series: Series, index: number, times: () => MirroredRing) {
    this.series = series
    this.index = index
    this.#times = times
    this.ring = new MirroredRing(times().capacity, times().start, times().end)
  }

  /** The newest value with its own time, however old; undefined when the memory holds none. */
  get latest(): Reading | undefined {
    if (this.latestRow < this.ring.start) return undefined
    return { value: this.ring.at(this.latestRow), time: this.#times().at(this.latestRow) }
  }

  /** The ticks from one value to the next. */
  get every(): number {
    return Math.max(1, this.series.every ?? 1)
  }

  /** Adds the value of the row that the host has just opened; NaN for none. */
  push(value: number): void {
    if (!Number.isNaN(value)) this.latestRow = this.ring.end
    this.ring.push(value)
  }

  truncate(end: number): void {
    this.ring.truncate(end)
    if (this.latestRow >= end) this.latestRow = this.#lastValueBefore(end)
  }

  #lastValueBefore(end: number): number {
    for (let row = end - 1; row >= this.ring.start; row--) if (!Number.isNaN(this.ring.at(row))) return row
    return -1
  }
}

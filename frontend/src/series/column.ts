import type { Series } from '../wire/types.gen.ts'
import type { MirroredRing } from './mirroredRing.ts'
import type { RowRange, Timeline } from './timeline.ts'

/** A value and the unix seconds it was measured at. */
export interface Reading {
  value: number
  time: number
}

/**
 * One series of a host: what it is, and its values in step with the rows of a timeline, that of the host or, for a
 * series that somebody pushes, its own. Only HostSeries writes to one.
 */
export class Column {
  series: Series
  /** The place among its like; -1 once the host no longer has the series. */
  index: number
  ring: MirroredRing
  /** The newest row that holds a value; -1 for none. */
  latestRow = -1
  /** When its values were measured. */
  readonly timeline: Timeline

  constructor(series: Series, index: number, timeline: Timeline) {
    this.series = series
    this.index = index
    this.timeline = timeline
    this.ring = timeline.newRing()
  }

  /** The newest value with its own time, however old; undefined when the memory holds none. */
  get latest(): Reading | undefined {
    if (this.latestRow < this.ring.start) return undefined
    return { value: this.ring.at(this.latestRow), time: this.timeline.at(this.latestRow) }
  }

  /** The ticks from one value to the next. */
  get every(): number {
    return Math.max(1, this.series.every ?? 1)
  }

  /** The longest time between two values that one line joins, in seconds. */
  get gapSeconds(): number {
    return this.timeline.gapSeconds(this.every)
  }

  /** The values in these rows of the timeline, NaN for none; as long as timeline.times(range). */
  valuesIn(range: RowRange): Float64Array {
    if (this.index >= 0) return this.ring.view(range.start, range.end)
    return new Float64Array(this.timeline.times(range).length).fill(NaN)
  }

  /** The value at an instant: the nearest one at or before it, unless that is too old to hold still. */
  valueAt(time: number): number | undefined {
    if (this.index < 0) return undefined
    const oldest = time - this.timeline.holdSeconds(this.every)
    for (let row = this.timeline.firstRow(time, true) - 1; row >= this.ring.start; row--) {
      if (this.timeline.at(row) < oldest) return undefined
      const value = this.ring.at(row)
      if (!Number.isNaN(value)) return value
    }
    return undefined
  }

  /** Adds the value of the row that the timeline has just got; NaN for none. */
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

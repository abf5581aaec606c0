import type { Column } from './column.ts'
import type { HostSeries } from './hostSeries.ts'
import type { Past } from './past.ts'
import type { Timeline } from './timeline.ts'

/** In which direction of time. */
export type Side = -1 | 1

/** Less than any distance between two samples, seconds. */
const instant = 5e-4

/**
 * Finds the way from one row to the next that exists, over holes of any length: the rows of the rings, and where these
 * have none, what is there of the recorded past.
 */
export class RowWalk {
  readonly #host: HostSeries
  readonly #past: Past

  constructor(host: HostSeries, past: Past) {
    this.#host = host
    this.#past = past
  }

  /**
   * Unix seconds of the first row before or after an instant; NaN when none is known up to `end`. `resolution`: the
   * seconds of a step in which the past was asked for.
   */
  beyond(time: number, side: Side, end: number, columns: readonly Column[], resolution: number): number {
    const start = time + side * instant
    const held = this.#heldBeyond(start, side, columns)
    if (Math.abs(held - start) <= this.#host.timeline.gapSeconds(1)) return within(held, end, side)
    const limit = nearer(held, end, side)
    const recorded = this.#recordedBeyond(start, side, limit, columns, resolution)
    return Number.isNaN(recorded) ? within(held, end, side) : recorded
  }

  #heldBeyond(start: number, side: Side, columns: readonly Column[]): number {
    let first = heldBy(this.#host.timeline, start, side)
    // Where all is pushed, the host has no rows of its own.
    if (Number.isNaN(this.#host.timeline.newest))
      for (const { timeline } of columns) first = nearer(first, heldBy(timeline, start, side), side)
    return first
  }

  #recordedBeyond(
    start: number,
    side: Side,
    limit: number,
    columns: readonly Column[],
    resolution: number,
  ): number {
    const [from, to] = side > 0 ? [start, limit] : [limit, start]
    let first = Number.NaN
    for (const { series } of columns) {
      const name = this.#host.host.name
      for (const { times, mean } of this.#past.stretches(name, series.metric, from, to, resolution))
        for (let i = 0; i < times.length; i++)
          if (!Number.isNaN(mean[i]) && times[i]! >= from && times[i]! <= to)
            first = nearer(first, times[i]!, side)
    }
    return first
  }
}

function heldBy(timeline: Timeline, start: number, side: Side): number {
  return timeline.at(side > 0 ? timeline.firstRow(start, false) : timeline.firstRow(start, true) - 1)
}

/** Whichever comes first when one walks to that side; either may be NaN for none. */
function nearer(one: number, other: number, side: Side): number {
  return Number.isNaN(one) || (other - one) * side < 0 ? other : one
}

/** The time, or NaN when it lies beyond the end. */
function within(time: number, end: number, side: Side): number {
  return (end - time) * side >= 0 ? time : Number.NaN
}

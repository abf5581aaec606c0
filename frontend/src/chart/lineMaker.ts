import type { Column } from '../series/column.ts'
import { decimate, gapSeconds } from '../series/decimate.ts'
import type { HostSeries } from '../series/hostSeries.ts'
import { Polyline } from '../series/polyline.ts'
import { Stack } from './stack.ts'

/** One visible line: where its samples come from, and where its polyline goes. */
export interface LineSlot {
  column: Column
  line: Polyline
  base: Polyline | undefined
  /** The time of the newest point ever made. */
  newest: number
}

/** Makes the polylines of a chart from the rings of a host, stacked or each on its own. */
export class LineMaker {
  readonly #stack = new Stack()
  readonly #bases: Polyline[] = []
  /** The time of the newest row that lines were made from. */
  #madeTo = Number.NaN

  /** Makes the lines from a time on, and from a little before it, so that they reach there. */
  make(
    host: HostSeries,
    slots: readonly LineSlot[],
    stacked: boolean,
    from: number,
    to: number,
    pixel: number,
  ): void {
    let reach = 0
    for (const { column } of slots) reach = Math.max(reach, gapSeconds(host.interval, column))
    // From the edge of a column on, a part of a window makes the same points as the whole.
    const rows = host.rows(Math.floor((from - reach) / pixel) * pixel, to)
    const times = host.times(rows)
    if (times.length > 0) this.#madeTo = times[times.length - 1]!
    if (stacked) this.#stack.start(times.length)
    let below: Polyline | undefined
    for (let index = 0; index < slots.length; index++) {
      const slot = slots[index]!
      const values = host.values(slot.column, rows)
      const gap = gapSeconds(host.interval, slot.column)
      if (stacked) {
        slot.base = this.#base(index, times, below, pixel)
        this.#stack.add(values, slot.column.every)
        decimate(times, this.#stack.top, pixel, gap, slot.line)
        this.#stack.raise()
        below = slot.line
      } else {
        slot.base = undefined
        decimate(times, values, pixel, gap, slot.line)
      }
      if (slot.line.length > 0) slot.newest = slot.line.times[slot.line.length - 1]!
    }
  }

  /**
   * The time from which the lines up to `to` differ from those made last time: that of the newest row, or of an older
   * point that new ones may be joined to. Minus infinity when that row is no longer there, as after the clock of the
   * host went back.
   */
  changedSince(host: HostSeries, slots: readonly LineSlot[], to: number): number {
    const known = host.rows(this.#madeTo, this.#madeTo)
    if (known.end === known.start) return Number.NEGATIVE_INFINITY
    let since = this.#madeTo
    for (const { column, newest } of slots) {
      const joins = to - newest <= 2 * gapSeconds(host.interval, column)
      if (joins && newest < since) since = newest
    }
    return since
  }

  /** The largest value of all lines, or of their sums, within the window; NaN when there is none. */
  peak(host: HostSeries, slots: readonly LineSlot[], stacked: boolean, from: number, to: number): number {
    const rows = host.rows(from, to)
    let peak = Number.NEGATIVE_INFINITY
    if (stacked) this.#stack.start(rows.end - rows.start)
    for (const { column } of slots) {
      let values = host.values(column, rows)
      if (stacked) {
        this.#stack.add(values, column.every)
        this.#stack.raise()
        values = this.#stack.top
      }
      for (const value of values) if (value > peak) peak = value
    }
    return peak === Number.NEGATIVE_INFINITY ? Number.NaN : peak
  }

  /** What the next line of a stack stands on: the line below it, or a line of its own where that one has holes. */
  #base(
    index: number,
    times: Float64Array,
    below: Polyline | undefined,
    pixel: number,
  ): Polyline | undefined {
    if (below === undefined || !this.#stack.holes) return below
    const base = (this.#bases[index] ??= new Polyline())
    decimate(times, this.#stack.base, pixel, Number.POSITIVE_INFINITY, base)
    return base
  }
}

import type { Column } from '../series/column.ts'
import { decimate } from '../series/decimate.ts'
import { Polyline } from '../series/polyline.ts'
import type { RowRange, Timeline } from '../series/timeline.ts'
import { Stack } from './stack.ts'

/** One visible line: where its samples come from, and where its polyline goes. */
export interface LineSlot {
  column: Column
  line: Polyline
  base: Polyline | undefined
  /** The time of the newest point ever made. */
  newest: number
  /** The time of the newest row that the line was made from, with or without a value. */
  madeTo: number
  /** The gap that its line was made with. */
  madeGap: number
}

/**
 * Makes the polylines of a chart from the rings of its columns, stacked or each on its own. Lines that are stacked stand
 * on one timeline; others may each have their own.
 */
export class LineMaker {
  readonly #stack = new Stack()
  readonly #bases: Polyline[] = []

  /** Makes the lines from a time on, and from a little before it, so that they reach there. */
  make(slots: readonly LineSlot[], stacked: boolean, from: number, to: number, pixel: number): void {
    let timeline: Timeline | undefined
    let rows = noRows
    let times: Float64Array = noTimes
    let below: Polyline | undefined
    for (let index = 0; index < slots.length; index++) {
      const slot = slots[index]!
      const { column } = slot
      if (column.timeline !== timeline) {
        timeline = column.timeline
        // From the edge of a column on, a part of a window makes the same points as the whole.
        rows = timeline.rows(Math.floor((from - reachOf(slots, timeline)) / pixel) * pixel, to)
        times = timeline.times(rows)
        if (stacked) this.#stack.start(times.length)
      }
      const values = column.valuesIn(rows)
      const gap = column.gapSeconds
      if (stacked) {
        slot.base = this.#base(index, times, below, pixel)
        this.#stack.add(values, column.every)
        decimate(times, this.#stack.top, pixel, gap, slot.line)
        this.#stack.raise()
        below = slot.line
      } else {
        slot.base = undefined
        decimate(times, values, pixel, gap, slot.line)
      }
      slot.madeGap = gap
      slot.madeTo = column.timeline.at(rows.end - 1)
      if (slot.line.length > 0) slot.newest = slot.line.times[slot.line.length - 1]!
    }
  }

  /**
   * The time from which the lines up to `to` differ from those made last time: that of the newest row made, or of an
   * older point that new ones may be joined to. Minus infinity when all may differ: that row is no longer there, as
   * after the clock of the host went back, or lines join across another gap now.
   */
  changedSince(slots: readonly LineSlot[], to: number): number {
    let since = to
    for (const { column, newest, madeTo, madeGap } of slots) {
      const { timeline, gapSeconds } = column
      const { start, end } = timeline.rows(madeTo, to)
      if (gapSeconds !== madeGap || timeline.at(start) !== madeTo) return Number.NEGATIVE_INFINITY
      if (end - start <= 1) continue
      if (madeTo < since) since = madeTo
      if (to - newest <= 2 * gapSeconds && newest < since) since = newest
    }
    return since
  }

  /** The largest value of all lines, or of their sums, within the window; NaN when there is none. */
  peak(slots: readonly LineSlot[], stacked: boolean, from: number, to: number): number {
    let timeline: Timeline | undefined
    let rows = noRows
    let peak = Number.NEGATIVE_INFINITY
    for (const { column } of slots) {
      if (column.timeline !== timeline) {
        timeline = column.timeline
        rows = timeline.rows(from, to)
        if (stacked) this.#stack.start(rows.end - rows.start)
      }
      let values = column.valuesIn(rows)
      if (stacked) {
        this.#stack.add(values, column.every)
        this.#stack.raise()
        values = this.#stack.top
      }
      for (const value of values) if (value > peak) peak = value
    }
    return peak === Number.NEGATIVE_INFINITY ? Number.NaN : peak
  }

  /** The smallest value of all lines within the window; NaN when there is none. */
  trough(slots: readonly LineSlot[], from: number, to: number): number {
    let trough = Number.POSITIVE_INFINITY
    for (const { column } of slots) {
      for (const value of column.valuesIn(column.timeline.rows(from, to))) if (value < trough) trough = value
    }
    return trough === Number.POSITIVE_INFINITY ? Number.NaN : trough
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

const noRows: RowRange = { start: 0, end: 0 }
const noTimes = new Float64Array(0)

/** How far before a time the lines of a timeline may be joined to. */
function reachOf(slots: readonly LineSlot[], timeline: Timeline): number {
  let reach = 0
  for (const { column } of slots) {
    if (column.timeline === timeline && column.gapSeconds > reach) reach = column.gapSeconds
  }
  return reach
}

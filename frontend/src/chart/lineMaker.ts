import type { Column } from '../series/column.ts'
import type { Continuum, Extent, Stint } from '../series/continuum.ts'
import { Polyline } from '../series/polyline.ts'
import { RowGrid } from '../series/rowGrid.ts'
import { isCrowded, isDense, Trace, Tracer } from '../series/tracer.ts'
import { Stack } from './stack.ts'

/** One visible line: where its samples come from, and where what is painted of it goes. */
export interface LineSlot {
  column: Column
  trace: Trace
  base: Polyline | undefined
  /** The time of the newest point ever made. */
  newest: number
  /** The time of the newest row that the line was made from, with or without a value. */
  madeTo: number
  /** The gap that its line was made with, and the seconds between its samples. */
  madeGap: number
  madeSpacing: number
}

/** A slot that nothing was made in yet. */
export function slotOf(column: Column): LineSlot {
  const none = Number.NaN
  const made = { newest: none, madeTo: none, madeGap: none, madeSpacing: none }
  return { column, trace: new Trace(), base: undefined, ...made }
}

/** What lines are made of: how fine, and at which resolution the recorded past is asked for. */
export interface Grain {
  /** Seconds of a column of pixels. */
  pixel: number
  resolution: number
}

/**
 * Makes the lines of a chart from the past of their columns, each on its own or stacked. Of columns of pixels that hold
 * several samples a line has the mean; stacked, these add up.
 */
export class LineMaker {
  readonly #continuum: Continuum
  readonly #tracer = new Tracer()
  readonly #stack = new Stack()
  readonly #grid = new RowGrid()
  readonly #parts: Trace[] = []
  readonly #bases: Polyline[] = []
  readonly #stint: Stint = { from: 0, to: 0 }
  readonly #extent: Extent = { low: Number.NaN, high: Number.NaN }
  /** Where the lines ended that were made last, and how far before that they may change when they go on. */
  #madeTo = Number.NaN
  #reach = 0

  constructor(continuum: Continuum) {
    this.#continuum = continuum
  }

  /** Makes the lines from a time on, and from a little before it, so that they reach there. */
  make(slots: readonly LineSlot[], stacked: boolean, from: number, to: number, grain: Grain): void {
    const { pixel, resolution } = grain
    this.#reach = reachOf(slots) + 2 * resolution
    // From the edge of a column on, a part of a window makes the same points as the whole.
    this.#within(Math.floor((from - this.#reach) / pixel) * pixel, to)
    if (stacked) this.#makeStack(slots, grain)
    else for (const slot of slots) this.#trace(slot.trace, slot.column, grain)
    this.#madeTo = to
    for (const slot of slots) this.#remember(slot, to)
  }

  /** Makes other lines for the same picture, such as those of so many seconds earlier; they are no part of what changes. */
  makeAside(
    slots: readonly LineSlot[],
    stacked: boolean,
    from: number,
    to: number,
    grain: Grain,
    earlier: number,
  ): void {
    const { pixel, resolution } = grain
    const start = Math.floor((from - reachOf(slots) - 2 * resolution) / pixel) * pixel
    this.#within(start - earlier, to - earlier)
    if (stacked) this.#makeStack(slots, grain, earlier)
    else for (const slot of slots) this.#trace(slot.trace, slot.column, grain, earlier)
  }

  /**
   * The time from which the lines up to `to` differ from those made last time: that of the newest row made, or of an
   * older point that new ones may be joined to. Minus infinity when all may differ: that row is no longer there, as
   * after the clock of the host went back, or lines join across another gap now.
   */
  changedSince(slots: readonly LineSlot[], to: number, { pixel }: Grain): number {
    if (!(this.#madeTo <= to)) return Number.NEGATIVE_INFINITY
    let since = to
    for (const slot of slots) {
      const { column, newest, madeTo, madeGap, madeSpacing } = slot
      const { timeline, gapSeconds } = column
      const spacing = spacingOf(slot)
      const { start, end } = timeline.rows(Number.isNaN(madeTo) ? Number.NEGATIVE_INFINITY : madeTo, to)
      if (this.#goesOnRecorded(column, to)) since = Math.min(since, this.#madeTo - this.#reach)
      if (Number.isNaN(madeTo) && start === end) continue
      if (gapSeconds !== madeGap || timeline.at(start) !== madeTo) return Number.NEGATIVE_INFINITY
      if (spacing !== madeSpacing && !lookAlike(spacing, madeSpacing, pixel)) return Number.NEGATIVE_INFINITY
      if (end - start <= 1) continue
      if (madeTo < since) since = madeTo
      if (to - newest <= 2 * gapSeconds && newest < since) since = newest
    }
    return since
  }

  /**
   * How far the values of all lines, or their sums, reach within the window and at the sample before it, from which a line
   * comes in; NaN without any. Used anew by each call.
   */
  extent(
    slots: readonly LineSlot[],
    stacked: boolean,
    from: number,
    to: number,
    grain: Grain,
  ): Readonly<Extent> {
    const extent = this.#extent
    extent.low = extent.high = Number.NaN
    if (stacked) {
      this.#within(from - Math.max(0, ...slots.map(spacingOf)), to)
      this.#extendByStack(extent, slots, grain)
      return extent
    }
    for (const slot of slots) {
      this.#within(from - spacingOf(slot), to)
      this.#continuum.extend(extent, slot.column, this.#stint, grain.resolution)
    }
    return extent
  }

  /** What is new of a line comes of the recorded past, and changes what it is joined to. */
  #goesOnRecorded(column: Column, to: number): boolean {
    if (this.#madeTo === to) return false
    return this.#continuum.isRecorded(column, this.#madeTo) || this.#continuum.isRecorded(column, to)
  }

  #within(from: number, to: number): void {
    this.#stint.from = from
    this.#stint.to = to
  }

  #trace(out: Trace, column: Column, { pixel, resolution }: Grain, earlier = 0): void {
    this.#continuum.trace(this.#tracer, out, column, this.#stint, pixel, resolution, earlier)
  }

  #remember(slot: LineSlot, to: number): void {
    const { column, trace } = slot
    const { timeline } = column
    slot.madeGap = column.gapSeconds
    slot.madeSpacing = spacingOf(slot)
    slot.madeTo = timeline.at(timeline.firstRow(to, true) - 1)
    if (trace.line.length > 0) slot.newest = trace.line.times[trace.line.length - 1]!
  }

  #makeStack(slots: readonly LineSlot[], grain: Grain, earlier = 0): void {
    this.#layRows(slots, grain, earlier)
    let below: Polyline | undefined
    for (let index = 0; index < slots.length; index++) {
      const slot = slots[index]!
      slot.base = this.#base(index, below)
      slot.trace.bands.clear()
      slot.trace.crowded = this.#parts[index]!.crowded
      this.#put(slot, index)
      this.#writeTop(slot.trace.line)
      this.#stack.raise()
      below = slot.trace.line
    }
  }

  #extendByStack(extent: Extent, slots: readonly LineSlot[], grain: Grain): void {
    this.#layRows(slots, grain, 0)
    for (let index = 0; index < slots.length; index++) {
      this.#put(slots[index]!, index)
      for (const value of this.#stack.top) {
        if (value > extent.high || (Number.isNaN(extent.high) && !Number.isNaN(value))) extent.high = value
      }
      this.#stack.raise()
    }
  }

  /** Traces each line on its own and makes the rows that they share. */
  #layRows(slots: readonly LineSlot[], grain: Grain, earlier: number): void {
    this.#grid.clear()
    for (let index = 0; index < slots.length; index++) {
      const part = (this.#parts[index] ??= new Trace())
      this.#trace(part, slots[index]!.column, grain, earlier)
      this.#grid.add(part.line)
    }
    this.#stack.start(this.#grid.times.length)
  }

  /** Puts a traced line onto those below it. */
  #put({ column }: LineSlot, index: number): void {
    const part = this.#parts[index]!
    this.#grid.lay(part.line)
    const hold = Math.max((column.every - 0.5) * column.timeline.interval, part.widest * 0.99)
    this.#stack.add(this.#grid.times, this.#grid.values, hold)
  }

  #writeTop(line: Polyline): void {
    const { times, breaks } = this.#grid
    const { top } = this.#stack
    line.clear()
    let startsAnew = true
    for (let row = 0; row < top.length; row++) {
      if (breaks[row] === 1) startsAnew = true
      if (Number.isNaN(top[row])) continue
      line.add(times[row]!, top[row]!, startsAnew)
      startsAnew = false
    }
  }

  /** What the next line of a stack stands on: the line below it, or a line of its own where that one has holes. */
  #base(index: number, below: Polyline | undefined): Polyline | undefined {
    if (below === undefined || !this.#stack.holes) return below
    const line = (this.#bases[index] ??= new Polyline())
    const { times } = this.#grid
    const { base } = this.#stack
    line.clear()
    for (let row = 0; row < base.length; row++) line.add(times[row]!, base[row]!, row === 0)
    return line
  }
}

/** Whether lines of samples with one spacing or the other are made and painted the same way. */
function lookAlike(spacing: number, other: number, pixel: number): boolean {
  return (
    isDense(spacing, pixel) === isDense(other, pixel) && isCrowded(spacing, pixel) === isCrowded(other, pixel)
  )
}

/** The seconds between two samples of a line. */
function spacingOf({ column: { timeline, every } }: LineSlot): number {
  return timeline.interval * every
}

/** How far before a time the lines may be joined to. */
function reachOf(slots: readonly LineSlot[]): number {
  let reach = 0
  for (const { column } of slots) reach = Math.max(reach, column.gapSeconds)
  return reach
}

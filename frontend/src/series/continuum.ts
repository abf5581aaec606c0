import type { Column } from './column.ts'
import type { HostSeries } from './hostSeries.ts'
import type { Past, Stretch } from './past.ts'
import type { RowRange, Timeline } from './timeline.ts'
import { isCrowded, type Trace, type Tracer } from './tracer.ts'

/** A stretch of time, unix seconds; NaN at both ends for none. */
export interface Stint {
  from: number
  to: number
}

/** How far values reach; NaN at both ends without any. */
export interface Extent {
  low: number
  high: number
}

/** All that is drawn on a page asks for the past in so many steps of what it shows, so that it shares what is loaded. */
const stepsShown = 1200
/** Less than any distance between two samples. */
const instant = 5e-4

/** The seconds of a step at which the past of a stretch of time is asked for. */
export function resolutionOf(from: number, to: number): number {
  return (to - from) / stepsShown
}

/** Seconds without a pushed value that may mean something. */
const leastPushedGap = 60

/** A part of a stretch that either the rows of a timeline tell of, or the recorded past. */
interface Piece {
  recorded: boolean
  /** What of the recorded past belongs to it. */
  from: number
  to: number
  rows: RowRange
}

/**
 * The whole past of a host as one: where its rings have rows these count, and before, after and in the holes between
 * them what the server has recorded. It keeps no values; what it reads belongs to the rings and to the store of the
 * past.
 */
export class Continuum {
  readonly host: HostSeries
  readonly #past: Past
  readonly #pieces: Piece[] = []
  #count = 0
  // What the pieces are of.
  #cutOf: Timeline | undefined
  #cutFrom = Number.NaN
  #cutTo = Number.NaN
  #cutNewest = Number.NaN

  constructor(host: HostSeries, past: Past) {
    this.host = host
    this.#past = past
  }

  /** Traces what there is of a column from one instant to another, and a little on both sides of the recorded past. */
  trace(
    tracer: Tracer,
    out: Trace,
    column: Column,
    { from, to }: Readonly<Stint>,
    secondsPerPixel: number,
    resolution: number,
    shift = 0,
  ): void {
    const { timeline, every } = column
    tracer.begin(out, secondsPerPixel, column.gapSeconds, shift)
    out.crowded = isCrowded(timeline.interval * every, secondsPerPixel)
    this.#cut(timeline, from, to)
    for (let index = 0; index < this.#count; index++) {
      const piece = this.#pieces[index]!
      if (piece.recorded) {
        for (const stretch of this.#stretches(column, piece, from, to, resolution))
          tracer.stretch(stretch, piece.from, piece.to)
      } else {
        const times = timeline.times(piece.rows)
        tracer.samples(times, column.valuesIn(piece.rows), 0, times.length, timeline.interval * every)
      }
    }
    tracer.finish()
  }

  /** Widens `into` to the values of a column. */
  extend(into: Extent, column: Column, { from, to }: Readonly<Stint>, resolution: number): void {
    this.#cut(column.timeline, from, to)
    for (let index = 0; index < this.#count; index++) {
      const piece = this.#pieces[index]!
      if (!piece.recorded) {
        const values = column.valuesIn(piece.rows)
        widen(into, values, values, 0, values.length)
        continue
      }
      for (const { times, min, max, step } of this.#stretches(column, piece, from, to, resolution)) {
        let first = 0
        while (first < times.length && times[first]! + step < from) first++
        let end = times.length
        while (end > first && times[end - 1]! > to) end--
        widen(into, min, max, first, end)
      }
    }
  }

  /** The value of a column at an instant, of a bucket its mean; undefined when none holds still. */
  valueAt(column: Column, time: number, resolution: number): number | undefined {
    const value = column.valueAt(time)
    if (value !== undefined) return value
    return this.isRecorded(column, time) ? this.#recordedAt(column, time, resolution) : undefined
  }

  /** Visits what is recorded of a column where its ring has no rows: its buckets, or samples that end where they start. */
  recorded(
    column: Column,
    stint: Readonly<Stint>,
    resolution: number,
    visit: (start: number, end: number, mean: number) => void,
  ): void {
    this.recordedStretches(column, stint, resolution, ({ times, mean, step }) => {
      for (let i = 0; i < times.length; i++)
        if (!Number.isNaN(mean[i])) visit(times[i]!, times[i]! + step, mean[i]!)
    })
  }

  /** The same, a stretch at a time. */
  recordedStretches(
    column: Column,
    { from, to }: Readonly<Stint>,
    resolution: number,
    visit: (stretch: Stretch) => void,
  ): void {
    this.#cut(column.timeline, from, to)
    for (let index = 0; index < this.#count; index++) {
      const piece = this.#pieces[index]!
      if (piece.recorded) this.#stretches(column, piece, from, to, resolution).forEach(visit)
    }
  }

  /** Whether an instant is told by the recorded past, because the rings have no row of it. */
  isRecorded({ timeline }: Column, time: number): boolean {
    const row = timeline.firstRow(time, true)
    const before = timeline.at(row - 1)
    return (
      Number.isNaN(before) ||
      this.#endsInHole(timeline, before, timeline.at(row), time, timeline.gapSeconds(1))
    )
  }

  /** What of a stretch the rings of these columns have no rows of, written into `into`. */
  missing({ from, to }: Readonly<Stint>, columns: readonly Column[], into: Stint): Stint {
    into.from = Number.NaN
    into.to = Number.NaN
    if (!(from < to)) return into
    if (this.#onlyPushed) {
      if (this.host.oldestTime - from > leastPushedGap)
        include(into, from, Math.min(to, this.host.oldestTime))
      return into
    }
    this.#cut(this.host.timeline, from, to)
    for (let index = 0; index < this.#count; index++) {
      const piece = this.#pieces[index]!
      if (piece.recorded) include(into, Math.max(from, piece.from), Math.min(to, piece.to))
    }
    for (const { timeline } of columns) {
      if (timeline === this.host.timeline || timeline.range.start === 0) continue
      // A ring that is full has dropped what came before.
      if (timeline.oldest - from > timeline.gapSeconds(1)) include(into, from, Math.min(to, timeline.oldest))
    }
    return into
  }

  /** All that the host has is pushed: its rows tell of no holes. */
  get #onlyPushed(): boolean {
    return Number.isNaN(this.host.timeline.newest) && !Number.isNaN(this.host.newestTime)
  }

  #stretches(column: Column, piece: Piece, from: number, to: number, resolution: number) {
    const start = Math.max(from, piece.from)
    const end = Math.min(to, piece.to)
    return this.#past.stretches(this.host.host.name, column.series.metric, start, end, resolution)
  }

  #recordedAt(column: Column, time: number, resolution: number): number | undefined {
    const { timeline, every } = column
    const hold = timeline.holdSeconds(every)
    const name = this.host.host.name
    const stretches = this.#past.stretches(name, column.series.metric, time - hold, time, resolution)
    for (let index = stretches.length - 1; index >= 0; index--) {
      const { times, mean, step } = stretches[index]!
      for (let i = times.length - 1; i >= 0; i--) {
        if (times[i]! > time || Number.isNaN(mean[i])) continue
        return time - times[i]! <= hold + step ? mean[i] : undefined
      }
    }
    return undefined
  }

  /** Cuts a stretch into pieces, in order of time; those of the series of one timeline are the same. */
  #cut(timeline: Timeline, from: number, to: number): void {
    const { newest } = timeline
    if (
      timeline === this.#cutOf &&
      from === this.#cutFrom &&
      to === this.#cutTo &&
      newest === this.#cutNewest
    )
      return
    this.#cutOf = timeline
    this.#cutFrom = from
    this.#cutTo = to
    this.#cutNewest = newest
    this.#count = 0
    const rows = timeline.rows(from, to)
    const times = timeline.times(rows)
    const gap = timeline.gapSeconds(1)
    let start = rows.start
    let before = timeline.at(start - 1)
    if (Number.isNaN(before)) before = times.length > 0 && times[0]! - from <= gap ? times[0]! : before
    for (let i = 0; i < times.length; i++) {
      if (!(times[i]! - before <= gap)) {
        if (rows.start + i > start) this.#addRows(start, rows.start + i)
        start = rows.start + i
        this.#addRecorded(before, times[i]!)
      }
      before = times[i]!
    }
    if (rows.end > start) this.#addRows(start, rows.end)
    const after = timeline.at(rows.end)
    if (this.#endsInHole(timeline, before, after, to, gap)) this.#addRecorded(before, after)
  }

  #endsInHole(timeline: Timeline, before: number, after: number, to: number, gap: number): boolean {
    if (!Number.isNaN(after)) return !(after - before <= gap)
    return !(to - before <= gap) && !this.#known(timeline, to - gap)
  }

  /** As far as its host has rows, a series that is pushed has no values but those of its ring. */
  #known(timeline: Timeline, time: number): boolean {
    return timeline !== this.host.timeline && timeline.newest <= time && time <= this.host.newestTime
  }

  #addRecorded(from: number, to: number): void {
    const piece = this.#next(true)
    piece.from = Number.isNaN(from) ? Number.NEGATIVE_INFINITY : from + instant
    piece.to = Number.isNaN(to) ? Number.POSITIVE_INFINITY : to
  }

  #addRows(start: number, end: number): void {
    const { rows } = this.#next(false)
    rows.start = start
    rows.end = end
  }

  #next(recorded: boolean): Piece {
    const piece = (this.#pieces[this.#count] ??= { recorded, from: 0, to: 0, rows: { start: 0, end: 0 } })
    piece.recorded = recorded
    this.#count++
    return piece
  }
}

function widen(into: Extent, lows: Float64Array, highs: Float64Array, first: number, end: number): void {
  let { low, high } = into
  for (let i = first; i < end; i++) {
    // A comparison with NaN is false: the first value is taken, and no NaN.
    if (!(lows[i]! >= low) && !Number.isNaN(lows[i])) low = lows[i]!
    if (!(highs[i]! <= high) && !Number.isNaN(highs[i])) high = highs[i]!
  }
  into.low = low
  into.high = high
}

function include(into: Stint, from: number, to: number): void {
  if (!(from < to)) return
  if (!(into.from <= from)) into.from = from
  if (!(into.to >= to)) into.to = to
}

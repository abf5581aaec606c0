import type { Series } from '../wire/types.gen.ts'
import { Column } from './column.ts'
import { Timeline } from './timeline.ts'

/** Values that a new series has room for; it grows with what comes. */
const firstCapacity = 64
/** A series that is quick, or of which little is known, may be silent for so long without a break in its line. */
const leastGapSeconds = 60
/** So many times its usual gap a series may be silent without a break in its line. */
const usualGaps = 10
/** The usual gap is the middle one of the last so many. */
const gapsKept = 15

/** Times that come when they come. How long a value holds, and what a line joins, follows from the usual gap. */
class PushedTimeline extends Timeline {
  constructor() {
    super(firstCapacity, 0)
  }

  /** More than ten usual gaps, and more than a minute, break a line. */
  override gapSeconds(): number {
    return Math.max(leastGapSeconds, usualGaps * this.interval)
  }

  override holdSeconds(): number {
    return this.gapSeconds()
  }

  /** Learns the usual gap from the newest rows. */
  learn(): void {
    const { start, end } = this.range
    const gaps: number[] = []
    for (let row = Math.max(start + 1, end - gapsKept); row < end; row++)
      gaps.push(this.at(row) - this.at(row - 1))
    this.interval = gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? 0
  }
}

/**
 * A series that somebody pushes: its values come when they come, so it has times of its own and does not touch the rows
 * of its host. It holds the newest values up to a limit, which the host sets by how many such series it has.
 */
export class PushedColumn extends Column {
  declare readonly timeline: PushedTimeline
  #limit: number
  #news = false

  constructor(series: Series, index: number, limit: number) {
    super(series, index, new PushedTimeline())
    this.#limit = limit
  }

  /** Holds at most so many values from now on. */
  setLimit(limit: number): void {
    this.#limit = limit
    if (this.timeline.capacity > limit) this.#resize(limit)
  }

  /** Takes in a value. One that is earlier than the newest means that its clock went back: later ones are forgotten. */
  append(time: number, value: number): void {
    if (time <= this.timeline.newest) this.#forgetFrom(time)
    const { start, end } = this.timeline.range
    const { capacity } = this.timeline
    if (end - start === capacity && capacity < this.#limit) this.#resize(Math.min(2 * capacity, this.#limit))
    this.timeline.push(time)
    this.push(value)
    this.timeline.learn()
    this.#news = true
  }

  /** Tells the listeners of the timeline if values came in since the last time; whether any did. */
  tellNews(): boolean {
    const had = this.#news
    this.#news = false
    if (had) this.timeline.tell()
    return had
  }

  #forgetFrom(time: number): void {
    const end = this.timeline.firstRow(time, false)
    this.timeline.truncate(end)
    this.truncate(end)
  }

  #resize(capacity: number): void {
    this.timeline.resize(capacity)
    this.ring = this.ring.resized(capacity)
  }
}

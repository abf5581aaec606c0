import { Listeners } from './listeners.ts'
import { MirroredRing } from './mirroredRing.ts'

/** Rows by their absolute numbers: start is in, end is out. */
export interface RowRange {
  start: number
  end: number
}

/**
 * The times that the rows of one or more columns stand at: unix seconds that only grow with the row, the newest
 * `capacity` of them. A row keeps its number for as long as it is held. The owner pushes rows and keeps the rings of
 * its columns in step.
 */
export class Timeline {
  #times: MirroredRing
  #interval: number
  readonly #listeners = new Listeners()

  constructor(capacity: number, intervalSeconds: number) {
    this.#times = new MirroredRing(capacity)
    this.#interval = intervalSeconds
  }

  /** Seconds from one row to the next, as a rule. */
  get interval(): number {
    return this.#interval
  }

  set interval(seconds: number) {
    this.#interval = seconds
  }

  get capacity(): number {
    return this.#times.capacity
  }

  /** The rows that are held. */
  get range(): RowRange {
    return { start: this.#times.start, end: this.#times.end }
  }

  /** Unix seconds of the newest row, NaN when there is none. */
  get newest(): number {
    return this.#times.at(this.#times.end - 1)
  }

  /** Unix seconds of the oldest row that is held, NaN when there is none. */
  get oldest(): number {
    return this.#times.at(this.#times.start)
  }

  /** Unix seconds of a row, NaN for one that is not held. */
  at(row: number): number {
    return this.#times.at(row)
  }

  /** The rows with from <= time <= to. */
  rows(from: number, to: number): RowRange {
    return { start: this.firstRow(from, false), end: this.firstRow(to, true) }
  }

  times(range: RowRange): Float64Array {
    return this.#times.view(range.start, range.end)
  }

  /** The first row whose time is at or after an instant; with `after`, strictly after it. */
  firstRow(time: number, after: boolean): number {
    let low = this.#times.start
    let high = this.#times.end
    while (low < high) {
      const middle = (low + high) >>> 1
      const at = this.#times.at(middle)
      if (at < time || (after && at === time)) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The longest time between two values that one line joins: two and a half steps of a series. */
  gapSeconds(every: number): number {
    return 2.5 * this.#interval * every
  }

  /** For how long a value counts as the value of now: one and a half steps of a series. */
  holdSeconds(every: number): number {
    return 1.5 * this.#interval * every
  }

  /** Tells of new rows, once a frame. The result ends it. */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  tell(): void {
    this.#listeners.tell()
  }

  /** Adds a row, later than the newest one. */
  push(time: number): void {
    this.#times.push(time)
  }

  /** Forgets the rows from `end` on. */
  truncate(end: number): void {
    this.#times.truncate(end)
  }

  /** Keeps as many of the newest rows as fit; they keep their numbers. */
  resize(capacity: number): void {
    this.#times = this.#times.resized(capacity)
  }

  /** Forgets all rows and counts from the beginning. */
  clear(): void {
    this.#times = new MirroredRing(this.#times.capacity)
  }

  /** An empty ring in step with this one: NaN in every row that is held. */
  newRing(): MirroredRing {
    return new MirroredRing(this.#times.capacity, this.#times.start, this.#times.end)
  }
}

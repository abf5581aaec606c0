import type { HostSeries } from '../series/hostSeries.ts'
import { Listeners } from '../series/listeners.ts'

export interface TimeRange {
  /** Unix seconds, inclusive. */
  from: number
  to: number
}

/** Every step of a window that grows with its data is this much longer than the one before. */
const growth = 1.02
/** Seconds; a picture of a moment would be all noise. */
const leastStretch = 60

/**
 * The stretch of time that every chart of the page shows: the newest `span` seconds of a host, or, while paused, the
 * stretch that was shown at the moment of the pause. Data goes on collecting behind a pause.
 */
export class TimeWindow {
  readonly #listeners = new Listeners()
  #span: number
  #paused = false
  /** The host that was shown last, and its newest time when the pause began. */
  #shown: HostSeries | undefined
  #pausedAt = Number.NaN

  /** span in seconds; Infinity shows all there is. */
  constructor(span = 300) {
    this.#span = span
  }

  get span(): number {
    return this.#span
  }

  get paused(): boolean {
    return this.#paused
  }

  setSpan(span: number): void {
    if (span === this.#span || !(span > 0)) return
    this.#span = span
    this.#listeners.tell()
  }

  pause(): void {
    if (this.#paused) return
    this.#paused = true
    this.#pausedAt = this.#shown?.newestTime ?? Number.NaN
    this.#listeners.tell()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#listeners.tell()
  }

  /** The stretch to show, written into `into` (nothing is allocated in a frame). NaN at both ends without data. */
  range(host: HostSeries, into: TimeRange = { from: Number.NaN, to: Number.NaN }): TimeRange {
    this.#shown = host
    into.to = this.#end(host)
    into.from = into.to - this.stretch(host)
    return into
  }

  /**
   * How many seconds the picture of a host covers: the span, or while less than that is held a little more than what
   * is, so that a server that has just started fills its charts. It grows in steps and not with every row.
   */
  stretch(host: HostSeries): number {
    const held = this.#end(host) - host.oldestTime
    if (!(held < this.#span)) return this.#span
    const least = Math.max(held, leastStretch, 10 * host.interval)
    return Math.min(this.#span, growth ** Math.ceil(Math.log(least) / Math.log(growth)))
  }

  /** Called when the span or the pause changes, not when data arrives. */
  readonly subscribe = (listener: () => void): (() => void) => this.#listeners.add(listener)

  #end(host: HostSeries): number {
    return this.#paused ? this.#frozen(host) : host.newestTime
  }

  /** The instant of the pause, for every host: one that is shown later, too, stands still where the first one did. */
  #frozen(host: HostSeries): number {
    if (Number.isNaN(this.#pausedAt)) this.#pausedAt = host.newestTime
    return Math.min(this.#pausedAt, host.newestTime)
  }
}

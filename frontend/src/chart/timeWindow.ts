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
  readonly #newestAtPause = new Map<HostSeries, number>()
  readonly #hosts = new Set<HostSeries>()
  #span: number
  #paused = false

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
    for (const host of this.#hosts) this.#newestAtPause.set(host, host.newestTime)
    this.#listeners.tell()
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#newestAtPause.clear()
    this.#listeners.tell()
  }

  /** The stretch to show, written into `into` (nothing is allocated in a frame). NaN at both ends without data. */
  range(host: HostSeries, into: TimeRange = { from: Number.NaN, to: Number.NaN }): TimeRange {
    this.#hosts.add(host)
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

  #frozen(host: HostSeries): number {
    const known = this.#newestAtPause.get(host)
    if (known !== undefined && !Number.isNaN(known)) return known
    this.#newestAtPause.set(host, host.newestTime)
    return host.newestTime
  }
}

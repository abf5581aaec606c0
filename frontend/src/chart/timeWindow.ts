import type { HostSeries } from '../series/hostSeries.ts'
import { Listeners } from '../series/listeners.ts'

export interface TimeRange {
  /** Unix seconds, inclusive. */
  from: number
  to: number
}

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
    into.to = this.#paused ? this.#frozen(host) : host.newestTime
    into.from = Number.isFinite(this.#span) ? into.to - this.#span : host.oldestTime
    return into
  }

  /** Called when the span or the pause changes, not when data arrives. */
  readonly subscribe = (listener: () => void): (() => void) => this.#listeners.add(listener)

  #frozen(host: HostSeries): number {
    const known = this.#newestAtPause.get(host)
    if (known !== undefined && !Number.isNaN(known)) return known
    this.#newestAtPause.set(host, host.newestTime)
    return host.newestTime
  }
}

/** Every step of a window that grows with its data is this much longer than the one before. */
const growth = 1.02

/**
 * How many seconds a picture spans: the window's span, or, when it shows all there is, a little more than that, so that
 * the scale does not change with every row.
 */
export function quantizedSpan(range: Readonly<TimeRange>, span: number, interval: number): number {
  if (Number.isFinite(span)) return span
  const least = Math.max(range.to - range.from, 10 * interval)
  return growth ** Math.ceil(Math.log(least) / Math.log(growth))
}

import type { HostSeries } from '../series/hostSeries.ts'

/** A picture shows at least so many samples. */
const leastSamples = 10

/** How far time can be moved and stretched: to where the past of a host begins, and to its newest row. */
export class Limits {
  readonly #oldest = new Map<string, number>()
  readonly #onKnown: () => void
  #awaited = false

  /** `onKnown` is called once it is known what is recorded, of somebody who waits for that. */
  constructor(onKnown: () => void = () => undefined) {
    this.#onKnown = onKnown
  }

  /**
   * Somebody has yet to say what is recorded. Until then nothing counts as the beginning: what is shown is as long as
   * was asked for, however little of it is held.
   */
  awaitRecorded(): void {
    this.#awaited = true
  }

  /** What is recorded is known: the beginning of each host was told, or nothing is kept. */
  endWait(): void {
    if (!this.#awaited) return
    this.#awaited = false
    this.#onKnown()
  }

  /** Tells where the recorded past of a host begins, in unix seconds; what its rows hold counts in any case. */
  setOldest(host: string, time: number): void {
    this.#oldest.set(host, time)
  }

  /** Unix seconds at which the past of a host begins; NaN when it has none, -Infinity while that is not known. */
  oldest(host: HostSeries): number {
    return this.#awaited ? -Infinity : this.oldestKnown(host)
  }

  /** The same as far as it is known. */
  oldestKnown(host: HostSeries): number {
    const recorded = this.#oldest.get(host.host.name) ?? Number.NaN
    const held = host.oldestTime
    return recorded <= held || Number.isNaN(held) ? recorded : held
  }

  /** A span that can be shown: some samples at least, all there is at most. */
  span(seconds: number, host: HostSeries | undefined): number {
    if (host === undefined) return seconds
    const least = leastSamples * host.interval
    const most = host.newestTime - this.oldest(host)
    return Math.max(least, most > least ? Math.min(seconds, most) : seconds)
  }

  /** By how much of `seconds` a stretch can be moved without leaving the past; one that lies outside may come back. */
  shift(from: number, to: number, seconds: number, host: HostSeries | undefined): number {
    const newest = host?.newestTime ?? Number.NaN
    if (host === undefined || Number.isNaN(newest)) return seconds
    const [least, most] = [this.oldest(host) - from, newest - to]
    // With no move asked for, one that sticks out is brought back; what is longer than the past ends with it.
    if (seconds === 0) return most < 0 ? most : Math.max(0, Math.min(least, most))
    return seconds > 0 ? Math.min(seconds, Math.max(0, most)) : Math.max(seconds, Math.min(0, least))
  }

  /** The instant within the past that is nearest to one. */
  instant(time: number, host: HostSeries | undefined): number {
    if (host === undefined || Number.isNaN(host.newestTime)) return time
    return Math.min(host.newestTime, Math.max(this.oldest(host), time))
  }
}

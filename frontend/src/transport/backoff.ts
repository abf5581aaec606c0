const firstCeilingMs = 5_000
const lastCeilingMs = 30_000
const floorMs = 100
const goodAfterMs = 10_000

/**
 * How long to wait before the next attempt: a random part ("full jitter") of a ceiling, which is as long as it has been
 * waiting already, but at least 5 s and at most 30 s. Never less than 100 ms: no hot loop. A connection that stayed up
 * for 10 s was a good one, and the next wait starts from the beginning.
 *
 * So the clients of a server that restarts come back spread over 5 s, and none of them later than twice the time that
 * the server was away, or 5 s after its return.
 */
export class Backoff {
  readonly #random: () => number
  #failures = 0
  #waitedMs = 0

  /** `random` gives numbers from 0 up to, not including, 1. */
  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#failures
  }

  /** Counts a failure of a connection that was up for `upMs`, 0 if it never was, and gives the wait in ms. */
  next(upMs: number): number {
    if (upMs >= goodAfterMs) this.reset()
    const ceiling = Math.min(lastCeilingMs, Math.max(firstCeilingMs, this.#waitedMs))
    const waitMs = Math.max(floorMs, Math.round(this.#random() * ceiling))
    this.#failures++
    this.#waitedMs += waitMs
    return waitMs
  }

  reset(): void {
    this.#failures = 0
    this.#waitedMs = 0
  }
}

const firstCeilingMs = 1_000
const lastCeilingMs = 30_000
const floorMs = 250
const goodAfterMs = 10_000

/**
 * How long to wait before the next attempt: a random part ("full jitter") of 1, 2, 4, ... at most 30 s, so that the
 * clients of a server that restarts do not come back all at once. Never less than 250 ms: no hot loop. A connection
 * that stayed up for 10 s was a good one, and the next wait starts from the beginning.
 */
export class Backoff {
  readonly #random: () => number
  #failures = 0

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
    if (upMs >= goodAfterMs) this.#failures = 0
    const ceiling = Math.min(lastCeilingMs, firstCeilingMs * 2 ** this.#failures)
    this.#failures++
    return Math.max(floorMs, Math.round(this.#random() * ceiling))
  }

  reset(): void {
    this.#failures = 0
  }
}

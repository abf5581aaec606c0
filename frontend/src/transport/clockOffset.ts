/** One answered ping. */
export interface PingSample {
  roundTripMs: number
  /** The server's clock minus ours, if the answer took as long as the question. */
  offsetMs: number
  /** The page was not busy when it asked: the round trip is that of the network. */
  steady: boolean
}

const kept = 12 // a minute of pings

/**
 * How far the server's clock is ahead of ours. Of the last dozen pings the quickest is believed: the less a ping
 * waited anywhere, the less its two ways can differ.
 */
export class ClockOffset {
  readonly #samples: PingSample[] = []

  add(sample: PingSample): void {
    this.#samples.push(sample)
    if (this.#samples.length > kept) this.#samples.shift()
  }

  /** Undefined before the first sample. */
  get offsetMs(): number | undefined {
    if (this.#samples.length === 0) return undefined
    return this.#samples.reduce((best, next) => (next.roundTripMs < best.roundTripMs ? next : best)).offsetMs
  }

  /** Another server, another clock. */
  clear(): void {
    this.#samples.length = 0
  }
}

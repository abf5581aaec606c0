/** One answered ping. */
export interface PingSample {
  roundTripMs: number
  /** The server's clock minus ours, if the answer took as long as the question. */
  offsetMs: number
}

const kept = 12 // a minute of pings

/**
 * How far the server's clock is ahead of ours. Of the last dozen pings the quickest is believed: the less a ping
 * waited anywhere, the less its two ways can differ.
 */
export class ClockOffset {
  readonly #samples: PingSample[] = []

  /** Takes in an answer and gives what is believed now. */
  add(sample: PingSample): number {
    this.#samples.push(sample)
    if (this.#samples.length > kept) this.#samples.shift()
    return this.#samples.reduce((best, next) => (next.roundTripMs < best.roundTripMs ? next : best)).offsetMs
  }
}

/**
 * The same from times that the server sends unasked. Each comes late by the time it was on its way, so it makes the
 * server's clock look slow: of the last dozen the one that makes it look least slow is believed.
 */
export class OneWayOffset {
  readonly #offsetsMs: number[] = []

  /** Takes in a time of the server as it arrives, both in ms, and gives what is believed now. */
  add(serverMs: number, oursMs: number): number {
    this.#offsetsMs.push(serverMs - oursMs)
    if (this.#offsetsMs.length > kept) this.#offsetsMs.shift()
    return Math.max(...this.#offsetsMs)
  }
}

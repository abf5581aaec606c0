const firstMs = 1000
const lastMs = 30_000

export interface BackoffOptions {
  /** Unix seconds. */
  now(): number
  /** Calls once after so many ms; the result takes it back. */
  after(delayMs: number, run: () => void): () => void
  /** Numbers from 0 up to, not including, 1. */
  random(): number
}

/** Rests after failures: 1, 2, 4, ... at most 30 seconds, of which up to a half is left out by chance. */
export class Backoff {
  readonly #options: BackoffOptions
  readonly #over: () => void
  #failures = 0
  #until: number | undefined
  #cancel: (() => void) | undefined

  /** `over` is called when a rest has passed. */
  constructor(options: BackoffOptions, over: () => void) {
    this.#options = options
    this.#over = over
  }

  /** Unix seconds at which the rest is over; undefined without one. */
  get until(): number | undefined {
    return this.#until
  }

  /** What fails during a rest has begun before it: that goes on as it is. */
  fail(): void {
    if (this.#cancel !== undefined) return
    const ceiling = Math.min(lastMs, firstMs * 2 ** this.#failures++)
    const restMs = ceiling * (0.5 + 0.5 * this.#options.random())
    this.#until = this.#options.now() + restMs / 1000
    this.#cancel = this.#options.after(restMs, () => {
      this.end()
      this.#over()
    })
  }

  /** Something succeeded: the next rest is a short one. */
  succeed(): void {
    this.#failures = 0
    this.end()
  }

  /** Ends a rest before its time. */
  end(): void {
    this.#cancel?.()
    this.#cancel = this.#until = undefined
  }
}

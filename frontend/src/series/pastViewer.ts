import type { PastViewer } from './past.ts'
import { isNeeded, type Need, sameTiles, type Wish, wishFor } from './pastPlan.ts'

/** More than this at once is no row of frames in which time goes on. */
const leapSeconds = 5

/** Keeps what somebody who looks at the past wants, and tells when other tiles may be needed for it. */
export class Viewer implements PastViewer {
  wish: Wish | undefined
  /** Tells that something came in that it may show, or that it waits for nothing any more. */
  readonly tell: () => void
  #loading = false
  #host = ''
  #metrics: readonly string[] = []
  readonly #interval: (host: string) => number
  readonly #onWish: (grown: boolean) => void
  readonly #onEnd: () => void

  constructor(
    onNews: () => void,
    interval: (host: string) => number,
    onWish: (grown: boolean) => void,
    onEnd: () => void,
  ) {
    this.tell = onNews
    this.#interval = interval
    this.#onWish = onWish
    this.#onEnd = onEnd
  }

  get loading(): boolean {
    return this.#loading
  }

  /** Takes over what is not there of all that anybody wants. */
  takeNeeds(needs: ReadonlyMap<string, Need>): void {
    const waited = this.#loading
    this.#loading = this.wish !== undefined && isNeeded(this.wish, needs)
    if (waited && !this.#loading) this.tell()
  }

  want(host: string, metrics: readonly string[], from: number, to: number, secondsPerPixel: number): void {
    this.#host = host
    this.#metrics = metrics
    const before = this.wish
    const nothing = !(from < to) || metrics.length === 0
    const wish = nothing ? undefined : wishFor(host, metrics, from, to, secondsPerPixel, this.#interval(host))
    this.wish = wish
    if (wish === undefined || before === undefined) {
      if (wish !== before) this.#onWish(false)
    } else if (!sameTiles(wish, before) || wish.to > before.to + leapSeconds) {
      this.#onWish(false)
    } else if (wish.to > before.to) {
      this.#onWish(true)
    }
  }

  /** What it would want of another stretch of time. */
  foresee(from: number, to: number, secondsPerPixel: number): Wish | undefined {
    if (this.#metrics.length === 0) return undefined
    const interval = this.#interval(this.#host)
    const wish = wishFor(this.#host, this.#metrics, from, to, secondsPerPixel, interval)
    // Not of what is still to come, which would have it loaded again and again.
    return { ...wish, to, foreseen: true }
  }

  end(): void {
    this.wish = undefined
    this.#onEnd()
  }
}

import type { TimeWindow } from './timeWindow.ts'

/** So many ms another view waits for what is on its way, to be painted once: mostly it is there by then. */
const longestMs = 150

/** The patience of a picture with what it was asked to show and has not yet. */
export class Patience {
  readonly #window: Pick<TimeWindow, 'inGesture'>
  /** NaN from when it was renewed to the next frame. */
  #endsMs = 0

  constructor(window: Pick<TimeWindow, 'inGesture'>) {
    this.#window = window
  }

  /** Another view is to be shown. */
  renew(): void {
    this.#endsMs = Number.NaN
  }

  /** What was there is gone: whatever there is is better. */
  end(): void {
    this.#endsMs = 0
  }

  /** Whether a frame is to wait, of a picture that is still loading or not. A hand that moves the view sees what is there. */
  waits(nowMs: number, loading: boolean): boolean {
    if (Number.isNaN(this.#endsMs)) this.#endsMs = nowMs + longestMs
    return loading && nowMs < this.#endsMs && !this.#window.inGesture
  }
}

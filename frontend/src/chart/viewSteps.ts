import type { View } from './view.ts'

/** Views to go back to. */
const mostSteps = 50

/** What was shown before, to go back to step by step. The parts of one gesture are one step. */
export class ViewSteps {
  readonly #views: View[] = []
  #gesture = false

  /** The views of now are parts of one step. */
  get inGesture(): boolean {
    return this.#gesture
  }

  get any(): boolean {
    return this.#views.length > 0
  }

  /** Keeps a view that another one takes the place of. A playback is none to go back to: it was left where it stood. */
  add(view: View): void {
    if (this.#gesture || view.mode === 'playing' || this.#views.at(-1) === view) return
    this.#views.push(view)
    if (this.#views.length > mostSteps) this.#views.shift()
  }

  /** The newest step, which is none any more. */
  pop(): View | undefined {
    return this.#views.pop()
  }

  beginGesture(view: View): void {
    this.add(view)
    this.#gesture = true
  }

  /** A gesture that came to nothing is no step. */
  endGesture(view: View): void {
    this.#gesture = false
    if (this.#views.at(-1) === view) this.#views.pop()
  }
}

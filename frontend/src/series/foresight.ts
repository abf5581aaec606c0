import { resolutionOf, type Stint } from './continuum.ts'
import type { Wish } from './pastPlan.ts'
import type { Viewer } from './pastViewer.ts'

/** A hand that rests for so long is about to do something. */
const restMs = 50
/** To read more seconds than this keeps a server busy for long: that is for those who do look at it. */
const mostSeconds = 86_400

/** Which stretch of time is about to be looked at, as a hand on a button tells. */
export class Foresight {
  readonly #after: (delayMs: number, run: () => void) => () => void
  readonly #onChange: () => void
  #next: Readonly<Stint> | undefined
  #rest: (() => void) | undefined

  constructor(after: (delayMs: number, run: () => void) => () => void, onChange: () => void) {
    this.#after = after
    this.#onChange = onChange
  }

  /** In place of what was foreseen before; nothing without a range. It counts once the hand rests. */
  foresee(range?: Readonly<Stint>): void {
    this.end()
    const length = range ? range.to - range.from : 0
    this.#rest = this.#after(restMs, () => {
      this.#next = length > 0 && length <= mostSeconds ? range : undefined
      this.#onChange()
    })
  }

  /** What those who look now will want. */
  wishes(viewers: Iterable<Viewer>): Wish[] {
    const next = this.#next
    if (next === undefined) return []
    const resolution = resolutionOf(next.from, next.to)
    return [...viewers].flatMap((viewer) => viewer.foresee(next.from, next.to, resolution) ?? [])
  }

  end(): void {
    this.#rest?.()
  }
}

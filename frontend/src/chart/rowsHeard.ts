import type { Column } from '../series/column.ts'
import type { HostSeries } from '../series/hostSeries.ts'
import type { Timeline } from '../series/timeline.ts'

/** Listens for new rows of a host, by which the window moves on, and of the timelines of pushed series. */
export class RowsHeard {
  readonly #host: HostSeries
  readonly #listener: () => void
  readonly #stops = new Map<Timeline, () => void>()

  constructor(host: HostSeries, listener: () => void) {
    this.#host = host
    this.#listener = listener
    this.follow([])
  }

  /** Listens for these columns from now on, and no longer for others. */
  follow(columns: readonly Column[]): void {
    const wanted = new Set([this.#host.timeline, ...columns.map((column) => column.timeline)])
    for (const [timeline, stop] of this.#stops) {
      if (wanted.has(timeline)) continue
      stop()
      this.#stops.delete(timeline)
    }
    for (const timeline of wanted) {
      if (!this.#stops.has(timeline)) this.#stops.set(timeline, timeline.subscribe(this.#listener))
    }
  }

  stop(): void {
    for (const stop of this.#stops.values()) stop()
    this.#stops.clear()
  }
}

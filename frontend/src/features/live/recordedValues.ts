import type { TimeRange } from '../../chart/timeWindow.ts'
import type { Column } from '../../series/column.ts'
import { Continuum, resolutionOf } from '../../series/continuum.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import type { Past, PastViewer } from '../../series/past.ts'

/** The values of a host at any instant, of its rows or of what is recorded; what is missing is asked for. */
export class RecordedValues {
  readonly #host: HostSeries
  readonly #past: Past
  readonly #continuum: Continuum
  readonly #metrics = new Set<string>()
  #viewer: PastViewer | undefined
  /** Seconds for which the slowest of them holds its value. */
  #hold = 0

  constructor(host: HostSeries, past: Past) {
    this.#host = host
    this.#past = past
    this.#continuum = new Continuum(host, past)
  }

  /** The value of a column at an instant of a range that is shown; undefined while there is none. */
  valueAt(column: Column, time: number, { from, to }: Readonly<TimeRange>): number | undefined {
    const resolution = resolutionOf(from, to)
    if (this.#continuum.isRecorded(column, time)) this.#want(column, time, resolution)
    return this.#continuum.valueAt(column, time, resolution)
  }

  /** Asks for nothing any more, until a value is read again. */
  end(): void {
    this.#viewer?.end()
    this.#viewer = undefined
    this.#metrics.clear()
    this.#hold = 0
  }

  /** All that was ever read is wanted of each instant: what charts ask for anyhow, and what only stands as a number. */
  #want({ series, timeline, every }: Column, time: number, resolution: number): void {
    this.#viewer ??= this.#past.viewer()
    this.#metrics.add(series.metric)
    this.#hold = Math.max(this.#hold, timeline.holdSeconds(every))
    this.#viewer.want(this.#host.host.name, [...this.#metrics], time - this.#hold, time, resolution)
  }
}

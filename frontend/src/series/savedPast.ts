import type { HistorySeries } from '../wire/history.ts'
import { type Figures, figuresOf } from './figures.ts'
import type { Past, PastState, Stretch } from './past.ts'
import { firstAtOrAfter } from './pastStretches.ts'

const complete: PastState = { loading: false, off: false, problem: undefined }

/** The past of one host as it was saved: all of it is there, and nothing is ever loaded. */
export class SavedPast implements Past {
  readonly #from: number
  readonly #to: number
  readonly #step: number
  readonly #byMetric: ReadonlyMap<string, HistorySeries>

  /** step as in a HistoryAnswer. */
  constructor(from: number, to: number, step: number, series: readonly HistorySeries[]) {
    this.#from = from
    this.#to = to
    this.#step = step
    this.#byMetric = new Map(series.map((one) => [one.series.metric, one]))
  }

  viewer() {
    return { loading: false, want: () => undefined, end: () => undefined }
  }

  stretches(_host: string, metric: string, from: number, to: number): readonly Stretch[] {
    const saved = this.#byMetric.get(metric)
    if (saved === undefined) return []
    const { times } = saved
    const start = Math.max(0, firstAtOrAfter(times, from) - 1)
    const end = Math.min(times.length, firstAtOrAfter(times, to) + 1)
    if (end <= start) return []
    const mean = saved.mean.subarray(start, end)
    const raw = saved.min === saved.mean
    return [
      {
        times: times.subarray(start, end),
        mean,
        min: raw ? mean : saved.min.subarray(start, end),
        max: raw ? mean : saved.max.subarray(start, end),
        step: this.#step,
      },
    ]
  }

  state(): PastState {
    return complete
  }

  subscribe() {
    return () => undefined
  }

  /** The figures of a series: as they were saved for the whole range, of a part from what is there of it. */
  figures(metric: string, from: number, to: number): Figures | undefined {
    const saved = this.#byMetric.get(metric)
    if (saved === undefined) return undefined
    if (saved.summary !== undefined && from <= this.#from && to >= this.#to)
      return { ...saved.summary, approximate: false }
    const { times, min, mean, max } = saved
    const figures = figuresOf(times, mean, from, to)
    if (this.#step === 0) return figures
    const lowest = figuresOf(times, min, from, to).min
    const highest = figuresOf(times, max, from, to).max
    return { ...figures, min: lowest, max: highest, approximate: true }
  }
}

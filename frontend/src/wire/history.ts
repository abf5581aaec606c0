import type { Series } from './types.gen.ts'

/** The steps of buckets that a server makes, in seconds, finest first; between them there is nothing. */
export const stepLadder: readonly number[] = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
]

/** The past of a host: what it measured from one instant to another. */
export interface HistoryAnswer {
  host: string
  /** Unix seconds. */
  from: number
  to: number
  /** Seconds that a bucket covers; 0 for the samples as they were measured. */
  step: number
  series: HistorySeries[]
}

/**
 * One series of it. Buckets: the one at times[i] covers [times[i], times[i] + step). Samples: min, mean and max are one
 * and the same array. NaN for none. Series that were measured together share their times.
 */
export interface HistorySeries {
  series: Series
  times: Float64Array
  min: Float64Array
  mean: Float64Array
  max: Float64Array
  /** Only where it was asked for. */
  summary?: HistorySummary
}

/** What the samples of a series in a range come to. Without any, all but `count` are NaN. */
export interface HistorySummary {
  count: number
  min: number
  mean: number
  /** 95 of 100 samples are not above it. */
  p95: number
  max: number
  last: number
  /** Unix seconds. */
  lastTime: number
}

/**
 * Why a server did not tell of the past. `off`: it keeps none. `refused`: it never will for this question, `code` and
 * the message say why. `away`: it may the next time.
 */
export class HistoryError extends Error {
  override readonly name = 'HistoryError'
  readonly kind: 'off' | 'refused' | 'away'
  /** As in the error table of the protocol; '' when no server answered. */
  readonly code: string

  constructor(kind: 'off' | 'refused' | 'away', message: string, code = '') {
    super(message)
    this.kind = kind
    this.code = code
  }
}

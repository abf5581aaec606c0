import type { Host, Series } from './types.gen.ts'

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

/** What a server says of the history that it keeps. Times are unix seconds, lengths of time seconds. */
export interface HistoryStatus {
  /** recording, full, failed, behind; or a word that a newer server knows. */
  state: string
  /** For people: why it does not record. */
  message?: string
  since?: number
  /** Of its samples; absent without any. */
  oldest?: number
  newest?: number
  /** On disk. */
  bytes: number
  samples: number
  series: number
  /** At the rate of the last hours; absent while that is not known. */
  bytesPerDay?: number
  /** How far back it will reach at that rate. */
  reachSeconds?: number
  retentionTime: number
  retentionBytes: number
  /** A loss of power costs at most so much of the newest; 0 for none. */
  sync: number
  /** Samples that could not be written. */
  lost: number
  damaged: { file: string; reason: string; time: number }[]
}

/** A host that history knows, and from when to when it measured. */
export interface PastHost {
  host: Host
  oldest: number
  newest: number
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

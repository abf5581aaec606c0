import type { HistoryAnswer } from '../wire/history.ts'

/**
 * A run of the past of one series, in order of time. step > 0: buckets, the one at times[i] covers
 * [times[i], times[i] + step). step 0: samples as they were measured; min, mean and max are one array. NaN is no sample.
 * The arrays belong to the store: read them, do not write, do not keep them beyond the frame.
 */
export interface Stretch {
  readonly times: Float64Array
  readonly min: Float64Array
  readonly mean: Float64Array
  readonly max: Float64Array
  /** Seconds. */
  readonly step: number
}

/** Asks a server for the past; `step` in seconds, 0 for samples. Rejects with a HistoryError, or when it is aborted. */
export type LoadPast = (
  host: string,
  metrics: readonly string[],
  from: number,
  to: number,
  step: number,
  signal: AbortSignal,
) => Promise<HistoryAnswer>

/** How loading goes for a host. */
export interface PastState {
  /** Something that is wanted is not there yet, and is asked for. */
  readonly loading: boolean
  /** The server keeps no history. */
  readonly off: boolean
  /** Why the last request failed; undefined once one succeeded. */
  readonly problem: string | undefined
  /** Unix seconds by the server's clock at which it is asked again after that; absent while it is asked. */
  readonly retryAt?: number | undefined
}

/**
 * Somebody who looks at the past: a chart, a table. What it wants next replaces what it wanted before; what nobody
 * wants any more is not loaded.
 */
export interface PastViewer {
  /** Something that it wants is not there yet, and is asked for. */
  readonly loading: boolean
  /**
   * Asks for the past of some series of a host from one instant to another (unix seconds), as fine as a pixel of so many
   * seconds shows. Cheap to call in each frame. Nothing is wanted when `from` is not before `to`.
   */
  want(host: string, metrics: readonly string[], from: number, to: number, secondsPerPixel: number): void
  /** Wants nothing any more. */
  end(): void
}

/** What charts need of the past. */
export interface Past {
  /** `onNews` is called when something came in that it may show, and when it waits for nothing any more. */
  viewer(onNews?: () => void): PastViewer
  /**
   * The best that is there now of a series from one instant to another, in order of time, not overlapping: coarser
   * buckets where finer ones are not there yet, nothing where nothing is. One sample or bucket before and after the
   * range is included where it is there, so that a line runs to both edges.
   */
  stretches(
    host: string,
    metric: string,
    from: number,
    to: number,
    secondsPerPixel: number,
  ): readonly Stretch[]
  state(host: string): PastState
  /** Tells when something of a host came in, or its state changed. The result ends it. */
  subscribe(host: string, listener: () => void): () => void
}

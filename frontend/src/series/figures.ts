import type { HistorySummary } from '../wire/history.ts'
import type { Column } from './column.ts'

/** What the samples of a range come to, and whether that is told from them all or from buckets of them. */
export interface Figures extends HistorySummary {
  /** Mean, p95 and last are estimated from buckets; the rest is exact but for what the outermost buckets hold. */
  approximate: boolean
}

/** The figures of values at times, in [from, to); NaN is no value. p95 is by the nearest rank, as a server does it. */
export function figuresOf(times: Float64Array, values: Float64Array, from: number, to: number): Figures {
  const kept: number[] = []
  let [sum, last, lastTime] = [0, NaN, NaN]
  for (let i = 0; i < times.length; i++) {
    const [time, value] = [times[i]!, values[i]!]
    if (!(time >= from && time < to) || Number.isNaN(value)) continue
    kept.push(value)
    sum += value
    last = value
    lastTime = time
  }
  const count = kept.length
  if (count === 0)
    return { count, min: NaN, mean: NaN, p95: NaN, max: NaN, last, lastTime, approximate: false }
  const sorted = Float64Array.from(kept).sort()
  const p95 = sorted[Math.ceil((count * 95) / 100) - 1]!
  return {
    count,
    min: sorted[0]!,
    mean: sum / count,
    p95,
    max: sorted[count - 1]!,
    last,
    lastTime,
    approximate: false,
  }
}

/** The figures of what the ring of a column holds of [from, to). */
export function ringFigures(column: Column, from: number, to: number): Figures {
  const rows = column.timeline.rows(from, to)
  return figuresOf(column.timeline.times(rows), column.valuesIn(rows), from, to)
}

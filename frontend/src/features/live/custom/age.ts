import { formatAge, formatInstant } from '../../../chart/format.ts'
import type { Column } from '../../../series/column.ts'

export interface Aged {
  value: number
  /** `4 s ago`, `at 14:32:07`, `at 21 Nov 14:32`. */
  age: string
  /** It is older than its like usually are: it stands back. */
  stale: boolean
}

/** The newest value of a series, however old, with its age at that time; undefined when it has none. */
export function agedOf(column: Column, nowSeconds: number): Aged | undefined {
  const { latest } = column
  if (!latest) return undefined
  const seconds = Math.max(0, nowSeconds - latest.time)
  const stale = seconds > column.timeline.holdSeconds(column.every)
  return {
    value: latest.value,
    age: stale ? `at ${formatInstant(latest.time, nowSeconds * 1000)}` : agoWords(seconds),
    stale,
  }
}

/** Whole seconds: tenths of them would only flicker. */
function agoWords(seconds: number): string {
  if (seconds < 1) return 'now'
  return seconds < 10 ? `${Math.floor(seconds)} s ago` : `${formatAge(seconds)} ago`
}

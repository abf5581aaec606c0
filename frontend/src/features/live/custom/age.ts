import { formatAge, formatClock } from '../../../chart/format.ts'
import type { Column } from '../../../series/column.ts'

export interface Aged {
  value: number
  /** `4 s ago`, `at 14:32:07`, `21 Nov 14:32`. */
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
  return { value: latest.value, age: stale ? dated(latest.time, nowSeconds) : agoWords(seconds), stale }
}

/** Whole seconds: tenths of them would only flicker. */
function agoWords(seconds: number): string {
  if (seconds < 1) return 'now'
  return seconds < 10 ? `${Math.floor(seconds)} s ago` : `${formatAge(seconds)} ago`
}

/** The time of day; the date too when that was another day. Both in the viewer's zone. */
function dated(time: number, nowSeconds: number): string {
  const date = new Date(time * 1000)
  if (date.toDateString() === new Date(nowSeconds * 1000).toDateString()) return `at ${formatClock(time)}`
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' }).format(date)
  return `${day} ${formatClock(time, false)}`
}

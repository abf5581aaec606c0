import type { Column } from '../series/column.ts'
import { summarize } from '../series/summary.ts'
import { formatDuration, formatText, type Unit } from './format.ts'
import type { TimeRange } from './timeWindow.ts'

/**
 * What a chart shows, for a screen reader: `CPU, last 5 min. user 24.1 %, between 12.0 % and 61.3 %. system ...`.
 */
export function chartSummary(
  label: string,
  unit: Unit,
  range: Readonly<TimeRange>,
  lines: readonly { line: { column: Column; label: string } }[],
): string {
  const { from, to } = range
  if (!(to >= from)) return `${label}, no data yet.`
  const sentences = lines.map(({ line }) => {
    const { count, min, max, last } = summarize(line.column.valuesIn(line.column.timeline.rows(from, to)))
    if (count === 0) return `${line.label} no values.`
    return `${line.label} ${formatText(last, unit)}, between ${formatText(min, unit)} and ${formatText(max, unit)}.`
  })
  return [`${label}, last ${formatDuration(Math.round(to - from))}.`, ...sentences].join(' ')
}

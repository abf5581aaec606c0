import type { Column } from '../series/column.ts'
import { type Continuum, resolutionOf } from '../series/continuum.ts'
import { formatClock, formatDay, formatDuration, formatText, type Unit } from './format.ts'
import type { PastNeed } from './pastNeed.ts'
import type { TimeRange, TimeWindow } from './timeWindow.ts'

/** Below this the seconds of a stretch of the past are said. */
const secondsBelow = 600

interface Shown {
  label: string
  unit: Unit
  lines: readonly { column: Column; label: string }[]
}

/**
 * What a chart shows, for a screen reader: `CPU, last 5 min. user 24.1 %, between 12.0 % and 61.3 %. system ...`. Of the
 * past `CPU, 21 Nov 14:00 to 15:00. user 20.2 % on average, between ...`.
 */
export function chartSummary(shown: Shown, window: TimeWindow, continuum: Continuum, past: PastNeed): string {
  const { label, unit, lines } = shown
  const range = window.range(continuum.host)
  if (!(range.to >= range.from)) return `${label}, no data yet.`
  const live = window.mode === 'live'
  const when = live ? `last ${formatDuration(Math.round(range.to - range.from))}` : pastWords(range)
  const columns = lines.map(({ column }) => column)
  if (!past.knows(range, columns)) return `${label}, ${when}, not loaded yet.`
  const resolution = resolutionOf(range.from, range.to)
  const sentences = lines.map((line) => {
    const extent = { low: Number.NaN, high: Number.NaN }
    continuum.extend(extent, line.column, range, resolution)
    if (Number.isNaN(extent.high)) return `${line.label} no values.`
    const value = live ? newestIn(line.column, range) : meanIn(continuum, line.column, range, resolution)
    const said = `${formatText(value, unit)}${live ? '' : ' on average'}`
    return `${line.label} ${said}, between ${formatText(extent.low, unit)} and ${formatText(extent.high, unit)}.`
  })
  return [`${label}, ${when}.`, ...sentences].join(' ')
}

/** `21 Nov 14:00 to 15:00`, `21 Nov 23:00 to 22 Nov 01:00`. */
function pastWords({ from, to }: TimeRange): string {
  const precise = to - from < secondsBelow
  const [firstDay, lastDay] = [formatDay(from), formatDay(to)]
  const end = formatClock(to, precise)
  return `${firstDay} ${formatClock(from, precise)} to ${lastDay === firstDay ? end : `${lastDay} ${end}`}`
}

function newestIn(column: Column, { from, to }: TimeRange): number | undefined {
  return column.valuesIn(column.timeline.rows(from, to)).findLast((value) => !Number.isNaN(value))
}

/** Each value counts for as long as it holds, a bucket for as much of it as lies in the range. */
function meanIn(continuum: Continuum, column: Column, range: TimeRange, resolution: number): number {
  const { from, to } = range
  const { timeline, every } = column
  const each = timeline.interval * every
  let [sum, seconds] = [0, 0]
  const count = (value: number, holds: number) => {
    sum += value * holds
    seconds += holds
  }
  for (const value of column.valuesIn(timeline.rows(from, to))) if (!Number.isNaN(value)) count(value, each)
  continuum.recorded(column, range, resolution, (start, end, mean) => {
    if (start > to || end < from) return
    count(mean, end > start ? Math.min(end, to) - Math.max(start, from) : each)
  })
  return sum / seconds
}

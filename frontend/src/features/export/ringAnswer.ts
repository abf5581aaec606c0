import { ringFigures } from '../../series/figures.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import type { HistoryAnswer, HistorySeries } from '../../wire/history.ts'
import type { Asked } from './services.ts'

/** The samples that the page itself holds, as a server would tell them: for a server that keeps no history. */
export function ringAnswer(host: HostSeries, { metrics, from, to }: Asked): HistoryAnswer {
  const shared = new Map<unknown, Float64Array>()
  const columns = metrics.length > 0 ? metrics.map((metric) => host.column(metric)) : allOf(host)
  const series: HistorySeries[] = []
  for (const column of columns) {
    if (column === undefined) continue
    const summary = ringFigures(column, from, to)
    if (summary.count === 0) continue
    const rows = column.timeline.rows(from, to)
    const times = shared.get(column.timeline) ?? column.timeline.times(rows).slice()
    shared.set(column.timeline, times)
    const values = column.valuesIn(rows).slice()
    series.push({ series: column.series, times, min: values, mean: values, max: values, summary })
  }
  return { host: host.host.name, from, to, step: 0, series }
}

function allOf(host: HostSeries) {
  return [...host.columns, ...host.custom]
}

import type { ChartOptions, Line } from '../../chart/liveChart.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import type { ChartPanel } from './panels/model.ts'

/** The heights of charts in CSS pixels; the layout keeps their place before there is a chart. */
export const chartHeights = { tall: 230, normal: 150 } as const

/** What a chart is told of its panel. Lines whose series the host does not have are left out. */
export function chartOptions(panel: ChartPanel, host: HostSeries, height: number): ChartOptions {
  const ceiling = panel.ceiling && ceilings[panel.ceiling]
  const total = panel.total === undefined ? undefined : host.column(panel.total)
  return {
    lines: panel.entries.flatMap((entry) => entry.lines.flatMap((line) => lineOf(entry, line, host))),
    stacked: panel.stacked ?? false,
    ...(total && { total }),
    unit: panel.unit,
    height,
    label: panel.title,
    ...(panel.floating && { floating: panel.floating }),
    ...(panel.max === undefined ? {} : { max: panel.max }),
    ...(ceiling ? { ceiling } : {}),
    ...(panel.ceiling === 'cores' ? { reference: ceilings.cores } : {}),
  }
}

const ceilings = {
  cores: ({ host }: HostSeries) => host.cpuCount ?? Number.NaN,
  memory: ({ host }: HostSeries) => host.memoryBytes ?? Number.NaN,
}

function lineOf(
  entry: ChartPanel['entries'][number],
  line: ChartPanel['entries'][number]['lines'][number],
  host: HostSeries,
): Line[] {
  const column = host.column(line.metric)
  if (!column) return []
  return [{ column, label: entry.label, color: entry.color, fill: line.fill, below: line.below ?? false }]
}

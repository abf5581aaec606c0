import { BasicPlatform, type Chart, type ChartConfiguration, type ChartDataset, type Plugin } from 'chart.js'
import type { Line } from './chartOptions.ts'
import type { RingLineStyle } from './ringLine.ts'
import type { ChartTheme } from './theme.ts'
import { plotTop } from './timeLabels.ts'

/** A dataset of Chart.js that stands for one of our lines and holds no data. */
export type LineDataset = ChartDataset<'ringLine', never[]> & { line: Line; style: RingLineStyle }

export type RingChart = Chart<'ringLine', never[]>

/** A dataset for each line; the same object for the same column, with which Chart.js keeps whether it is hidden. */
export function makeDatasets(
  lines: readonly Line[],
  theme: ChartTheme,
  known: readonly LineDataset[],
): LineDataset[] {
  return lines.map((line, index) => {
    const style = { color: theme.color(line.color), fill: line.fill ?? 0, below: line.below ?? false }
    // Chart.js paints from the highest order down: the first line lies at the bottom.
    const dataset = {
      type: 'ringLine',
      label: line.label,
      data: [],
      order: -index,
      line,
      style,
    } as LineDataset
    const same = known.find((other) => other.line.column === line.column)
    return same === undefined ? dataset : Object.assign(same, dataset)
  })
}

/** Chart.js with nothing but scales, layout and the order of datasets. It asks the page for nothing. */
export function makeConfiguration(
  datasets: LineDataset[],
  theme: ChartTheme,
  ratio: number,
  plugin: Plugin<'ringLine'>,
): ChartConfiguration<'ringLine', never[]> {
  return {
    type: 'ringLine',
    // Events and sizes are ours: the same would run in a worker.
    platform: BasicPlatform,
    data: { datasets },
    options: {
      responsive: false,
      maintainAspectRatio: false,
      animation: false,
      parsing: false,
      normalized: true,
      events: [],
      devicePixelRatio: ratio,
      // Half of the uppermost label stands above the plot.
      layout: {
        autoPadding: false,
        padding: () => ({ top: plotTop * theme.scale, right: 0, bottom: 0, left: 0 }),
      },
      scales: {
        x: { type: 'ringTime', axis: 'x', position: 'bottom' },
        y: { type: 'ringValue', axis: 'y', position: 'left' },
      },
    },
    plugins: [plugin],
  } as unknown as ChartConfiguration<'ringLine', never[]>
}

import { useMemo } from 'react'
import { formatInstant, formatText } from '../../chart/format.ts'
import type { Figures } from '../../series/figures.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { classes } from '../../ui/classes.ts'
import type { ShownLine, ShownPanel } from './shownPanel.ts'
import { useFigures } from './useFigures.ts'

export interface SummaryTableProps {
  panel: ShownPanel
  host: HostSeries
}

/** Of a day far from now: instants are told with their date. */
const withDate = 0
/** Of a long table the others are reached by scrolling, with keys too. */
const rowsInSight = 9
const heads = ['min', 'mean', 'p95', 'max', 'last'] as const

/** The figures of each line of a chart over the stretch of time that it shows. */
export function SummaryTable({ panel, host }: SummaryTableProps) {
  const { lines } = panel
  const metrics = useMemo(() => lines.map((line) => line.metric), [lines])
  const { byMetric, range, stale, problem } = useFigures(host, metrics)
  return (
    <div
      data-summary={panel.id}
      aria-busy={stale}
      tabIndex={lines.length > rowsInSight ? 0 : undefined}
      className="mt-2 max-h-[18.5rem] overflow-auto"
    >
      <table
        data-from={range.from}
        data-to={range.to}
        className={classes('w-full text-small tabular-nums', stale && 'text-mute')}
      >
        <caption className="sr-only">{`${panel.title}: ${captionOf(range)}`}</caption>
        <thead className="sticky top-0 bg-bg">
          <tr className="border-b border-line text-mute">
            <th scope="col" className="py-1 pr-3 text-left font-normal">
              series
            </th>
            {heads.map((head) => (
              <th key={head} scope="col" className="py-1 pl-3 text-right font-normal">
                {head === 'last' ? 'last sample' : head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <SeriesRow key={line.metric} line={line} unit={panel.unit} figures={byMetric.get(line.metric)} />
          ))}
        </tbody>
      </table>
      {problem !== undefined && <p className="pt-1 text-small text-warn">The figures are old: {problem}.</p>}
    </div>
  )
}

interface SeriesRowProps {
  line: ShownLine
  unit: string
  figures: Figures | undefined
}

function SeriesRow({ line, unit, figures }: SeriesRowProps) {
  const about = figures?.approximate === true ? '≈ ' : ''
  const cells = {
    min: formatText(figures?.min, unit),
    mean: about + formatText(figures?.mean, unit),
    p95: about + formatText(figures?.p95, unit),
    max: formatText(figures?.max, unit),
    last: about + formatText(figures?.last, unit),
  }
  const lastSeen = figures && `at ${formatInstant(figures.lastTime, withDate)}`
  return (
    <tr className="border-b border-line last:border-0" data-metric={line.metric}>
      <th
        scope="row"
        className="max-w-[12rem] truncate py-1 pr-3 text-left font-normal text-soft"
        title={line.metric}
      >
        {line.color !== undefined && (
          <i
            aria-hidden="true"
            className="swatch mr-1.5 inline-block"
            style={{ background: `var(${line.color})` }}
          />
        )}
        {line.label}
      </th>
      {heads.map((head) => (
        <td
          key={head}
          title={head === 'last' ? lastSeen : undefined}
          className="py-1 pl-3 text-right whitespace-nowrap text-text"
        >
          {cells[head]}
        </td>
      ))}
    </tr>
  )
}

function captionOf({ from, to }: { from: number; to: number }): string {
  if (Number.isNaN(from)) return 'not known yet'
  return `from ${formatInstant(from, withDate)} to ${formatInstant(to, withDate)}`
}

import { Suspense, use, useCallback, useEffect, useMemo } from 'react'
import { formatText } from '../../chart/format.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { Panel } from '../../ui/Panel.tsx'
import { ChartFigure } from './ChartFigure.tsx'
import { chartHeights, chartOptions } from './chartOptions.ts'
import { Alarms } from './Alarms.tsx'
import { Bar } from './Bar.tsx'
import { ghostText } from './figure.ts'
import { useHiddenLines } from './hiddenLines.ts'
import { Legend } from './Legend.tsx'
import { MomentReadout } from './MomentReadout.tsx'
import { PanelExtrasContext } from './panelExtras.ts'
import type { ChartPanel } from './panels/model.ts'
import type { Reader } from './reader.ts'
import { useRootScale } from './rootScale.ts'
import { useDrawing } from './useDrawing.ts'
import { useDrawn } from './useDrawn.ts'

export interface ChartPanelViewProps {
  panel: ChartPanel
  host: HostSeries | undefined
  className: string
}

const boxHeight = { tall: 'h-[14.375rem]', normal: 'h-[9.375rem]' } as const
const nothingHidden: readonly string[] = []

/** A chart with its title, its values and its legend. Without a host it keeps the place. */
export function ChartPanelView({ panel, host, className }: ChartPanelViewProps) {
  const hiddenLabels = useHiddenLines((lines) => lines.byPanel[panel.id]) ?? nothingHidden
  const toggle = useHiddenLines((lines) => lines.toggle)
  const hidden = useMemo(() => new Set(hiddenLabels), [hiddenLabels])
  const extras = use(PanelExtrasContext)
  return (
    <Panel
      title={panel.title}
      badge={
        <>
          {panel.alarms && <Alarms alarms={panel.alarms} />}
          {host && extras.tools?.(panel, host)}
        </>
      }
      aside={<MomentReadout figures={panel.now} />}
      className={className}
    >
      <Suspense fallback={<EmptyBox className={boxHeight[panel.size]} />}>
        {host ? (
          <ChartCanvas panel={panel} host={host} hidden={hidden} />
        ) : (
          <EmptyBox className={boxHeight[panel.size]} />
        )}
      </Suspense>
      <Legend panel={panel} hidden={hidden} onToggle={(entry) => toggle(panel.id, entry.label)} />
      {panel.bars?.map((bar) => (
        <Bar key={bar.label} bar={bar} />
      ))}
      {host && extras.below?.(panel, host)}
    </Panel>
  )
}

/** Where a chart will stand: its lines of reference and nothing else. */
export function EmptyBox({ className }: { className: string }) {
  return (
    <div aria-hidden="true" className={className}>
      <div className="flex h-[calc(100%-1.125rem)] flex-col justify-between pt-1.5 pl-11">
        <i className="h-px bg-line" />
        <i className="h-px bg-line" />
        <i className="h-px bg-line" />
      </div>
    </div>
  )
}

interface ChartCanvasProps {
  panel: ChartPanel
  host: HostSeries
  hidden: ReadonlySet<string>
}

/** The picture of a panel, with its text for those who cannot see it. */
export function ChartCanvas({ panel, host, hidden }: ChartCanvasProps) {
  const { LiveChart: Chart } = useDrawing()
  const scale = useRootScale()
  const options = useMemo(
    () => chartOptions(panel, host, Math.round(chartHeights[panel.size] * scale)),
    [panel, host, scale],
  )
  const { canvas, drawn: chart, summary } = useDrawn(Chart, host, options)

  useEffect(() => {
    for (const entry of panel.entries) {
      for (const line of entry.lines) chart.current?.setHidden(line.metric, hidden.has(entry.label))
    }
  }, [panel, hidden, options, host, chart])

  const describe = useCallback((reader: Reader) => describePanel(panel, reader), [panel])
  return (
    <ChartFigure
      title={panel.title}
      canvas={canvas}
      summary={summary}
      describe={describe}
      className={boxHeight[panel.size]}
    />
  )
}

/** The values of all lines in words: `user 24.1 %, system 9.8 %`, and with a faint picture `yesterday 30.2 %`. */
function describePanel(panel: ChartPanel, reader: Reader): string {
  const values = describeLines(panel, reader)
  const ghost = ghostText(panel.now, reader)
  return ghost === '' ? values : `${values}, ${ghost}`
}

function describeLines(panel: ChartPanel, reader: Reader): string {
  return panel.entries
    .map((entry) => {
      const values = entry.lines.map((line) =>
        [line.mark, formatText(reader.value(line.metric), panel.unit)].filter(Boolean).join(' '),
      )
      return `${entry.label} ${values.join(' ')}`
    })
    .join(', ')
}

import { Suspense, use, useCallback, useMemo } from 'react'
import type { HeatRow } from '../../chart/heatStrip.ts'
import type { Column } from '../../series/column.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { Panel } from '../../ui/Panel.tsx'
import { ChartFigure } from './ChartFigure.tsx'
import { chartHeights } from './chartOptions.ts'
import { EmptyBox } from './ChartPanelView.tsx'
import { peakOf } from './figure.ts'
import { MomentLabel } from './MomentReadout.tsx'
import { PanelExtrasContext } from './panelExtras.ts'
import type { HeatPanel } from './panels/model.ts'
import type { Reader } from './reader.ts'
import { useReadout } from './reading.ts'
import { useRootScale } from './rootScale.ts'
import { useDrawing } from './useDrawing.ts'
import { useDrawn } from './useDrawn.ts'

export interface CoresPanelViewProps {
  panel: HeatPanel
  host: HostSeries | undefined
  className: string
}

/** Every core as a row of colour over time: readable for two of them and for 128. */
export function CoresPanelView({ panel, host, className }: CoresPanelViewProps) {
  const extras = use(PanelExtrasContext)
  return (
    <Panel
      title={panel.title}
      badge={host && extras.tools?.(panel, host)}
      aside={host && <BusiestReadout panel={panel} />}
      className={className}
    >
      <Suspense fallback={<EmptyBox className="h-[14.375rem]" />}>
        {host ? <HeatCanvas panel={panel} host={host} /> : <EmptyBox className="h-[14.375rem]" />}
      </Suspense>
      <div className="mt-1.5 flex h-5 items-center gap-3.5 text-small text-soft" aria-hidden="true">
        <span>0 %</span>
        <i className="heat-scale h-1.5 flex-1 rounded-[3px]" />
        <span>100 %</span>
      </div>
      {host && extras.below?.(panel, host)}
    </Panel>
  )
}

function BusiestReadout({ panel }: { panel: HeatPanel }) {
  const busiest = useReadout((reader) => peakOf(panel.rows, reader)?.label, undefined)
  const count = panel.rows.length === 1 ? '1 core' : `${panel.rows.length} cores`
  return (
    <>
      <MomentLabel />
      {count}
      {busiest !== undefined && (
        <>
          , busiest <b className="font-semibold text-text">#{busiest}</b>
        </>
      )}
    </>
  )
}

function HeatCanvas({ panel, host }: { panel: HeatPanel; host: HostSeries }) {
  const { HeatStrip: Strip } = useDrawing()
  const scale = useRootScale()
  const options = useMemo(
    () => ({
      rows: panel.rows.flatMap(({ metric, label }) => heatRow(host.column(metric), label)),
      height: Math.round(chartHeights.tall * scale),
      label: panel.title,
      unit: 'percent',
    }),
    [panel, host, scale],
  )
  const { canvas, summary } = useDrawn(Strip, host, options)
  const describe = useCallback((reader: Reader) => describeCores(panel, reader), [panel])
  return (
    <ChartFigure
      title={panel.title}
      canvas={canvas}
      summary={summary}
      describe={describe}
      className="h-[14.375rem]"
    />
  )
}

function heatRow(column: Column | undefined, label: string): HeatRow[] {
  return column ? [{ column, label }] : []
}

function describeCores(panel: HeatPanel, reader: Reader): string {
  const peak = peakOf(panel.rows, reader)
  return peak ? `busiest core ${peak.label}, ${peak.value.toFixed(1)} %` : 'no values'
}

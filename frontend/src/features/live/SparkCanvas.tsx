import { useEffect, useMemo, useRef } from 'react'
import type { Derived } from '../../chart/sparkline.ts'
import type { Column } from '../../series/column.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { useChartServices } from './chartServices.ts'
import { highestOf } from './highest.ts'
import { useRootScale } from './rootScale.ts'
import { useDrawing } from './useDrawing.ts'

export interface SparkCanvasProps {
  host: HostSeries
  /** The highest of them is drawn. */
  metrics: readonly string[]
  /** A colour token. */
  color: string
  /** Where the line ends at the top at least. */
  ceiling: number | undefined
}

/** A small line without axes. Decoration: what it shows is stated beside it. */
export function SparkCanvas({ host, metrics, color, ceiling }: SparkCanvasProps) {
  const { Sparkline } = useDrawing()
  const services = useChartServices(host)
  const canvas = useRef<HTMLCanvasElement>(null)
  const height = Math.round(30 * useRootScale())
  const source = useMemo(
    () => sourceOf(metrics.flatMap((metric) => host.column(metric) ?? [])),
    [host, metrics],
  )

  useEffect(() => {
    if (!canvas.current || !source) return
    const unit = ('values' in source ? source.pace : source).series.unit
    const fixed = ceiling === undefined ? {} : { ceiling: () => ceiling }
    const made = new Sparkline(canvas.current, services, { source, unit, color, height, ...fixed })
    return () => made.destroy()
  }, [Sparkline, services, source, color, height, ceiling])

  return <canvas ref={canvas} aria-hidden="true" className="block h-full w-full" />
}

function sourceOf(columns: readonly Column[]): Column | Derived | undefined {
  const [first] = columns
  return columns.length > 1 ? highestOf(columns) : first
}

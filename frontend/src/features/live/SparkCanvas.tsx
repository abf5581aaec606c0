import { useEffect, useMemo, useRef } from 'react'
import type { HostSeries } from '../../series/hostSeries.ts'
import { useChartServices } from './chartServices.ts'
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
  const columns = useMemo(() => metrics.flatMap((metric) => host.column(metric) ?? []), [host, metrics])

  useEffect(() => {
    const [first] = columns
    if (!canvas.current || !first) return
    const { unit } = first.series
    const fixed = ceiling === undefined ? {} : { ceiling: () => ceiling }
    const made = new Sparkline(canvas.current, services, { columns, unit, color, height, ...fixed })
    return () => made.destroy()
  }, [Sparkline, services, columns, color, height, ceiling])

  return <canvas ref={canvas} aria-hidden="true" className="block h-full w-full" />
}

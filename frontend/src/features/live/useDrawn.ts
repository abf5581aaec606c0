import { useCallback, useEffect, useRef, type RefObject } from 'react'
import type { ChartServices } from '../../chart/services.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { useChartServices } from './chartServices.ts'

/** What lives on a canvas, outside React. */
interface OnCanvas<Options> {
  update: (options: Options) => void
  summary: () => string
  destroy: () => void
}

type Maker<Options, Drawn> = new (
  canvas: HTMLCanvasElement,
  services: ChartServices,
  options: Options,
) => Drawn

interface DrawnOn<Drawn> {
  canvas: RefObject<HTMLCanvasElement | null>
  drawn: RefObject<Drawn | undefined>
  /** What is drawn, in words; empty while nothing is. */
  summary: () => string
}

/** Makes a drawing of a host for as long as its canvas stands, and hands on what changes of its options. */
export function useDrawn<Options, Drawn extends OnCanvas<Options>>(
  Kind: Maker<Options, Drawn>,
  host: HostSeries,
  options: Options,
): DrawnOn<Drawn> {
  const services = useChartServices(host)
  const canvas = useRef<HTMLCanvasElement>(null)
  const drawn = useRef<Drawn>(undefined)
  const latestOptions = useRef(options)

  useEffect(() => {
    if (!canvas.current) return
    const made = new Kind(canvas.current, services, latestOptions.current)
    drawn.current = made
    return () => {
      drawn.current = undefined
      made.destroy()
    }
  }, [Kind, services])

  useEffect(() => {
    if (latestOptions.current !== options) drawn.current?.update(options)
    latestOptions.current = options
  }, [options])

  const summary = useCallback(() => drawn.current?.summary() ?? '', [])
  return { canvas, drawn, summary }
}

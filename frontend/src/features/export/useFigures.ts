import { useEffect, useState } from 'react'
import type { TimeRange } from '../../chart/timeWindow.ts'
import type { Figures } from '../../series/figures.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { type ExportServices, useExportServices } from './services.ts'

/** Zooming and panning have come to rest. */
const settleMs = 250
/** A table of a picture that moves is worked out anew so often, at most. */
const leastRefreshMs = 2000
/** Or as often as the picture has moved on by a part like this. */
const refreshPart = 1 / 300

export interface ShownFigures {
  byMetric: ReadonlyMap<string, Figures>
  /** What they are of. */
  range: TimeRange
  /** They are of another range than the one in sight. */
  stale: boolean
  problem: string | undefined
}

const none: ShownFigures = {
  byMetric: new Map(),
  range: { from: NaN, to: NaN },
  stale: true,
  problem: undefined,
}

/** The figures of series over what is in sight, once that has come to rest; a picture that moves is followed. */
export function useFigures(host: HostSeries, metrics: readonly string[]): ShownFigures {
  const services = useExportServices()
  const [shown, setShown] = useState(none)
  useEffect(() => followFigures(services, host, metrics, setShown), [services, host, metrics])
  return shown
}

type Tell = (change: (before: ShownFigures) => ShownFigures) => void

function followFigures(
  { window, figures }: ExportServices,
  host: HostSeries,
  metrics: readonly string[],
  tell: Tell,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let loading: AbortController | undefined
  const load = () => {
    const range = { ...window.range(host) }
    if (Number.isNaN(range.to)) {
      later()
      return
    }
    loading?.abort()
    const { signal } = (loading = new AbortController())
    figures(host, { metrics, ...range }, signal).then(
      (byMetric) => {
        if (!signal.aborted) tell(() => ({ byMetric, range, stale: false, problem: undefined }))
      },
      (error: unknown) => {
        const problem = error instanceof Error ? error.message : 'not known'
        if (!signal.aborted) tell((before) => ({ ...before, problem }))
      },
    )
    later()
  }
  const later = () => {
    clearTimeout(timer)
    if (!window.moves && !Number.isNaN(window.range(host).to)) return
    const moveMs = 1000 * window.stretch(host) * refreshPart
    timer = setTimeout(load, Math.max(leastRefreshMs, Number.isFinite(moveMs) ? moveMs : 0))
  }
  const changed = () => {
    tell((before) => (before.stale ? before : { ...before, stale: true }))
    clearTimeout(timer)
    timer = setTimeout(load, settleMs)
  }
  load()
  const stop = window.subscribe(changed)
  return () => {
    stop()
    clearTimeout(timer)
    loading?.abort()
  }
}

import type { TimeWindow } from '../../chart/timeWindow.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { levelFor } from '../../series/pastLevels.ts'
import { resolutionOf } from '../../series/continuum.ts'
import type { Past } from '../../series/past.ts'
import type { HistoryKnown } from './historyFacts.ts'

/** Why a stretch of the past has nothing to show. */
export type Emptiness = 'before' | 'empty' | 'off'

/** Columns of a picture: what is loaded for it decides. */
const columns = 1000

/** Why what is shown of the past is empty; undefined while it is not, or nobody can say yet. */
export function emptinessOf(
  window: TimeWindow,
  host: HostSeries,
  past: Past,
  known: HistoryKnown,
): Emptiness | undefined {
  if (window.mode === 'live') return undefined
  const { from, to } = window.range(host)
  if (Number.isNaN(to) || (to >= host.oldestTime && from <= host.newestTime)) return undefined
  if (known.kind === 'off') return 'off'
  const recorded = known.hosts.find((one) => one.host.name === host.host.name)
  if (recorded && to < recorded.oldest) return 'before'
  const { loading, problem } = past.state(host.host.name)
  if (known.kind !== 'on' || loading || problem !== undefined) return undefined
  const first = host.columns[0] ?? host.custom[0]
  if (!first) return recorded ? undefined : 'empty'
  const perPixel = (to - from) / columns
  const found = past.stretches(host.host.name, first.series.metric, from, to, perPixel)
  const some = found.some(({ times, step }) => times.some((time) => time <= to && time + step >= from))
  return some ? undefined : 'empty'
}

/** What is shown of the past is coarser than it would be if all of it had come in. */
export function isOverview(window: TimeWindow, host: HostSeries, past: Past): boolean {
  const { from, to } = window.range(host)
  const first = host.columns[0] ?? host.custom[0]
  if (Number.isNaN(to) || !first) return false
  const resolution = resolutionOf(from, to)
  const { step: wanted } = levelFor(resolution, host.interval)
  const found = past.stretches(host.host.name, first.series.metric, from, to, resolution)
  return found.some(
    ({ times, step }) => step > wanted && times.some((time) => time < to && time + step > from),
  )
}

import { useCallback, useEffect, useState } from 'react'
import { fetchHistory } from '../../api/history.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import type { Stretch } from '../../series/past.ts'
import { addDays, monthWeeks, startOfDay, type Day } from './days.ts'
import { useHistoryServices } from './services.ts'
import { useHistoryKnown } from './useShown.ts'

/** Days begin at an hour nearly everywhere; elsewhere the hour counts for both days. */
const hour = 3600

interface Bounds {
  oldest: number
  newest: number
}

/** Says of the days of a month, and of those around it, whether anything of a host is recorded. */
export function useRecordedDays(
  host: HostSeries | undefined,
  month: Day | undefined,
  now: number,
): (day: Day) => boolean {
  const { serverAddress } = useHistoryServices()
  const { status, hosts } = useHistoryKnown()
  const [buckets, setBuckets] = useState<Stretch>()
  useEffect(() => {
    const asking = new AbortController()
    const ask = host && month && hoursOf(serverAddress, host, month, asking.signal)
    ask?.then(
      (found) => asking.signal.aborted || setBuckets(found),
      // Then any day between the first and the last may have some.
      () => undefined,
    )
    return () => {
      asking.abort()
      setBuckets(undefined)
    }
  }, [serverAddress, host, month])
  const recorded = hosts.find((one) => one.host.name === host?.host.name) ?? status
  const { oldest = now, newest = now } = recorded ?? {}
  return useCallback((day) => isRecorded(day, { oldest, newest }, buckets), [oldest, newest, buckets])
}

/** `buckets` are the past of one series; undefined while it is not known, when all days within the bounds count. */
export function isRecorded(day: Day, { oldest, newest }: Bounds, buckets: Stretch | undefined): boolean {
  const [from, to] = [startOfDay(day), startOfDay(addDays(day, 1))]
  if (from > newest || to <= oldest) return false
  // What came last may not have been there yet when it was asked for.
  if (!buckets || newest < to) return true
  const { times, mean, step } = buckets
  return times.some((time, i) => time < to && time + step > from && !Number.isNaN(mean[i]))
}

/** The first series of a host, which is there whenever it measures, over a month as the calendar shows it. */
async function hoursOf(
  server: string,
  host: HostSeries,
  month: Day,
  signal: AbortSignal,
): Promise<Stretch | undefined> {
  const metric = (host.columns[0] ?? host.custom[0])?.series.metric
  const days = monthWeeks(month).flat()
  const [first, last] = [days[0], days.at(-1)]
  if (metric === undefined || !first || !last) return undefined
  const [from, to] = [startOfDay(first), startOfDay(addDays(last, 1))]
  const query = { host: host.host.name, metrics: [metric], from, to, step: hour }
  const { series, step } = await fetchHistory(new URL(server), query, signal)
  const found = series[0]
  const nothing = new Float64Array()
  const { times, min, mean, max } = found ?? { times: nothing, min: nothing, mean: nothing, max: nothing }
  return { times, min, mean, max, step }
}

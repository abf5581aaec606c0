import { useEffect, useMemo, useState } from 'react'
import { fetchHistory } from '../api/history.ts'
import { useHistoryKnown } from '../features/history/useShown.ts'
import { HostSeries } from '../series/hostSeries.ts'
import type { KnownHost } from '../series/seriesStore.ts'
import type { PastHost } from '../wire/history.ts'
import { useServices } from './services.ts'

/** The series of a host that has gone are those that it had at its end, within so many seconds. */
const endSeconds = 600
const usualInterval = 1

/** The hosts of which only the recorded past is left. */
export function usePastHosts(known: readonly KnownHost[]): readonly PastHost[] {
  const { hosts } = useHistoryKnown()
  return useMemo(() => {
    const names = new Set(known.map((one) => one.host.name))
    return hosts.filter((one) => !names.has(one.host.name))
  }, [known, hosts])
}

/** A host without rows, whose series are those that it had when it was last heard of. Undefined until they are known. */
export function usePastSeries(past: PastHost | undefined): HostSeries | undefined {
  const { serverAddress } = useServices().live
  const [found, setFound] = useState<HostSeries>()
  const name = past?.host.name
  const newest = past?.newest
  useEffect(() => {
    if (past === undefined || newest === undefined) return
    const asking = new AbortController()
    const query = { host: past.host.name, metrics: [], from: newest - endSeconds, to: newest + 1, points: 1 }
    fetchHistory(new URL(serverAddress), query, asking.signal).then(
      ({ series }) =>
        setFound(
          pastSeries(
            past,
            series.map((one) => one.series),
          ),
        ),
      // Without them the page has its frame, and says that nothing is there.
      () => asking.signal.aborted || setFound(pastSeries(past, [])),
    )
    return () => asking.abort()
    // The same host comes anew with each answer about the history.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [name, newest, serverAddress])
  return found?.host.name === name ? found : undefined
}

function pastSeries(past: PastHost, series: Parameters<HostSeries['applyCatalog']>[0]['series']): HostSeries {
  const host = new HostSeries(past.host, usualInterval)
  host.applyCatalog({ type: 'catalog', host: past.host.name, series })
  return host
}

import { useMemo, useSyncExternalStore } from 'react'
import type { HostSeries } from '../../series/hostSeries.ts'
import type { Series } from '../../wire/types.gen.ts'

const noColumns: readonly never[] = []
const neverChanges = () => () => undefined

/** The catalogue of a host; a series that appears later is in it as soon as the server tells of it. */
export function useSeries(host: HostSeries | undefined): readonly Series[] {
  const subscribe = useMemo(
    () => (host ? (listener: () => void) => host.subscribe('columns', listener) : neverChanges),
    [host],
  )
  const columns = useSyncExternalStore(subscribe, () => host?.columns ?? noColumns)
  return useMemo(() => columns.map((column) => column.series), [columns])
}

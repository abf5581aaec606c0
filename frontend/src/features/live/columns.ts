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

/** Whether all that is known of a host is what somebody pushes: it has no vital signs, and none are awaited. */
export function useOnlyPushed(host: HostSeries | undefined): boolean {
  const subscribe = useMemo(
    () => (host ? (listener: () => void) => host.subscribe('columns', listener) : neverChanges),
    [host],
  )
  return useSyncExternalStore(subscribe, () => host?.columns.length === 0 && host.custom.length > 0)
}

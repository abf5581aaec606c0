import { useSyncExternalStore } from 'react'
import type { HostSeries } from '../series/hostSeries.ts'
import type { KnownHost } from '../series/seriesStore.ts'
import { useServices } from './services.ts'

export interface Hosts {
  /** All that the server told of, and how they are. */
  hosts: readonly KnownHost[]
  /** The one to show; undefined when there is none of that name. */
  host: HostSeries | undefined
  /** False until the server has named its hosts. */
  known: boolean
}

/** The hosts of the server, and the one of that name; without a name the server's own. */
export function useHosts(name: string | undefined): Hosts {
  const { store } = useServices()
  const hosts = useSyncExternalStore(
    (listener) => store.subscribe(listener),
    () => store.known,
  )
  const wanted = name ?? store.own
  const host = wanted === undefined ? undefined : store.hosts.get(wanted)
  return { hosts, host, known: store.own !== undefined }
}

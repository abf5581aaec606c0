import { useMemo, useSyncExternalStore } from 'react'
import { useServices } from './services.ts'

/** The hosts of the server, and the one to show. `known` is false until the server has named its hosts. */
export function useHosts(name: string | undefined) {
  const { store } = useServices()
  const version = useSyncExternalStore(
    (listener) => store.subscribe(listener),
    () => [...store.hosts.keys(), store.own].join('\n'),
  )
  return useMemo(() => {
    const own = store.own
    const wanted = name ?? own
    const host = wanted === undefined ? undefined : store.hosts.get(wanted)
    return {
      hosts: [...store.hosts.values()].map((one) => one.host),
      host,
      known: own !== undefined,
      version,
    }
  }, [store, name, version])
}

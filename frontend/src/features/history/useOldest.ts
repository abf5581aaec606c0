import { useEffect } from 'react'
import { useHistoryServices } from './services.ts'
import { useHistoryKnown } from './useShown.ts'

/** Tells the time window how far back the recorded past of each host reaches: so far it can be moved. */
export function useOldest(): void {
  const { window } = useHistoryServices()
  const { hosts } = useHistoryKnown()
  useEffect(() => {
    for (const { host, oldest } of hosts) window.limits.setOldest(host.name, oldest)
  }, [window, hosts])
}

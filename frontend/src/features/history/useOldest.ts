import { useEffect } from 'react'
import { useHistoryServices } from './services.ts'
import { useHistoryKnown } from './useShown.ts'

/**
 * Tells the time window how far back the recorded past of each host reaches: so far it can be moved. A server that has
 * said nothing of its history leaves that open.
 */
export function useOldest(): void {
  const { window } = useHistoryServices()
  const { kind, status, hosts } = useHistoryKnown()
  const known = kind === 'off' || status !== undefined
  useEffect(() => {
    for (const { host, oldest } of hosts) window.limits.setOldest(host.name, oldest)
    if (known) window.limits.endWait()
  }, [window, known, hosts])
}

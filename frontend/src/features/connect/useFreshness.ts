import { useSyncExternalStore } from 'react'
import { formatInstant } from '../../chart/format.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import type { ConnectionStatus } from '../../transport/session.ts'
import { ticker } from '../../ui/ticker.ts'
import { ageSeconds, isStale, judge, usualInterval, type Freshness } from './freshness.ts'
import { useConnectServices } from './services.ts'

const lookEveryMs = 100

export interface FreshnessReading {
  freshness: Freshness
  stale: boolean
}

/** The state of the connection; a new object with each change. */
export function useConnection(): ConnectionStatus {
  const { session } = useConnectServices()
  return useSyncExternalStore(
    (listener) => session.subscribe(listener),
    () => session.status,
  )
}

/** Only the state of the connection: a new figure of a ping renders nothing. */
export function useConnectionState(): ConnectionStatus['state'] {
  const { session } = useConnectServices()
  return useSyncExternalStore(
    (listener) => session.subscribe(listener),
    () => session.status.state,
  )
}

/** The age of the newest sample of a host in tenths of a second, looked at ten times a second while the page is seen. */
export function useAge(host: HostSeries | undefined): number {
  return useLook(host, (age) => (Number.isNaN(age) ? age : Math.floor(age * 10) / 10))
}

/** When the newest sample of a host was taken: `14:32:07`, of another day with its date. */
export function useLastHeard(host: HostSeries | undefined): string {
  return useLook(host, () => formatInstant(host?.newestTime ?? Number.NaN, Date.now()))
}

/** How far the page of a host can be trusted. Whoever uses it renders again only when that changes. */
export function useFreshness(host: HostSeries | undefined): FreshnessReading {
  const { session } = useConnectServices()
  const state = useConnectionState()
  const code = useLook(host, (age) => {
    const { status } = session
    const interval = host === undefined ? 1 : usualInterval(host)
    const freshness = judge(status.state, age, interval, (Date.now() - status.since) / 1000)
    return `${freshness} ${isStale(freshness, age, interval)}`
  })
  const [freshness, stale] = code.split(' ') as [Freshness, string]
  // The connection tells of its changes at once; the look comes up to a tenth of a second later.
  const now = state === 'live' || state === 'connecting' ? freshness : state
  return { freshness: now, stale: stale === 'true' }
}

/** Reads something of the age ten times a second; what it makes of it decides how often somebody renders again. */
function useLook<Value extends string | number>(
  host: HostSeries | undefined,
  look: (age: number) => Value,
): Value {
  const { session } = useConnectServices()
  return useSyncExternalStore(everyTenth, () => {
    const { clockOffsetMs } = session.status
    return look(ageSeconds(host?.newestTime ?? Number.NaN, Date.now(), clockOffsetMs))
  })
}

const everyTenth = ticker(lookEveryMs)

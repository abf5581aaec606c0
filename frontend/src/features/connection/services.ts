import { createContext, use, useSyncExternalStore } from 'react'
import { Pulse, type FrameScheduler } from '../../chart/scheduler.ts'
import type { KnownHost, SeriesStore } from '../../series/seriesStore.ts'
import type { ServerAddress } from '../../transport/serverUrl.ts'
import type { ConnectionStatus } from '../../transport/connectionStatus.ts'
import type { Session } from '../../transport/session.ts'
import { ticker } from '../../ui/ticker.ts'
import { CheckRun, type Step } from './checks/checkRun.ts'
import type { Journal } from './journal.ts'
import { browserPlace } from './place.ts'

/** What the Connection page needs of the app around it. One of each for the whole app. */
export interface ConnectionServices {
  session: Session
  journal: Journal
  store: SeriesStore
  server: ServerAddress
  /** Outlives the page: who comes back finds what was found. */
  checks: CheckRun
  /** Beats at most once a frame, when a frame came in or the session measured something. */
  pulse: Pulse
}

export const ConnectionServicesContext = createContext<ConnectionServices | undefined>(undefined)

/** Makes what belongs to the page alone. */
export function makeConnection(
  session: Session,
  journal: Journal,
  store: SeriesStore,
  server: ServerAddress,
  scheduler: FrameScheduler,
): ConnectionServices {
  const checks = new CheckRun(() => browserPlace(session, journal, server))
  const pulse = new Pulse(scheduler, (listener) => {
    const stops = [journal.subscribe(listener), session.subscribe(listener)]
    return () => stops.forEach((stop) => stop())
  })
  return { session, journal, store, server, checks, pulse }
}

export function useConnectionServices(): ConnectionServices {
  const services = use(ConnectionServicesContext)
  if (!services) throw new Error('the Connection page stands outside its services')
  return services
}

/** Something read of the journal and the session at each beat; equal texts and numbers render nothing. */
export function useReading<Value extends string | number | boolean | undefined>(
  read: (journal: Journal, status: ConnectionStatus) => Value,
): Value {
  const { journal, session, pulse } = useConnectionServices()
  return useSyncExternalStore(pulse.subscribe, () => read(journal, session.status))
}

/** The status of the session; a new object with each change. */
export function useStatus(): ConnectionStatus {
  const { session, pulse } = useConnectionServices()
  return useSyncExternalStore(pulse.subscribe, () => session.status)
}

/** The hosts that the server told of, and how they are. */
export function useKnownHosts(): readonly KnownHost[] {
  const { store } = useConnectionServices()
  return useSyncExternalStore(
    (listener) => store.subscribe(listener),
    () => store.known,
  )
}

export function useSteps(): readonly Step[] {
  const { checks } = useConnectionServices()
  return useSyncExternalStore(checks.subscribe, () => checks.steps)
}

export function useRunning(): boolean {
  const { checks } = useConnectionServices()
  return useSyncExternalStore(checks.subscribe, () => checks.running)
}

/** The time by our clock, ms since the epoch, in whole seconds while the page is seen. */
export function useNow(): number {
  return useSyncExternalStore(everySecond, () => Math.floor(Date.now() / 1000) * 1000)
}

/** How old the newest sample is, in tenths of a second by the server's clock; NaN before the first. */
export function useAge(): number {
  const { journal, session } = useConnectionServices()
  return useSyncExternalStore(everyTenth, () => {
    const nowMs = Date.now() + (session.status.clockOffsetMs ?? 0)
    const age = Math.max(0, nowMs / 1000 - journal.newestTime)
    return Number.isNaN(age) ? age : Math.floor(age * 10) / 10
  })
}

const everySecond = ticker(1000)
const everyTenth = ticker(100)

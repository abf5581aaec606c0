import { createContext, use } from 'react'
import type { Crosshair } from '../../chart/crosshair.ts'
import type { FrameScheduler } from '../../chart/scheduler.ts'
import type { ChartTheme } from '../../chart/theme.ts'
import type { TimeWindow } from '../../chart/timeWindow.ts'
import type { Past } from '../../series/past.ts'

/** What the page of a host needs of the app around it. One of each for the whole app. */
export interface LiveServices {
  scheduler: FrameScheduler
  window: TimeWindow
  crosshair: Crosshair
  chartTheme: ChartTheme
  past: Past
  /** Unix seconds by the server's clock. */
  serverSeconds: () => number
  /** The address of the server, ending in a slash; empty for a page that has none. */
  serverAddress: string
  /** The name of the server's own host, once it is known. */
  ownHost: () => string | undefined
}

export const LiveServicesContext = createContext<LiveServices | undefined>(undefined)

export function useLiveServices(): LiveServices {
  const services = use(LiveServicesContext)
  if (!services) throw new Error('the live page stands outside its services')
  return services
}

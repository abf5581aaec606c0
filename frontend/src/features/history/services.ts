import { createContext, use } from 'react'
import type { FrameScheduler } from '../../chart/scheduler.ts'
import type { ChartTheme } from '../../chart/theme.ts'
import type { TimeRange, TimeWindow } from '../../chart/timeWindow.ts'
import type { Past } from '../../series/past.ts'
import type { HistoryFacts } from './historyFacts.ts'

/** What the time bar, the player and the facts of the history need of the app around them. */
export interface HistoryServices {
  window: TimeWindow
  scheduler: FrameScheduler
  chartTheme: ChartTheme
  past: Past
  /** Has a stretch of time loaded that somebody is about to look at; nothing without one. */
  foresee: (range?: TimeRange) => void
  /** Asks at once for what of the past could not be read. */
  retryPast: () => void
  facts: HistoryFacts
  /** Unix seconds by the server's clock. */
  serverSeconds: () => number
  /** The address of the server, ending in a slash. */
  serverAddress: string
}

export const HistoryServicesContext = createContext<HistoryServices | undefined>(undefined)

export function useHistoryServices(): HistoryServices {
  const services = use(HistoryServicesContext)
  if (!services) throw new Error('the history is shown outside its services')
  return services
}

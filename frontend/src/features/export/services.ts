import { createContext, use } from 'react'
import type { TimeWindow } from '../../chart/timeWindow.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import type { Figures } from '../../series/figures.ts'
import type { HistoryAnswer } from '../../wire/history.ts'

/** What is asked of the past to be taken along. */
export interface Asked {
  metrics: readonly string[]
  from: number
  to: number
}

/** What tables and exports need of the app around them. Of a saved incident only the first two are there. */
export interface ExportServices {
  window: TimeWindow
  /** The figures of series, by metric; series without samples are left out. */
  figures: (host: HostSeries, asked: Asked, signal: AbortSignal) => Promise<ReadonlyMap<string, Figures>>
  /** What exports are made of; absent where nothing can be exported. */
  source?: ExportSource
}

export interface ExportSource {
  /** Buckets of the past, or samples where they are few enough: at most `points` of each series, with summaries. */
  answer: (host: HostSeries, asked: Asked, points: number) => Promise<HistoryAnswer>
  /** Where a server sends all samples as a file; undefined where it keeps none. */
  samplesUrl: (host: HostSeries, asked: Asked) => URL | undefined
  /** The page that a saved incident is shown by, to be filled with its data. */
  incidentPage: () => Promise<string>
  /** Names the app and its version, as in `Vitals 1.2.0`. */
  program: () => string
}

export const ExportServicesContext = createContext<ExportServices | undefined>(undefined)

export function useExportServices(): ExportServices {
  const services = use(ExportServicesContext)
  if (!services) throw new Error('exports stand outside their services')
  return services
}

import { createContext, type ReactNode } from 'react'
import type { HostSeries } from '../../series/hostSeries.ts'
import type { ChartPanel, HeatPanel } from './panels/model.ts'

/** A panel that shows series over time. */
export type DrawnPanel = ChartPanel | HeatPanel

/** What the app adds to every panel with a picture; the Live page itself knows nothing of it. */
export interface PanelExtras {
  /** Beside the title: buttons that appear when somebody points at the panel. */
  tools?: (panel: DrawnPanel, host: HostSeries) => ReactNode
  /** Under the legend. */
  below?: (panel: DrawnPanel, host: HostSeries) => ReactNode
}

export const PanelExtrasContext = createContext<PanelExtras>({})

import { createContext, type ReactNode } from 'react'
import type { HostSeries } from '../../series/hostSeries.ts'
import type { ChartPanel } from './panels/model.ts'

/** What the app adds to every chart panel; the Live page itself knows nothing of it. */
export interface PanelExtras {
  /** Beside the title: buttons that appear when somebody points at the panel. */
  tools?: (panel: ChartPanel, host: HostSeries) => ReactNode
  /** Under the legend. */
  below?: (panel: ChartPanel, host: HostSeries) => ReactNode
}

export const PanelExtrasContext = createContext<PanelExtras>({})

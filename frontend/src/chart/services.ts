import type { HostSeries } from '../series/hostSeries.ts'
import type { Past } from '../series/past.ts'
import type { Crosshair } from './crosshair.ts'
import type { FrameScheduler } from './scheduler.ts'
import type { ChartTheme } from './theme.ts'
import type { TimeWindow } from './timeWindow.ts'

/** What every chart is given: whose data, live and recorded, and the one window, crosshair, theme and frame of the page. */
export interface ChartServices {
  host: HostSeries
  past: Past
  window: TimeWindow
  crosshair: Crosshair
  theme: ChartTheme
  scheduler: FrameScheduler
}

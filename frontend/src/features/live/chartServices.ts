import { useMemo } from 'react'
import type { ChartServices } from '../../chart/services.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { useLiveServices } from './services.ts'

/** What every canvas of this host is given. */
export function useChartServices(host: HostSeries): ChartServices {
  const { window, crosshair, chartTheme, scheduler } = useLiveServices()
  return useMemo(
    () => ({ host, window, crosshair, theme: chartTheme, scheduler }),
    [host, window, crosshair, chartTheme, scheduler],
  )
}

import { useMemo } from 'react'
import type { ChartServices } from '../../chart/services.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { useLiveServices } from './services.ts'

/** What every canvas of this host is given. */
export function useChartServices(host: HostSeries): ChartServices {
  const { window, crosshair, chartTheme, scheduler, past } = useLiveServices()
  return useMemo(
    () => ({ host, past, window, crosshair, theme: chartTheme, scheduler }),
    [host, past, window, crosshair, chartTheme, scheduler],
  )
}

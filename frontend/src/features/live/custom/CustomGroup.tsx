import { useMemo, useSyncExternalStore } from 'react'
import type { Column } from '../../../series/column.ts'
import type { HostSeries } from '../../../series/hostSeries.ts'
import { CustomHint } from './CustomHint.tsx'
import { CustomPanelView } from './CustomPanelView.tsx'
import { customFamilies } from './families.ts'
import { FoldButton } from './FoldButton.tsx'
import { useFold } from './useFold.ts'

/** So many charts are made at first: each takes memory for its picture. */
const mostCharts = 48

/** What programs push beside the measured: a chart for each family, at the end of the page, where it moves nothing. */
export function CustomGroup({ host }: { host: HostSeries }) {
  const columns = useCustom(host)
  const families = useMemo(() => customFamilies(columns), [columns])
  const fold = useFold(families, mostCharts)
  if (families.length === 0) return <CustomHint host={host} />
  return (
    <section aria-label="Custom" className="col-span-full border-t border-line pt-5">
      <div className="mb-5 flex items-baseline gap-2.5">
        <h2 className="text-title font-semibold tracking-[-0.01em]">Custom</h2>
        <span className="text-small text-mute">{countWords(families.length, columns.length)}</span>
      </div>
      <div className="grid grid-cols-12 gap-x-4 gap-y-6 tablet:gap-x-6 tablet:gap-y-7">
        {fold.shown.map((family) => (
          <CustomPanelView key={family.title} family={family} host={host} />
        ))}
        <div className="col-span-full">
          <FoldButton fold={fold} of="the families" />
        </div>
      </div>
    </section>
  )
}

function useCustom(host: HostSeries): readonly Column[] {
  const subscribe = useMemo(() => (listener: () => void) => host.subscribe('custom', listener), [host])
  return useSyncExternalStore(subscribe, () => host.custom)
}

function countWords(families: number, series: number): string {
  const words = series === 1 ? '1 pushed series' : `${series} pushed series`
  return series === families ? words : `${words} in ${families} ${families === 1 ? 'family' : 'families'}`
}

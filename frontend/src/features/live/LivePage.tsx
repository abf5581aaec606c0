import { useEffect, useMemo, type ReactNode } from 'react'
import type { HostSeries } from '../../series/hostSeries.ts'
import { classes } from '../../ui/classes.ts'
import { ChartPanelView } from './ChartPanelView.tsx'
import { useOnlyPushed, useSeries } from './columns.ts'
import { CoresPanelView } from './CoresPanelView.tsx'
import { CustomGroup } from './custom/CustomGroup.tsx'
import { FactsList } from './Facts.tsx'
import { FilesystemsPanelView } from './FilesystemsPanelView.tsx'
import { LiveFooter } from './LiveFooter.tsx'
import { LiveHead, type LiveHeadProps } from './LiveHead.tsx'
import { StaleContext } from './MomentReadout.tsx'
import { OtherPanelView } from './OtherPanelView.tsx'
import type { PlacedPanel } from './panels/model.ts'
import { expectedPanels, panelsOf } from './panels/page.ts'
import { ReadingContext, useNewReading, type Reading } from './reading.ts'
import { useLiveServices } from './services.ts'
import { Tiles } from './Tiles.tsx'

export interface LivePageProps extends Omit<LiveHeadProps, 'host'> {
  /** Undefined until the server has said which hosts it knows. */
  host: HostSeries | undefined
  /** The newest values are old: they are greyed and dated. */
  stale: boolean
  /** Nothing more is to come: what there is keeps its colours, and is dated only. */
  gone?: boolean
  /** What the app knows of the connection and itself, for the foot of the page. */
  footer: ReactNode
  /** What has to be said before anything else. */
  banner: ReactNode
}

/** The vital signs of one machine. Without data it stands there with every part in its place. */
export function LivePage({ host, ...rest }: LivePageProps) {
  if (!host) return <LivePageBody host={undefined} {...rest} />
  return <WithReading key={host.host.name} host={host} {...rest} />
}

function WithReading({ host, ...rest }: LivePageProps & { host: HostSeries }) {
  const reading = useNewReading(host)
  return (
    <ReadingContext value={reading}>
      <CrosshairRelease reading={reading} />
      <LivePageBody host={host} {...rest} />
    </ReadingContext>
  )
}

/** An instant of one host means nothing on the page of another. */
function CrosshairRelease({ reading }: { reading: Reading }) {
  const { crosshair } = useLiveServices()
  useEffect(() => () => crosshair.unpin(), [crosshair, reading])
  return null
}

function LivePageBody({ host, stale, gone = false, footer, banner, ...head }: LivePageProps) {
  const series = useSeries(host)
  const panels = useMemo(() => (series.length > 0 ? panelsOf(series) : expectedPanels), [series])
  const onlyPushed = useOnlyPushed(host)
  const ready = series.length > 0 || onlyPushed ? host : undefined
  return (
    <StaleContext value={stale}>
      <LiveHead host={host?.host} {...head} />
      <main
        aria-busy={!ready}
        className={classes(
          'grid grid-cols-12 gap-x-4 gap-y-6 px-4 pt-4 pb-10 ',
          'tablet:gap-x-6 tablet:gap-y-7 tablet:px-6 tablet:pt-5',
          stale && !gone && 'stale',
        )}
      >
        {banner}
        {!onlyPushed && <Tiles host={ready} />}
        {!onlyPushed && panels.map((panel) => <PanelView key={panel.id} panel={panel} host={ready} />)}
        {ready && <CustomGroup host={ready} />}
        {host && <FactsList host={host.host} />}
        <LiveFooter host={ready}>{footer}</LiveFooter>
      </main>
    </StaleContext>
  )
}

const spanClass = {
  4: 'desk:col-span-4',
  8: 'desk:col-span-8 span-wide',
  12: 'desk:col-span-12 span-wide',
} as const
const narrowSpanClass = { 6: 'tablet:col-span-6', 12: 'tablet:col-span-12' } as const

function PanelView({ panel, host }: { panel: PlacedPanel; host: HostSeries | undefined }) {
  const className = classes('col-span-12', narrowSpanClass[panel.narrowSpan], spanClass[panel.span])
  switch (panel.kind) {
    case 'chart':
      return <ChartPanelView panel={panel} host={host} className={className} />
    case 'heat':
      return <CoresPanelView panel={panel} host={host} className={className} />
    case 'filesystems':
      return <FilesystemsPanelView panel={panel} className={className} />
    case 'other':
      return <OtherPanelView panel={panel} className={className} />
  }
}

import { CalendarClock, ChevronLeft, ChevronRight, Link2, ZoomOut } from 'lucide-react'
import { Suspense, useEffect, useMemo } from 'react'
import type { HostSeries } from '../../series/hostSeries.ts'
import { IconButton, type IconButtonProps } from '../../ui/IconButton.tsx'
import { lazyPart } from '../../ui/lazyPart.tsx'
import { Popover } from '../../ui/Popover.tsx'
import { SegmentedControl } from '../../ui/SegmentedControl.tsx'
import { barPresets, nameOfSeconds, presetsFor, secondsNamed } from './presets.ts'
import { useHistoryServices } from './services.ts'
import { goEarlier, goLater, rangeBefore } from './travel.ts'
import { useOldest } from './useOldest.ts'
import { useKeptSeconds, useView } from './useShown.ts'

const RangePanel = lazyPart(async () => ({ default: (await import('./pastParts.ts')).RangePanel }))

export interface TimeBarProps {
  host: HostSeries | undefined
  /** Copies a link to exactly what is shown. */
  onCopyLink: () => void
  /** Any change of it opens the choice of a range. */
  opened?: unknown
}

/** Which time the charts show: how much of the present, or which stretch of the past. */
export function TimeBar({ host, onCopyLink, opened }: TimeBarProps) {
  const { window, serverSeconds, foresee } = useHistoryServices()
  const kept = useKeptSeconds()
  useOldest()
  useOffered(kept)
  return (
    <div
      role="group"
      aria-label="Time"
      className="order-last flex w-full min-w-0 items-center gap-1 tablet:order-none tablet:w-auto desk:relative"
    >
      {kept > 0 && (
        <ArrowButton
          label="Earlier (<)"
          onPointerEnter={() => host && foresee(rangeBefore(window, host))}
          onPointerLeave={() => foresee()}
          onClick={() => {
            if (!host) return
            goEarlier(window, host)
            foresee(rangeBefore(window, host))
          }}
        >
          <ChevronLeft className="size-4" />
        </ArrowButton>
      )}
      <Presets host={host} keptSeconds={kept} />
      {kept > 0 && (
        <>
          <ArrowButton label="Later (>)" onClick={() => host && goLater(window, host, serverSeconds())}>
            <ChevronRight className="size-4" />
          </ArrowButton>
          <ArrowButton label="Show twice as much (-)" onClick={() => window.zoom(2)}>
            <ZoomOut className="size-4" />
          </ArrowButton>
          <Popover
            label="Choose a range"
            title="A range, a day, another time (d)"
            opened={opened}
            button={<CalendarClock aria-hidden="true" className="size-4" />}
            buttonClass="grid size-8 place-items-center rounded-[9px] border border-line2 text-soft transition-colors hover:bg-hover hover:text-text aria-expanded:border-accent aria-expanded:text-text"
            panelClass="inset-x-2 tablet:right-6 tablet:left-auto tablet:w-[39rem] desk:right-0"
          >
            {(close) => (
              <Suspense fallback={<div className="h-[22rem]" />}>
                <RangePanel host={host} onClose={close} onCopyLink={onCopyLink} />
              </Suspense>
            )}
          </Popover>
        </>
      )}
      <ArrowButton label="Copy a link to this view (y)" onClick={onCopyLink}>
        <Link2 className="size-4" />
      </ArrowButton>
    </div>
  )
}

/** Where only what the page holds is kept, a longer window that was asked for before that was known shows all of it. */
function useOffered(keptSeconds: number): void {
  const { window } = useHistoryServices()
  const view = useView()
  useEffect(() => {
    if (keptSeconds > 0 || view.mode !== 'live' || !Number.isFinite(view.span)) return
    const lengths = presetsFor(keptSeconds).map(({ seconds }) => seconds)
    if (!lengths.some((seconds) => Number.isFinite(seconds) && seconds >= view.span)) window.setSpan(Infinity)
  }, [window, keptSeconds, view])
}

/** Live windows. The length of something else that is shown is marked as well; choosing it leads to the present. */
function Presets({ host, keptSeconds }: { host: HostSeries | undefined; keptSeconds: number }) {
  const { window, foresee } = useHistoryServices()
  const view = useView()
  const segments = useMemo(
    () =>
      barPresets(keptSeconds).map(({ name, title }, index) => ({
        value: name,
        label: name,
        title: `${title} (${index + 1})`,
      })),
    [keptSeconds],
  )
  return (
    <SegmentedControl
      label="Time shown"
      segments={segments}
      value={nameOfSeconds(view.mode === 'fixed' ? view.to - view.from : view.span)}
      onChange={(name) => window.live(secondsNamed(name))}
      onPoint={(name) => foresee(host && name ? window.liveRange(host, secondsNamed(name)) : undefined)}
      className="min-w-0 flex-1 tablet:flex-none"
    />
  )
}

/** On a phone the same is done by dragging, and below by the player. */
function ArrowButton(props: IconButtonProps) {
  return <IconButton {...props} className="hidden! size-8! desk:grid!" />
}

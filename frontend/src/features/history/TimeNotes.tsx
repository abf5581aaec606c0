import { Ghost, History } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { formatInstant } from '../../chart/format.ts'
import { ghostName } from '../../chart/ghost.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { classes } from '../../ui/classes.ts'
import { barPresets } from './presets.ts'
import { lengthWords } from './rangeWords.ts'
import { useHistoryServices } from './services.ts'
import { useGhost, useHistoryKnown, useKeptSeconds, usePastWords, useView } from './useShown.ts'

export interface TimeNotesProps {
  host: HostSeries | undefined
  /** Unix seconds since when only the past of the host is left; undefined for one that is there. */
  goneSince: number | undefined
}

/** What has to be said of the time that is shown, in the line below the head. */
export function TimeNotes({ host, goneSince }: TimeNotesProps) {
  const { serverSeconds } = useHistoryServices()
  const view = useView()
  const ghost = useGhost()
  const unusual = useUnusualLength()
  const recorded = useRecorded(host)
  return (
    <span className="flex h-5 min-w-0 items-center gap-x-4">
      {view.mode !== 'live' && <PastNote host={host} withZone={goneSince === undefined} />}
      {unusual && view.mode === 'live' && <span>{`last ${lengthWords(view.span)}`}</span>}
      {recorded !== '' && <span className="shrink-0">{`${recorded} recorded`}</span>}
      {ghost > 0 && <GhostNote host={host} seconds={ghost} />}
      {goneSince !== undefined && (
        <span className="shrink-0 text-warn">{`gone since ${formatInstant(goneSince, serverSeconds() * 1000)}`}</span>
      )}
    </span>
  )
}

/** Whether there is anything to say that is not as usual. */
export function useHasTimeNotes(host: HostSeries | undefined): boolean {
  const view = useView()
  const ghost = useGhost()
  const unusual = useUnusualLength()
  const recorded = useRecorded(host)
  return view.mode !== 'live' || ghost > 0 || unusual || recorded !== ''
}

/** Shorter windows fill while somebody looks. */
const leastTold = 3600
/** A window that is nearly full needs no word. */
const nearlyFull = 0.95

/** How much there is of a live window that is longer than the past of its host; empty for one that is full. */
function useRecorded(host: HostSeries | undefined): string {
  const { window, serverSeconds } = useHistoryServices()
  const kept = useKeptSeconds()
  useHistoryKnown()
  return useSyncExternalStore(window.follow, () => {
    const { span } = window
    if (!host || kept === 0 || window.mode !== 'live' || span < leastTold || !Number.isFinite(span)) return ''
    const held = serverSeconds() - window.limits.oldest(host)
    return held < span * nearlyFull ? lengthWords(Math.round(held / 60) * 60) : ''
  })
}

/** A live window of a length that the time bar does not name. */
function useUnusualLength(): boolean {
  const view = useView()
  const presets = barPresets(useKeptSeconds())
  return (
    view.mode === 'live' && Number.isFinite(view.span) && !presets.some((one) => one.seconds === view.span)
  )
}

/** `withZone`: on a phone, too. */
function PastNote({ host, withZone }: { host: HostSeries | undefined; withZone: boolean }) {
  const view = useView()
  const { range, zone } = usePastWords(host)
  const length = view.mode === 'fixed' ? view.to - view.from : view.span
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <History aria-hidden="true" className="size-3.5 shrink-0 text-accent" />
      <b className="font-semibold text-accent">{view.mode === 'playing' ? 'Playing' : 'Past'}</b>
      <b className="truncate font-medium text-text">{range}</b>
      <span className={classes('shrink-0', !withZone && 'max-phone:hidden')}>{zone}</span>
      <span className="shrink-0 max-phone:hidden">{`· ${lengthWords(length)}`}</span>
    </span>
  )
}

function GhostNote({ host, seconds }: { host: HostSeries | undefined; seconds: number }) {
  const { window } = useHistoryServices()
  useHistoryKnown()
  const empty = useSyncExternalStore(
    window.follow,
    () => host !== undefined && window.range(host).to - seconds < window.limits.oldest(host),
  )
  return (
    <span className="flex shrink-0 items-center gap-1.5">
      <Ghost aria-hidden="true" className="size-3.5" />
      {`faint: ${ghostName(seconds)}${empty ? ', nothing recorded' : ''}`}
    </span>
  )
}

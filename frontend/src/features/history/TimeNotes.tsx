import { Ghost, History } from 'lucide-react'
import { ghostName } from '../../chart/ghost.ts'
import type { HostSeries } from '../../series/hostSeries.ts'
import { barPresets } from './presets.ts'
import { instantWords, lengthWords } from './rangeWords.ts'
import { useHistoryServices } from './services.ts'
import { useGhost, useKeptSeconds, usePastWords, useView } from './useShown.ts'

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
  return (
    <span className="flex h-5 min-w-0 items-center gap-x-4">
      {view.mode !== 'live' && <PastNote host={host} />}
      {unusual && view.mode === 'live' && <span>{`last ${lengthWords(view.span)}`}</span>}
      {ghost > 0 && <GhostNote seconds={ghost} />}
      {goneSince !== undefined && (
        <span className="shrink-0 text-warn">{`gone since ${instantWords(goneSince, serverSeconds())}`}</span>
      )}
    </span>
  )
}

/** Whether there is anything to say that is not as usual. */
export function useHasTimeNotes(): boolean {
  const view = useView()
  const ghost = useGhost()
  const unusual = useUnusualLength()
  return view.mode !== 'live' || ghost > 0 || unusual
}

/** A live window of a length that the time bar does not name. */
function useUnusualLength(): boolean {
  const view = useView()
  const presets = barPresets(useKeptSeconds())
  return (
    view.mode === 'live' && Number.isFinite(view.span) && !presets.some((one) => one.seconds === view.span)
  )
}

function PastNote({ host }: { host: HostSeries | undefined }) {
  const view = useView()
  const { range, zone } = usePastWords(host)
  const length = view.mode === 'fixed' ? view.to - view.from : view.span
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <History aria-hidden="true" className="size-3.5 shrink-0 text-accent" />
      <b className="font-semibold text-accent">{view.mode === 'playing' ? 'Playing' : 'Past'}</b>
      <b className="truncate font-medium text-text">{range}</b>
      <span className="shrink-0">{zone}</span>
      <span className="shrink-0 max-phone:hidden">{`· ${lengthWords(length)}`}</span>
    </span>
  )
}

function GhostNote({ seconds }: { seconds: number }) {
  return (
    <span className="flex shrink-0 items-center gap-1.5">
      <Ghost aria-hidden="true" className="size-3.5" />
      {`faint: ${ghostName(seconds)}`}
    </span>
  )
}

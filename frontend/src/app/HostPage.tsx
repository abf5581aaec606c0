import { SearchX } from 'lucide-react'
import { Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { formatInstant } from '../chart/format.ts'
import { ConnectionToasts } from '../features/connect/ConnectionToasts.tsx'
import { RefusedState, UnreachableState } from '../features/connect/ConnectionStates.tsx'
import { FreshnessBadge } from '../features/connect/FreshnessBadge.tsx'
import { StreamFacts, VersionFact } from '../features/connect/StreamFacts.tsx'
import { useConnectionState, useFreshness } from '../features/connect/useFreshness.ts'
import { patienceMs, useLasting } from '../features/connect/useLasting.ts'
import { freshnessTone } from '../features/connect/words.ts'
import { HistoryBanner } from '../features/history/HistoryBanner.tsx'
import { HistoryFact } from '../features/history/HistoryFact.tsx'
import { LivePill } from '../features/history/LivePill.tsx'
import { LoadingLine } from '../features/history/LoadingLine.tsx'
import { PlayerPlace } from '../features/history/PlayerPlace.tsx'
import { TimeBar } from '../features/history/TimeBar.tsx'
import { TimeNotes, useHasTimeNotes } from '../features/history/TimeNotes.tsx'
import { useHistoryKnown, useKeptSeconds, usePast, usePastWords } from '../features/history/useShown.ts'
import { useHiddenLines } from '../features/live/hiddenLines.ts'
import { LivePage } from '../features/live/LivePage.tsx'
import { PauseButton } from '../features/live/PauseButton.tsx'
import type { HostSeries } from '../series/hostSeries.ts'
import { Button } from '../ui/Button.tsx'
import { lazyPart } from '../ui/lazyPart.tsx'
import type { Tone } from '../ui/Pill.tsx'
import { StatePage } from '../ui/StatePage.tsx'
import { Toast, ToastCorner } from '../ui/Toast.tsx'
import { useCopy } from '../ui/useCopy.ts'
import { linkOf } from './address.ts'
import type { Search } from './search.ts'
import { useServices } from './services.ts'
import { ConnectionLink, Shell, ThemeButton, type DialogName } from './Shell.tsx'
import { useAddress } from './useAddress.ts'
import { useHosts } from './useHosts.ts'
import { usePageKeys } from './usePageKeys.ts'
import { usePageTitle } from './usePageTitle.ts'
import { usePastHosts, usePastSeries } from './usePastHost.ts'

const HeadExport = lazyPart(async () => ({
  default: (await import('../features/export/exportParts.ts')).HeadExport,
}))
const Player = lazyPart(async () => ({
  default: (await import('../features/history/pastParts.ts')).Player,
}))

export interface HostPageProps {
  /** The host of the address; undefined for the server's own. */
  name: string | undefined
  search: Search
  onHost: (name: string | undefined) => void
  onSearch: (search: Search, replace: boolean) => void
  onConnection: () => void
  /** The whole address of a view of a host. */
  linkTo: (host: string, search: Search) => string
}

/** The page of one host: brings the live view, its past, and what is known of the connection together. */
export function HostPage(props: HostPageProps) {
  return (
    <Shell page="live" host={props.name}>
      {(openDialog) => <HostContent {...props} openDialog={openDialog} />}
    </Shell>
  )
}

type HostContentProps = HostPageProps & { openDialog: (dialog: DialogName) => void }

function HostContent(props: HostContentProps) {
  const { name, search, onHost, onSearch, onConnection, linkTo, openDialog } = props
  const { session } = useServices()
  const { hosts, host: current, known } = useHosts(name)
  const pastHosts = usePastHosts(hosts)
  const left = known && !current ? pastHosts.find((one) => one.host.name === name) : undefined
  const host = usePastSeries(left) ?? current
  const names = useMemo(() => hosts.map((one) => one.host.name), [hosts])
  const { kind } = useHistoryKnown()
  const isPast = usePast()
  const keptSeconds = useKeptSeconds()
  const playable = isPast && keptSeconds > 0
  const unreachable = useUnreachable(known)
  const [rangeAsked, setRangeAsked] = useState<number>()
  const { copyLink, copied } = useLink(host, linkTo)
  const watched = left === undefined ? name : undefined
  useEffect(() => session.watch(watched), [session, watched])
  useAddress(search, host, onSearch)
  useEndOf(left?.newest)
  usePastTitle(host)
  usePageKeys({
    names,
    host,
    keptSeconds,
    onHost,
    onConnection,
    onHelp: () => openDialog('help'),
    onRange: () => setRangeAsked((asked) => (asked ?? 0) + 1),
    onLink: copyLink,
  })
  const { freshness, stale } = useFreshness(host)
  const hasNotes = useHasTimeNotes(host)

  const onServer = () => openDialog('server')
  if (!known && unreachable === 'refused') return <RefusedState onServer={onServer} />
  if (unreachable === 'unreachable') return <UnreachableState onServer={onServer} />
  // A host that only the history knows can be told from none at all once the history has answered.
  if (known && !current && !left && kind !== 'asking')
    return <NoSuchHost name={name ?? ''} names={names} onHost={onHost} />
  return (
    <>
      <LoadingLine host={host} />
      <LivePage
        host={host}
        hosts={hosts}
        pastHosts={pastHosts.map(entryOf)}
        onHost={onHost}
        past={isPast}
        timeBar={<TimeBar host={host} onCopyLink={copyLink} opened={rangeAsked} />}
        stale={stale && !isPast}
        gone={freshness === 'gone'}
        badge={
          <FreshnessBadge host={host} past={isPast} onServer={onServer} more={<MoreLink host={name} />} />
        }
        hold={<Hold host={host} past={isPast} gone={left !== undefined} tone={freshnessTone[freshness]} />}
        notes={hasNotes || left ? <TimeNotes host={host} goneSince={left?.newest} /> : undefined}
        banner={<HistoryBanner host={host} gone={left !== undefined} />}
        footer={<Foot host={name} room={playable} />}
      />
      {playable && (
        <PlayerPlace>
          <Suspense>{host && <Player host={host} />}</Suspense>
        </PlayerPlace>
      )}
      <ConnectionToasts host={host} />
      {copied && (
        <ToastCorner>
          <Toast tone="quiet" title={copied} />
        </ToastCorner>
      )}
    </>
  )
}

function entryOf({ host, newest }: { host: { name: string }; newest: number }) {
  return { name: host.name, hint: `gone since ${formatInstant(newest, Date.now())}` }
}

/** Why there is nothing to show at all, once that has lasted. */
function useUnreachable(known: boolean): 'refused' | 'unreachable' | undefined {
  const state = useConnectionState()
  const lasting = useLasting(!known && (state === 'reconnecting' || state === 'offline'), patienceMs)
  if (!known && state === 'refused') return 'refused'
  return lasting ? 'unreachable' : undefined
}

/** Copies a link to exactly what is shown, and tells for a moment how that went. */
function useLink(host: HostSeries | undefined, linkTo: HostPageProps['linkTo']) {
  const { live, theme } = useServices()
  const { outcome, copy } = useCopy()
  const { window } = live
  const copyLink = useCallback(() => {
    if (host) copy(linkTo(host.host.name, linkOf({ window, theme }, host)))
  }, [host, window, theme, copy, linkTo])
  const words = { copied: 'Link copied', refused: 'The browser does not allow copying' }
  return { copyLink, copied: outcome && words[outcome] }
}

/** A host that is gone has no present: its page shows its end. */
function useEndOf(newest: number | undefined): void {
  const { window } = useServices().live
  useEffect(() => {
    if (newest === undefined) return
    const show = () => {
      if (window.mode !== 'live') return
      const span = Number.isFinite(window.span) ? window.span : 3600
      window.adopt({ mode: 'fixed', from: newest - span, to: newest })
    }
    show()
    return window.subscribe(show)
  }, [window, newest])
}

function usePastTitle(host: HostSeries | undefined): void {
  const { range } = usePastWords(host)
  const name = host?.host.name
  usePageTitle(name !== undefined && range !== '' ? `${name}, ${range}` : name)
}

/** Under the figures of the badge: all the others. */
function MoreLink({ host }: { host: string | undefined }) {
  return (
    <ConnectionLink
      host={host}
      className="flex h-8 items-center justify-center rounded-[9px] border border-line2 text-small text-soft transition-colors hover:bg-hover hover:text-text"
    >
      Connection and checks
    </ConnectionLink>
  )
}

/** What holds the page or lets it go on, and what takes a copy of it. */
function Hold(props: { host: HostSeries | undefined; past: boolean; gone: boolean; tone: Tone }) {
  const { host, past, gone, tone } = props
  const hidden = useHiddenLines((lines) => lines.byPanel)
  return (
    <>
      {past ? <LivePill host={host} gone={gone} tone={gone ? 'quiet' : tone} /> : <PauseButton />}
      <Suspense>
        <HeadExport host={host} hidden={hidden} />
      </Suspense>
    </>
  )
}

/** `room`: the player stands over the end of the page. */
function Foot({ host, room }: { host: string | undefined; room: boolean }) {
  return (
    <>
      <ConnectionLink
        host={host}
        className="hover:text-text hover:underline"
        title="How this page is connected (c)"
      >
        <StreamFacts />
      </ConnectionLink>
      <ConnectionLink
        host={host}
        className="hover:text-text hover:underline"
        title="What is kept of the past"
      >
        <HistoryFact />
      </ConnectionLink>
      <VersionFact />
      <span className="order-last -mt-10 -mb-2.5 self-end tablet:hidden">
        <ThemeButton />
      </span>
      {room && <span aria-hidden="true" className="order-last h-32 w-full tablet:h-20 short:h-20" />}
    </>
  )
}

function NoSuchHost(props: {
  name: string
  names: readonly string[]
  onHost: (name: string | undefined) => void
}) {
  return (
    <StatePage
      icon={<SearchX className="size-6" />}
      title="No such host"
      actions={props.names.slice(0, 12).map((name) => (
        <Button key={name} onClick={() => props.onHost(name)}>
          {name}
        </Button>
      ))}
    >
      <p className="break-words">
        This server knows no host called <b className="font-semibold text-text">{props.name}</b>. These it
        knows:
      </p>
    </StatePage>
  )
}

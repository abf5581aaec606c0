import { SearchX } from 'lucide-react'
import { useEffect, useMemo } from 'react'
import { ConnectionToasts } from '../features/connect/ConnectionToasts.tsx'
import { RefusedState, UnreachableState } from '../features/connect/ConnectionStates.tsx'
import { FreshnessBadge } from '../features/connect/FreshnessBadge.tsx'
import { StreamFacts, VersionFact } from '../features/connect/StreamFacts.tsx'
import { useConnectionState, useFreshness } from '../features/connect/useFreshness.ts'
import { patienceMs, useLasting } from '../features/connect/useLasting.ts'
import { LivePage } from '../features/live/LivePage.tsx'
import type { SpanName } from '../features/live/span.ts'
import { Button } from '../ui/Button.tsx'
import { StatePage } from '../ui/StatePage.tsx'
import { useServices } from './services.ts'
import { ConnectionLink, Shell, ThemeButton, type DialogName } from './Shell.tsx'
import { useHosts } from './useHosts.ts'
import { usePageKeys } from './usePageKeys.ts'
import { usePageTitle } from './usePageTitle.ts'

export interface HostPageProps {
  /** The host of the address; undefined for the server's own. */
  name: string | undefined
  span: SpanName
  onHost: (name: string | undefined) => void
  onSpan: (span: SpanName) => void
  onConnection: () => void
}

/** The page of one host: brings the live view and what is known of the connection together. */
export function HostPage(props: HostPageProps) {
  return (
    <Shell page="live" host={props.name}>
      {(openDialog) => <HostContent {...props} openDialog={openDialog} />}
    </Shell>
  )
}

type HostContentProps = HostPageProps & { openDialog: (dialog: DialogName) => void }

function HostContent({ name, span, onHost, onSpan, onConnection, openDialog }: HostContentProps) {
  const { session } = useServices()
  const { hosts, host, known } = useHosts(name)
  const names = useMemo(() => hosts.map((one) => one.host.name), [hosts])
  const state = useConnectionState()
  const { stale } = useFreshness(host)
  const unreachable = useLasting(!known && (state === 'reconnecting' || state === 'offline'), patienceMs)
  useEffect(() => session.watch(name), [session, name])
  usePageTitle(host?.host.name)
  usePageKeys({
    names,
    name: host?.host.name,
    onHost,
    onSpan,
    onConnection,
    onHelp: () => openDialog('help'),
  })

  const onServer = () => openDialog('server')
  if (!known && state === 'refused') return <RefusedState onServer={onServer} />
  if (unreachable) return <UnreachableState onServer={onServer} />
  if (known && !host) return <NoSuchHost name={name ?? ''} names={names} onHost={onHost} />
  return (
    <>
      <LivePage
        host={host}
        hosts={hosts}
        onHost={onHost}
        span={span}
        onSpan={onSpan}
        stale={stale}
        badge={<FreshnessBadge host={host} onServer={onServer} more={<MoreLink host={name} />} />}
        footer={<Foot host={name} />}
      />
      <ConnectionToasts host={host} />
    </>
  )
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

function Foot({ host }: { host: string | undefined }) {
  return (
    <>
      <ConnectionLink
        host={host}
        className="hover:text-text hover:underline"
        title="How this page is connected (c)"
      >
        <StreamFacts />
      </ConnectionLink>
      <VersionFact />
      <span className="-my-2.5 order-last tablet:hidden">
        <ThemeButton />
      </span>
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

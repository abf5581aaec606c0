import { SearchX } from 'lucide-react'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { ConnectionToasts } from '../features/connect/ConnectionToasts.tsx'
import { RefusedState, UnreachableState } from '../features/connect/ConnectionStates.tsx'
import { FreshnessBadge } from '../features/connect/FreshnessBadge.tsx'
import { StreamFacts } from '../features/connect/StreamFacts.tsx'
import { useConnectionState, useFreshness } from '../features/connect/useFreshness.ts'
import { patienceMs, useLasting } from '../features/connect/useLasting.ts'
import { LivePage } from '../features/live/LivePage.tsx'
import type { SpanName } from '../features/live/span.ts'
import type { HostSeries } from '../series/hostSeries.ts'
import { Button } from '../ui/Button.tsx'
import { StatePage } from '../ui/StatePage.tsx'
import { useServices } from './services.ts'
import { Shell, ThemeButton, type DialogName } from './Shell.tsx'
import { usePageKeys } from './usePageKeys.ts'

export interface HostPageProps {
  /** The host of the address; undefined for the server's own. */
  name: string | undefined
  span: SpanName
  onHost: (name: string | undefined) => void
  onSpan: (span: SpanName) => void
}

/** The page of one host: brings the live view and what is known of the connection together. */
export function HostPage(props: HostPageProps) {
  return <Shell>{(openDialog) => <HostContent {...props} openDialog={openDialog} />}</Shell>
}

type HostContentProps = HostPageProps & { openDialog: (dialog: DialogName) => void }

function HostContent({ name, span, onHost, onSpan, openDialog }: HostContentProps) {
  const { session } = useServices()
  const { hosts, host, known } = useHosts(name)
  const names = useMemo(() => hosts.map((one) => one.name), [hosts])
  const state = useConnectionState()
  const { stale } = useFreshness(host)
  const unreachable = useLasting(!known && (state === 'reconnecting' || state === 'offline'), patienceMs)
  useEffect(() => session.watch(name), [session, name])
  usePageTitle(host)
  usePageKeys({ names, name: host?.host.name, onHost, onSpan, onHelp: () => openDialog('help') })

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
        badge={<FreshnessBadge host={host} onServer={onServer} />}
        footer={<Foot />}
      />
      <ConnectionToasts host={host} />
    </>
  )
}

function Foot() {
  return (
    <>
      <StreamFacts />
      <span className="-my-2.5 order-last tablet:hidden">
        <ThemeButton />
      </span>
    </>
  )
}

/** The hosts of the server, and the one to show. `known` is false until the server has named its hosts. */
function useHosts(name: string | undefined) {
  const { store } = useServices()
  const version = useSyncExternalStore(
    (listener) => store.subscribe(listener),
    () => [...store.hosts.keys(), store.own].join('\n'),
  )
  return useMemo(() => {
    const own = store.own
    const wanted = name ?? own
    const host = wanted === undefined ? undefined : store.hosts.get(wanted)
    return {
      hosts: [...store.hosts.values()].map((one) => one.host),
      host,
      known: own !== undefined,
      version,
    }
  }, [store, name, version])
}

function usePageTitle(host: HostSeries | undefined): void {
  const name = host?.host.name
  useEffect(() => {
    document.title = name === undefined ? 'Vitals' : `${name} · Vitals`
  }, [name])
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

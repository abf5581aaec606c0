import { ArrowLeft } from 'lucide-react'
import { useEffect, useMemo } from 'react'
import { ConnectionToasts } from '../features/connect/ConnectionToasts.tsx'
import { FreshnessBadge } from '../features/connect/FreshnessBadge.tsx'
import { StreamFacts, VersionFact } from '../features/connect/StreamFacts.tsx'
import { ConnectionPage } from '../features/connection/ConnectionPage.tsx'
import { ConnectionServicesContext } from '../features/connection/services.ts'
import { HistoryPanel } from '../features/history/HistoryPanel.tsx'
import { connectionOf } from './connection.ts'
import { commandOf } from './keyboard.ts'
import { useServices } from './services.ts'
import { LiveLink, Shell, ThemeButton, type DialogName } from './Shell.tsx'
import { useHosts } from './useHosts.ts'
import { usePageTitle } from './usePageTitle.ts'

export interface ConnectionScreenProps {
  /** The host whose stream is looked at; undefined for the server's own. */
  name: string | undefined
  runAtOnce: boolean
  /** Back to the values. */
  onBack: () => void
}

/** The Connection page in its frame. It never stands back for a lost connection: that is when it is needed. */
export function ConnectionScreen(props: ConnectionScreenProps) {
  return (
    <ConnectionServicesContext value={connectionOf(useServices())}>
      <Shell page="connection" host={props.name}>
        {(openDialog) => <ConnectionContent {...props} openDialog={openDialog} />}
      </Shell>
    </ConnectionServicesContext>
  )
}

type ContentProps = ConnectionScreenProps & { openDialog: (dialog: DialogName) => void }

function ConnectionContent({ name, runAtOnce, onBack, openDialog }: ContentProps) {
  const { session } = useServices()
  const { host } = useHosts(name)
  useEffect(() => session.watch(name), [session, name])
  usePageTitle('Connection')
  useConnectionKeys(onBack, () => openDialog('help'))
  const badge = useMemo(
    () => <FreshnessBadge host={host} onServer={() => openDialog('server')} />,
    [host, openDialog],
  )
  return (
    <>
      <ConnectionPage
        followed={host?.host.name}
        runAtOnce={runAtOnce}
        badge={badge}
        back={<BackLink host={name} />}
        hostLink={(one) => (
          <LiveLink host={one} className="hover:underline">
            {one}
          </LiveLink>
        )}
        history={<HistoryPanel />}
        footer={<Foot />}
      />
      <ConnectionToasts host={host} />
    </>
  )
}

/** Only a page without the rail needs it. */
function BackLink({ host }: { host: string | undefined }) {
  return (
    <LiveLink host={host} className="-ml-2 grid size-8 place-items-center rounded-lg text-soft tablet:hidden">
      <ArrowLeft aria-hidden="true" className="size-5" strokeWidth={1.7} />
      <span className="sr-only">Back to the values</span>
    </LiveLink>
  )
}

function Foot() {
  return (
    <>
      <span>
        <StreamFacts />
      </span>
      <VersionFact />
      <span className="-my-2.5 order-last tablet:hidden">
        <ThemeButton />
      </span>
    </>
  )
}

/** The keys of the app as a whole; what only the page does it hears itself. */
function useConnectionKeys(onBack: () => void, onHelp: () => void): void {
  const { theme } = useServices()
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const kind = commandOf(event)?.kind
      if (kind === 'help') onHelp()
      else if (kind === 'theme') theme.next()
      else if (kind === 'connection' || kind === 'release') onBack()
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  })
}

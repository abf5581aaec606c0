import { ClipboardCopy, Play, Square } from 'lucide-react'
import { useEffect, type ReactNode } from 'react'
import { Button } from '../../ui/Button.tsx'
import { useCopy } from '../../ui/useCopy.ts'
import { ArrivalPanel } from './ArrivalPanel.tsx'
import { ChecksPanel } from './ChecksPanel.tsx'
import { ConnectionTiles } from './ConnectionTiles.tsx'
import { FactsPanel } from './FactsPanel.tsx'
import { GapsPanel } from './GapsPanel.tsx'
import { HostsPanel } from './HostsPanel.tsx'
import { useConnectionServices, useRunning } from './services.ts'
import { SignalPath } from './SignalPath.tsx'
import { useKey } from './useKey.ts'
import { useReport } from './useReport.ts'

/** While a page is still starting, everything it measures is slow. */
const settleMs = 1000

export interface ConnectionPageProps {
  /** The host whose values this page receives. */
  followed: string | undefined
  /** The checks run as soon as the page stands: for a link that somebody is sent. */
  runAtOnce: boolean
  /** How fresh the data is. */
  badge: ReactNode
  /** Leads back to the values. */
  back: ReactNode
  hostLink: (name: string) => ReactNode
  /** What is kept of the past. */
  history: ReactNode
  footer: ReactNode
}

/** The connection under the lens: what stands between the machine and this page, how well it does, and what mends it. */
export function ConnectionPage(props: ConnectionPageProps) {
  const { followed, runAtOnce, badge, back, hostLink, history, footer } = props
  const { checks } = useConnectionServices()
  useEffect(() => {
    if (!runAtOnce) return
    const timer = setTimeout(() => void checks.start(), settleMs)
    return () => clearTimeout(timer)
  }, [checks, runAtOnce])
  return (
    <>
      <header className="glass sticky top-0 z-20 border-b border-line">
        <div className="flex min-h-14 flex-wrap items-center gap-2 px-4 py-2.5 tablet:flex-nowrap tablet:gap-3 tablet:px-6 tablet:py-0">
          {back}
          <h1 className="mr-auto text-title font-semibold tracking-[-0.01em]">Connection</h1>
          {badge}
          <div className="order-last grid w-full grid-cols-2 gap-2 tablet:order-none tablet:flex tablet:w-auto tablet:gap-3">
            <CopyReportButton />
            <RunButton />
          </div>
        </div>
      </header>
      <main className="grid grid-cols-12 gap-x-4 gap-y-6 px-4 pt-6 pb-10 tablet:gap-x-6 tablet:gap-y-7 tablet:px-6">
        <SignalPath />
        <ConnectionTiles />
        <div className="col-span-12 flex min-w-0 flex-col gap-7 desk:col-span-8">
          <ChecksPanel />
          <ArrivalPanel />
        </div>
        <div className="col-span-12 flex min-w-0 flex-col gap-7 desk:col-span-4">
          <FactsPanel />
          <HostsPanel followed={followed} link={hostLink} />
          {history}
          <GapsPanel />
        </div>
        <footer className="col-span-full flex flex-wrap gap-x-[1.125rem] gap-y-1 border-t border-line pt-3 text-small text-mute">
          {footer}
        </footer>
      </main>
    </>
  )
}

function RunButton() {
  const running = useRunning()
  const toggle = useToggleChecks()
  useKey('r', toggle)
  const Icon = running ? Square : Play
  return (
    <Button primary onClick={toggle} title={running ? 'Stop the checks (r)' : 'Run the checks (r)'}>
      <Icon aria-hidden="true" className="size-3.5" />
      <span className="min-w-[4.5rem] text-left">{running ? 'Stop' : 'Run checks'}</span>
    </Button>
  )
}

function useToggleChecks(): () => void {
  const { checks } = useConnectionServices()
  return () => (checks.running ? checks.cancel() : void checks.start())
}

const copyWord = { none: 'Copy report', copied: 'Copied', refused: 'Not allowed' } as const

function CopyReportButton() {
  const { outcome, copy } = useCopy()
  const report = useReport()
  const copyReport = () => copy(report())
  useKey('y', copyReport)
  return (
    <Button onClick={copyReport} title="Copy all of this as text (y)">
      <ClipboardCopy aria-hidden="true" className="size-3.5" />
      <span className="min-w-[4.75rem] text-left">{copyWord[outcome ?? 'none']}</span>
      <span role="status" className="sr-only">
        {outcome === 'copied' ? 'The report is in the clipboard' : ''}
      </span>
    </Button>
  )
}

import type { ReactNode } from 'react'
import type { KnownHost } from '../../series/seriesStore.ts'
import type { Host } from '../../wire/types.gen.ts'
import { Facts } from './Facts.tsx'
import { HostSwitcher } from './HostSwitcher.tsx'
import { PauseButton } from './PauseButton.tsx'
import type { SpanName } from './span.ts'
import { WindowControl } from './WindowControl.tsx'

export interface LiveHeadProps {
  host: Host | undefined
  hosts: readonly KnownHost[]
  onHost: (name: string) => void
  span: SpanName
  onSpan: (span: SpanName) => void
  /** How fresh the data is. */
  badge: ReactNode
}

/** What stays in sight: which machine, how much of its past, how fresh, and the pause. */
export function LiveHead({ host, hosts, onHost, span, onSpan, badge }: LiveHeadProps) {
  return (
    <header className="glass sticky top-0 z-20 border-b border-line">
      <h1 className="sr-only">{host ? `Vital signs of ${host.name}` : 'Vital signs'}</h1>
      <div className="flex min-h-14 flex-wrap items-center gap-2 px-4 py-2.5 tablet:flex-nowrap tablet:gap-3 tablet:px-6 tablet:py-0">
        <HostSwitcher host={host} hosts={hosts} onHost={onHost} />
        <WindowControl span={span} onSpan={onSpan} />
        {badge}
        <PauseButton />
      </div>
      <Facts host={host} />
    </header>
  )
}

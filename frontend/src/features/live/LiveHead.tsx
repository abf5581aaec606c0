import type { ReactNode } from 'react'
import type { KnownHost } from '../../series/seriesStore.ts'
import type { Host } from '../../wire/types.gen.ts'
import { classes } from '../../ui/classes.ts'
import { Facts } from './Facts.tsx'
import { HostSwitcher, type PastHostEntry } from './HostSwitcher.tsx'

export interface LiveHeadProps {
  host: Host | undefined
  hosts: readonly KnownHost[]
  pastHosts: readonly PastHostEntry[]
  onHost: (name: string) => void
  /** Chooses the time that is shown. */
  timeBar: ReactNode
  /** How fresh the data is. */
  badge: ReactNode
  /** Holds the picture still, or leads back to the present. */
  hold: ReactNode
  /** What has to be said of the time that is shown, before the facts of the machine. */
  notes: ReactNode
  /** The page shows the past: its head looks different. */
  past: boolean
}

/** What stays in sight: which machine, which time, how fresh, and the pause. */
export function LiveHead({
  host,
  hosts,
  pastHosts,
  onHost,
  timeBar,
  badge,
  hold,
  notes,
  past,
}: LiveHeadProps) {
  return (
    <header className={classes('glass sticky top-0 z-20 border-b', past ? 'border-accent' : 'border-line')}>
      <h1 className="sr-only">{headingOf(host, past)}</h1>
      <div className="flex min-h-14 flex-wrap items-center gap-2 px-4 py-2.5 tablet:flex-nowrap tablet:gap-3 tablet:px-6 tablet:py-0">
        <HostSwitcher host={host} hosts={hosts} pastHosts={pastHosts} onHost={onHost} />
        {timeBar}
        {badge}
        {hold}
      </div>
      <Facts host={host} notes={notes} />
    </header>
  )
}

function headingOf(host: Host | undefined, past: boolean): string {
  if (!host) return 'Vital signs'
  return past ? `The past of ${host.name}` : `Vital signs of ${host.name}`
}

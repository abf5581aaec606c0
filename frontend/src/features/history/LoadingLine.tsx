import { useSyncExternalStore } from 'react'
import type { HostSeries } from '../../series/hostSeries.ts'
import { useLasting } from '../../ui/useLasting.ts'
import { useHistoryServices } from './services.ts'

/** What comes in faster is not worth a sign. */
const patienceMs = 250

/** A light that runs along the head while something of the past is not there yet. */
export function LoadingLine({ host }: { host: HostSeries | undefined }) {
  const { past } = useHistoryServices()
  const name = host?.host.name ?? ''
  const loading = useSyncExternalStore(
    (listener) => past.subscribe(name, listener),
    () => past.state(name).loading,
  )
  const lasting = useLasting(loading, patienceMs)
  return (
    <span role="status" className="pointer-events-none fixed inset-x-0 top-0 z-30 h-0.5 overflow-hidden">
      {lasting && (
        <>
          <i
            aria-hidden="true"
            className="absolute h-full w-8 rounded-full bg-accent"
            style={{ animation: 'pass 1.1s linear infinite' }}
          />
          <span className="sr-only">Loading the past</span>
        </>
      )}
    </span>
  )
}

import type { RemedyNames } from './checks/remedies.ts'
import { reportText } from './report.ts'
import { useConnectionServices } from './services.ts'

/** Makes the report of the moment in which it is called. */
export function useReport(): () => string {
  const { session, journal, store, server, checks } = useConnectionServices()
  const names = useRemedyNames()
  return () =>
    reportText({
      status: session.status,
      journal,
      server,
      hosts: store.known,
      steps: checks.steps,
      names,
      page: location.href,
      agent: navigator.userAgent,
      nowMs: Date.now(),
    })
}

/** The names that stand in lines to take over. */
export function useRemedyNames(): RemedyNames {
  const { server, checks } = useConnectionServices()
  return {
    name: server.base.hostname,
    path: server.base.pathname,
    origin: location.origin,
    proxy: checks.seen.answer?.address ?? '',
  }
}

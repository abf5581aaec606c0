import { fetchHistory } from '../api/history.ts'
import { PastStore } from '../series/pastStore.ts'
import type { SeriesStore } from '../series/seriesStore.ts'
import type { Session } from '../transport/session.ts'

const usualInterval = 1

/** The past of the hosts of a server, whose base ends in a slash. What failed is asked for again when the server comes back. */
export function makePast(
  base: URL,
  session: Session,
  store: SeriesStore,
  serverSeconds: () => number,
): PastStore {
  const past = new PastStore({
    load: (host, metrics, from, to, step, signal) =>
      fetchHistory(base, { host, metrics, from, to, step }, signal),
    now: serverSeconds,
    interval: (host) => store.hosts.get(host)?.interval ?? usualInterval,
  })
  let wasLive = false
  session.subscribe(() => {
    const isLive = session.status.state === 'live'
    if (isLive && !wasLive) past.reset()
    wasLive = isLive
  })
  return past
}

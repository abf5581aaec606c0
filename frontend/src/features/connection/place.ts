import { browserClock } from '../../transport/clock.ts'
import type { ServerAddress } from '../../transport/serverUrl.ts'
import type { Session } from '../../transport/session.ts'
import type { CheckPlace } from './checks/check.ts'
import type { Journal } from './journal.ts'

/** Where the checks run: this browser, and the server that the session speaks to. */
export function browserPlace(session: Session, journal: Journal, server: ServerAddress): CheckPlace {
  return {
    base: server.base,
    socketUrl: server.socketUrl,
    page: new URL(location.href),
    servedPage: server.servedPage,
    intervalSeconds: journal.hello?.interval ?? 1,
    clockOffsetMs: () => session.status.clockOffsetMs,
    clock: browserClock,
    fetch: (...request) => fetch(...request),
    openSocket: (url, subprotocol) => new WebSocket(url, subprotocol),
    hopTo,
  }
}

/** A browser keeps it to itself for servers of another origin. */
function hopTo(address: string): string | undefined {
  const [last] = performance.getEntriesByName(address, 'resource').slice(-1)
  const { nextHopProtocol = '' } = (last ?? {}) as { nextHopProtocol?: string }
  return nextHopProtocol === '' ? undefined : nextHopProtocol
}

/** The composition root: what the app consists of, made once and handed down. */
import { createContext, use } from 'react'
import { fetchHistoryStatus, fetchPastHosts } from '../api/history.ts'
import { Crosshair } from '../chart/crosshair.ts'
import { drivePlayback } from '../chart/playback.ts'
import { FrameScheduler } from '../chart/scheduler.ts'
import { ChartTheme, followPage } from '../chart/theme.ts'
import { TimeWindow } from '../chart/timeWindow.ts'
import type { ConnectServices } from '../features/connect/services.ts'
import { Journal } from '../features/connection/journal.ts'
import type { ExportServices } from '../features/export/services.ts'
import { HistoryFacts } from '../features/history/historyFacts.ts'
import type { HistoryServices } from '../features/history/services.ts'
import type { LiveServices } from '../features/live/services.ts'
import type { PastStore } from '../series/pastStore.ts'
import { SeriesStore } from '../series/seriesStore.ts'
import { answersHttp } from '../transport/answersHttp.ts'
import { eventStreams } from '../transport/eventStream.ts'
import { resolveServer, type ServerAddress } from '../transport/serverUrl.ts'
import { Session } from '../transport/session.ts'
import { portOf } from '../transport/sharedMessages.ts'
import type { SocketFactory } from '../transport/socket.ts'
import { sharedEventStreams } from '../transport/tabStream.ts'
import { makeExports } from './exports.ts'
import { makePast } from './past.ts'
import { ThemeSwitch } from './theme.ts'

export interface Services {
  store: SeriesStore
  session: Session
  journal: Journal
  server: ServerAddress
  past: PastStore
  live: LiveServices
  history: HistoryServices
  connect: ConnectServices
  exports: ExportServices
  theme: ThemeSwitch
}

/** Makes all services; nothing is connected before session.start(). Throws a ServerAddressError for a bad ?server=. */
export function makeServices(base: string): Services {
  const server = findServer(base)
  const store = new SeriesStore()
  const journal = new Journal(store)
  const session = new Session({
    url: server.socketUrl,
    store: journal,
    servedPage: server.servedPage,
    events: {
      url: new URL('events', server.base).href,
      open: openEvents(),
      answersHttp: () => answersHttp(server.base),
    },
  })
  journal.follow(session)
  const window = new TimeWindow()
  const scheduler = new FrameScheduler(undefined, () => window.inGesture)
  const theme = new ThemeSwitch()
  const chartTheme = new ChartTheme()
  followPage(chartTheme)
  const serverSeconds = () => (Date.now() + (session.status.clockOffsetMs ?? 0)) / 1000
  const past = makePast(server.base, session, store, serverSeconds)
  window.limits.awaitRecorded()
  drivePlayback(window, scheduler)
  const shared = { scheduler, window, chartTheme, past, serverSeconds, serverAddress: server.base.href }
  return {
    store,
    session,
    journal,
    server,
    past,
    theme,
    exports: makeExports(server.base, new URL(base), session, past, window),
    live: {
      ...shared,
      crosshair: new Crosshair(),
      ownHost: () => store.own,
    },
    history: {
      ...shared,
      foresee: (range) => past.foresight.foresee(range),
      retryPast: () => past.retryNow(),
      facts: new HistoryFacts({
        status: (signal) => fetchHistoryStatus(server.base, signal),
        hosts: (signal) => fetchPastHosts(server.base, signal),
      }),
    },
    connect: {
      session,
      serverAddress: server.base.href,
      servedPage: server.servedPage,
      useServer: (address) => location.assign(pageOfServer(base, address)),
      reload: () => location.reload(),
    },
  }
}

/** One event stream for all tabs of the browser where it has shared workers (on Android it may not). */
function openEvents(): SocketFactory {
  const alone = eventStreams()
  if (typeof SharedWorker === 'undefined') return alone
  return sharedEventStreams((onFailed) => {
    const worker = new SharedWorker(new URL('../transport/sharedStream.worker.ts', import.meta.url), {
      type: 'module',
      name: 'vitals-events',
    })
    worker.onerror = onFailed
    return portOf(worker.port)
  }, alone)
}

/** The address of the app with another server; an empty one goes back to the usual. */
export function pageOfServer(base: string, address: string): string {
  const page = new URL(base)
  page.searchParams.set('server', address)
  return page.href
}

function findServer(base: string): ServerAddress {
  const page = new URL(location.href)
  const built: unknown = import.meta.env['VITE_SERVER_URL']
  const server = resolveServer(page, base, typeof built === 'string' ? built : undefined, storage())
  if (page.searchParams.has('server')) {
    // It is remembered now; left in the address it would be passed on with every copied link.
    page.searchParams.delete('server')
    history.replaceState(history.state, '', page)
  }
  return server
}

function storage(): Storage | undefined {
  try {
    return localStorage
  } catch {
    return undefined
  }
}

export const ServicesContext = createContext<Services | undefined>(undefined)

export function useServices(): Services {
  const services = use(ServicesContext)
  if (!services) throw new Error('the app stands outside its services')
  return services
}

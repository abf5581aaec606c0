import { makeConnection, type ConnectionServices } from '../features/connection/services.ts'
import type { Services } from './services.ts'

const made = new WeakMap<Services, ConnectionServices>()

/** What the Connection page needs, made when it is first opened; who comes back to it finds what was found. */
export function connectionOf(services: Services): ConnectionServices {
  const known = made.get(services)
  if (known) return known
  const { session, journal, store, server, live } = services
  const connection = makeConnection(session, journal, store, server, live.scheduler)
  made.set(services, connection)
  return connection
}

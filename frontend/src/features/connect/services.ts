import { createContext, use } from 'react'
import type { Session } from '../../transport/session.ts'

/** What tells of the connection, and what can be done about it. */
export interface ConnectServices {
  session: Session
  /** The address of the server, for people. */
  serverAddress: string
  /** The server is the one that the page came from. */
  servedPage: boolean
  /** Loads the app anew against another server; empty goes back to the usual one. */
  useServer: (address: string) => void
  reload: () => void
}

export const ConnectServicesContext = createContext<ConnectServices | undefined>(undefined)

export function useConnectServices(): ConnectServices {
  const services = use(ConnectServicesContext)
  if (!services) throw new Error('the connection is shown outside its services')
  return services
}

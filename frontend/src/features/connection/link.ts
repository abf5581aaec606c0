/** How this page is connected, in words. */
import type { ConnectionStatus } from '../../transport/connectionStatus.ts'

export interface Link {
  transport: 'WebSocket' | 'event stream'
  /** Why it is not the usual one. */
  why?: string
  format: 'JSON' | 'CBOR'
}

export function linkOf({ transport, transportReason, format }: ConnectionStatus): Link {
  return {
    transport: transport === 'events' ? 'event stream' : 'WebSocket',
    ...(transportReason !== undefined && { why: transportReason }),
    format: format === 'cbor' ? 'CBOR' : 'JSON',
  }
}

/** Why nothing comes, in a few words. */
export function reasonWords(status: ConnectionStatus): string {
  switch (status.state) {
    case 'live':
      return ''
    case 'connecting':
      return 'connecting'
    case 'offline':
      return 'no network'
    case 'reconnecting':
      return 'lost, trying again'
    case 'refused':
      return 'refused'
  }
}

/** The state of the connection in words. */
import { formatOffset } from '../../chart/format.ts'
import type { ConnectionStatus } from '../../transport/session.ts'
import type { Tone } from '../../ui/Pill.tsx'
import type { Freshness } from './freshness.ts'

/** Short, and nearly of one width with the age behind it: the head of the page does not move with the state. */
export const freshnessWord: Record<Freshness, string> = {
  waiting: 'Connecting',
  live: 'Live',
  late: 'Late',
  gone: 'Gone',
  reconnecting: 'Lost',
  offline: 'Offline',
  refused: 'Refused',
}

export const freshnessSentence: Record<Freshness, string> = {
  waiting: 'connecting to the server',
  live: 'samples come as they should',
  late: 'connected, but the newest sample is old',
  gone: 'connected, but the machine has not been heard of for long',
  reconnecting: 'the connection is lost; trying again',
  offline: 'there is no network',
  refused: 'the server refused this page',
}

export const freshnessTone: Record<Freshness, Tone> = {
  waiting: 'quiet',
  live: 'good',
  late: 'warn',
  gone: 'quiet',
  reconnecting: 'warn',
  offline: 'bad',
  refused: 'bad',
}

/** `in 8 s`, `now`: when the next attempt is. */
export function untilRetry(status: ConnectionStatus, nowMs: number): string {
  if (status.nextRetryAt === undefined) return 'now'
  const seconds = Math.ceil((status.nextRetryAt - nowMs) / 1000)
  return seconds > 0 ? `in ${seconds} s` : 'now'
}

/** The server's clock beside the viewer's, as soon as an answer can be believed; on an event stream none is asked for. */
export function clockText({ transport, roundTripMs, clockOffsetMs }: ConnectionStatus): string {
  return formatOffset(transport === 'websocket' && roundTripMs === undefined ? undefined : clockOffsetMs)
}

/** `event stream: WebSockets are blocked …`; empty on a WebSocket, which is as it should be. */
export function transportText({ transport, transportReason }: ConnectionStatus): string {
  if (transport === 'websocket') return ''
  return ['event stream', transportReason].filter(Boolean).join(': ')
}

/** Why the connection ended, as far as anybody said. */
export function reasonOf(status: ConnectionStatus): string {
  if (status.closeReason) return status.closeReason
  if (status.closeCode === undefined) return 'the server could not be reached'
  return status.closeCode === 1006
    ? 'the connection was cut'
    : `the connection was closed with code ${status.closeCode}`
}

import type { FrameFormat } from './socket.ts'

/**
 * connecting: the first attempt. live: frames come. reconnecting: it was lost or never came up; another attempt runs
 * or waits. offline: the same, and the browser knows of no network, or the session was stopped. refused: the server
 * does not want this client; only retryNow() tries again.
 */
export type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'offline' | 'refused'

/** How frames travel: by WebSocket, or, where something between here and the server lets none through, as events. */
export type TransportKind = 'websocket' | 'events'

/** A picture of the connection; each change makes a new one. */
export interface ConnectionStatus {
  readonly state: ConnectionState
  /** When the state began, ms since the epoch by the user's clock. */
  readonly since: number
  /** Failed attempts in a row. */
  readonly attempt: number
  /** When the next attempt starts, ms since the epoch; absent while one runs. */
  readonly nextRetryAt?: number
  readonly transport: TransportKind
  /** When the session took to that transport, ms since the epoch by the user's clock. */
  readonly transportSince: number
  /** Why it is not WebSocket. */
  readonly transportReason?: string
  /** How the frames of the last connection that opened are written. */
  readonly format?: FrameFormat
  /** On an event stream it cannot be measured. */
  readonly roundTripMs?: number
  /** The server's clock minus ours. */
  readonly clockOffsetMs?: number
  /** Of the last connection, once it is lost. */
  readonly closeCode?: number
  readonly closeReason?: string
  /** What the server said was wrong with what we sent. */
  readonly problem?: string
  /** Received, over the last ten seconds. */
  readonly bytesPerSecond: number
  /** Updates that the server told were left out, since the start. */
  readonly dropped: number
  /** The server that this page came from now serves a newer app: reload. */
  readonly appChanged: boolean
  readonly serverVersion?: string
}

type Field = keyof ConnectionStatus

/** What a state leaves behind when it begins: figures and faults that are no longer true. */
const staleIn: Readonly<Record<ConnectionState, readonly Field[]>> = {
  connecting: ['nextRetryAt', 'roundTripMs', 'problem', 'closeCode', 'closeReason'],
  live: ['nextRetryAt', 'problem', 'closeCode', 'closeReason'],
  reconnecting: ['roundTripMs'],
  offline: ['roundTripMs'],
  refused: ['nextRetryAt', 'roundTripMs'],
}

/** Holds the picture and tells of each new one. */
export class StatusBoard {
  #status: ConnectionStatus
  readonly #listeners = new Set<() => void>()

  constructor(nowMs: number) {
    this.#status = {
      state: 'connecting',
      since: nowMs,
      attempt: 0,
      transport: 'websocket',
      transportSince: nowMs,
      bytesPerSecond: 0,
      dropped: 0,
      appChanged: false,
    }
  }

  get status(): ConnectionStatus {
    return this.#status
  }

  subscribe(listener: () => void): () => void {
    const own = () => listener()
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  /** Begins a state; `since` stays when it is the one that holds. */
  enter(state: ConnectionState, nowMs: number, change: Partial<ConnectionStatus> = {}): void {
    const since = state === this.#status.state ? this.#status.since : nowMs
    const bytesPerSecond = state === 'live' ? this.#status.bytesPerSecond : 0
    this.publish({ state, since, bytesPerSecond, ...change }, staleIn[state])
  }

  publish(change: Partial<ConnectionStatus>, stale: readonly Field[] = []): void {
    const next: Partial<ConnectionStatus> = { ...this.#status }
    for (const field of stale) Reflect.deleteProperty(next, field)
    this.#status = { ...next, ...change } as ConnectionStatus
    for (const listener of this.#listeners) listener()
  }
}

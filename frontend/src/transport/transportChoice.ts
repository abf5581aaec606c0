import type { TransportKind } from './connectionStatus.ts'

/** So many attempts at a WebSocket must fail, while plain HTTP works, before it counts as blocked. */
const blockedAttempts = 2
/** So many attempts at an event stream may fail before WebSocket has its turn again. */
const failedStreams = 2
/** From one look whether WebSocket works again to the next. */
const firstTrialMs = 2 * 60_000
const lastTrialMs = 16 * 60_000

/**
 * Which transport a session takes. WebSocket, until two attempts in a row came to nothing although the server answered
 * plain HTTP before the second one: then something on the way blocks it, and the session takes an event stream. That
 * the server is down or starts does not look like this. From time to time WebSocket is tried beside the stream.
 */
export class TransportChoice {
  #kind: TransportKind = 'websocket'
  #failures = 0
  #httpWorks = false
  #trials = 0

  get kind(): TransportKind {
    return this.#kind
  }

  /** Whether it is worth to find out if plain HTTP works. */
  get doubtful(): boolean {
    return this.#kind === 'websocket' && this.#failures > 0 && !this.#httpWorks
  }

  /** Plain HTTP to the server works, or does not. An answer that comes when all is well again says nothing of later. */
  noteHttp(works: boolean): void {
    if (this.doubtful) this.#httpWorks = works
  }

  /** An attempt brought a hello. */
  succeeded(kind: TransportKind): void {
    this.#take(kind)
    if (kind === 'websocket') this.#trials = 0
  }

  /** An attempt came to nothing. True when the other transport is next. */
  failed(): boolean {
    this.#failures++
    if (this.#kind === 'events') {
      if (this.#failures < failedStreams) return false
      this.#take('websocket')
      return true
    }
    if (this.#failures < blockedAttempts || !this.#httpWorks) return false
    this.#take('events')
    return true
  }

  /** The server answered, but has no room: that says nothing about what lies between. True when WebSocket is next. */
  refusedForNow(): boolean {
    const wasEvents = this.#kind === 'events'
    this.#take('websocket')
    return wasEvents
  }

  /** How long to wait before WebSocket is tried beside an event stream: longer each time. */
  nextTrialMs(random: number): number {
    const ceiling = Math.min(lastTrialMs, firstTrialMs * 2 ** this.#trials)
    this.#trials++
    return ceiling * (0.5 + random / 2)
  }

  /** The network changed: what blocked WebSocket may be gone. */
  networkChanged(): void {
    this.#trials = 0
  }

  #take(kind: TransportKind): void {
    this.#kind = kind
    this.#failures = 0
    this.#httpWorks = false
  }
}

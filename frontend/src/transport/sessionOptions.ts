import type { ServerFrame } from '../wire/frames.ts'
import type { Position } from '../wire/types.gen.ts'
import type { Clock } from './clock.ts'
import type { PageSignals } from './pageSignals.ts'
import type { SocketFactory } from './socket.ts'

/** Where the frames go. */
export interface FrameStore {
  apply(frame: ServerFrame): void
  position(host: string): Position | undefined
  readonly own: string | undefined
}

/** The way that is taken where WebSockets are blocked. */
export interface EventsTransport {
  url: string
  open: SocketFactory
  /** Whether the server answers plain HTTP; it must not reject. */
  answersHttp(): Promise<boolean>
}

export interface SessionOptions {
  /** Of the WebSocket. */
  url: string
  store: FrameStore
  /** Without it there is only WebSocket. */
  events?: EventsTransport
  /** The page came from this server, so a newer app there is news. */
  servedPage?: boolean
  /** Opens WebSockets. */
  socketFactory?: SocketFactory
  clock?: Clock
  page?: PageSignals
  random?: () => number
}

import type {
  Catalog,
  ErrorFrame,
  Gap,
  Hello,
  Ping,
  Pong,
  Snapshot,
  Subscribe,
  Unsubscribe,
  Update,
} from './types.gen.ts'

/** The WebSocket subprotocol of a session in JSON, and the protocol version that it stands for. */
export const subprotocol = 'vitals.v1.json'
export const protocolVersion = 1

/** What a server sends. */
export type ServerFrame = Hello | Catalog | Snapshot | Update | Gap | ErrorFrame | Pong

/** What a client sends. */
export type ClientFrame = Subscribe | Unsubscribe | Ping

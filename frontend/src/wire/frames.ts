import type {
  Catalog,
  ErrorFrame,
  Gap,
  Hello,
  HostState,
  Ping,
  Pong,
  Publish,
  Published,
  Snapshot,
  Subscribe,
  Unsubscribe,
  Update,
} from './types.gen.ts'

/** The WebSocket subprotocols of a session, one for each codec, and the protocol version that they stand for. */
export const subprotocol = 'vitals.v1.json'
export const subprotocolCbor = 'vitals.v1.cbor'
export type Subprotocol = typeof subprotocol | typeof subprotocolCbor
export const protocolVersion = 1

/** What a server sends. */
export type ServerFrame =
  Hello | HostState | Catalog | Snapshot | Update | Gap | Published | ErrorFrame | Pong

/** What a client sends. */
export type ClientFrame = Subscribe | Unsubscribe | Publish | Ping

import { toCbor } from './cbor.ts'
import { type ClientFrame, subprotocol, type Subprotocol } from './frames.ts'

/** The message of a client frame as it goes over a socket of that subprotocol: text, or bytes of CBOR. */
export function encodeFrame(frame: ClientFrame): string
export function encodeFrame(frame: ClientFrame, protocol: Subprotocol): string | Uint8Array<ArrayBuffer>
export function encodeFrame(frame: ClientFrame, protocol: Subprotocol = subprotocol) {
  return protocol === subprotocol ? JSON.stringify(frame) : toCbor(frame)
}

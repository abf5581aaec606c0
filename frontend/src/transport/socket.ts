import { encodeFrame } from '../wire/encode.ts'
import { subprotocol, subprotocolCbor, type ClientFrame, type Subprotocol } from '../wire/frames.ts'
import type { Subscribe } from '../wire/types.gen.ts'

/** How frames are written on a connection. */
export type FrameFormat = 'json' | 'cbor'

/** A way to a server. */
export interface Socket {
  /**
   * Sends one frame; without effect when the socket is not open. A way that only the server can speak on (an event
   * stream) obeys subscribe, which there names all hosts that are wanted from now on, and nothing else.
   */
  send(frame: ClientFrame): void
  /** Lets the socket go. It reports nothing after this. */
  close(): void
}

/**
 * What a socket reports, in this order: that it is open, any number of messages, one close. A socket that never opened
 * only closes. Nothing is reported before the factory has returned.
 */
export interface SocketEvents {
  onOpen(format: FrameFormat): void
  /** A frame as it came: text is JSON, bytes are CBOR. */
  onMessage(data: string | ArrayBuffer): void
  /** `retryAfterMs`: the server asked not to come back before. */
  onClose(code: number, reason: string, retryAfterMs?: number): void
}

/**
 * Opens a socket. It may throw when the address cannot be used at all. `wish` is what will be subscribed to: a way on
 * which a client cannot speak begins with it, others may ignore it.
 */
export type SocketFactory = (url: string, events: SocketEvents, wish: Subscribe) => Socket

/** The browser's WebSockets; `offered` is what frames may be written in, the best first. The server takes its pick. */
export function webSockets(offered: readonly Subprotocol[]): SocketFactory {
  return (url, events) => {
    const socket = new WebSocket(url, [...offered])
    socket.binaryType = 'arraybuffer'
    let agreed: Subprotocol = subprotocol
    let done = false
    socket.onopen = () => {
      agreed = offered.find((one) => one === socket.protocol) ?? subprotocol
      if (!done) events.onOpen(agreed === subprotocolCbor ? 'cbor' : 'json')
    }
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (!done && (typeof data === 'string' || data instanceof ArrayBuffer)) events.onMessage(data)
    }
    socket.onclose = (event) => {
      if (!done) events.onClose(event.code, event.reason)
      done = true
    }
    return {
      send: (frame) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(encodeFrame(frame, agreed))
      },
      close: () => {
        done = true
        socket.close()
      },
    }
  }
}

/** CBOR where the server has it. */
export const openWebSocket: SocketFactory = webSockets([subprotocolCbor, subprotocol])

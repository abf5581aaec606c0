import { subprotocol } from '../wire/frames.ts'

/** A way to a server that carries texts both ways. */
export interface Socket {
  /** Sends one text; without effect when the socket is not open. */
  send(text: string): void
  /** Lets the socket go. It reports nothing after this. */
  close(): void
}

/**
 * What a socket reports, in this order: any number of texts, then one close. A socket that never opened only closes.
 * Nothing is reported before the factory has returned.
 */
export interface SocketEvents {
  onText(text: string): void
  onClose(code: number, reason: string): void
}

/**
 * Opens a socket. It may throw when the address cannot be used at all. A transport other than WebSocket (an event
 * stream, a worker) is another function of this type.
 */
export type SocketFactory = (url: string, events: SocketEvents) => Socket

/** A session of ours in binary frames would be a protocol that this app does not speak. */
const unsupportedData = 1003

/** The browser's WebSocket. */
export const openWebSocket: SocketFactory = (url, events) => {
  const socket = new WebSocket(url, subprotocol)
  let done = false
  const finish = (code: number, reason: string) => {
    if (done) return
    done = true
    events.onClose(code, reason)
  }
  socket.onmessage = (message: MessageEvent<unknown>) => {
    if (done) return
    if (typeof message.data === 'string') {
      events.onText(message.data)
      return
    }
    finish(unsupportedData, 'a binary frame, where text was agreed')
    socket.close()
  }
  socket.onclose = (event) => finish(event.code, event.reason)
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text)
    },
    close: () => {
      done = true
      socket.close()
    },
  }
}

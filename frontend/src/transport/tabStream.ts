import type { TabPort } from './sharedMessages.ts'
import type { SocketFactory } from './socket.ts'

/**
 * Sessions over the one event stream that all tabs of a browser share: HTTP/1.1 allows six connections to a server, and
 * streams of their own would leave the seventh tab without anything. `openPort` reaches the worker; where that fails,
 * now or later (`onFailed` was called), `alone` opens a stream of the tab's own.
 */
export function sharedEventStreams(
  openPort: (onFailed: () => void) => TabPort,
  alone: SocketFactory,
): SocketFactory {
  let failed = false
  return (url, events, wish) => {
    if (failed) return alone(url, events, wish)
    let done = false
    const finish = (code: number, reason: string, retryAfterMs?: number): void => {
      if (done) return
      done = true
      port.close()
      events.onClose(code, reason, retryAfterMs)
    }
    const port = openPort(() => {
      failed = true
      finish(1006, 'the shared stream does not work here')
    })
    port.listen((message) => {
      if (done) return
      if (message.type === 'opened') events.onOpen('json')
      else if (message.type === 'frame') events.onMessage(message.data)
      else if (message.type === 'there') port.post({ type: 'here' })
      else finish(message.code, message.reason, message.retryAfterMs)
    })
    port.post({ type: 'open', url, wish })
    return {
      send: (frame) => {
        if (!done && frame.type === 'subscribe') port.post({ type: 'want', wish: frame })
      },
      close: () => {
        if (done) return
        done = true
        port.post({ type: 'bye' })
        port.close()
      },
    }
  }
}

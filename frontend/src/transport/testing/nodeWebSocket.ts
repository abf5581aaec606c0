import { WebSocket as NodeWebSocket } from 'ws'

/** The WebSocket of the `ws` package, which, as a browser's, ends no program when it cannot connect. */
export class QuietWebSocket extends NodeWebSocket {
  constructor(url: string, protocols?: string | string[]) {
    super(url, protocols)
    this.on('error', () => undefined)
  }
}

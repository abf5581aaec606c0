import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** A proxy of the kind that knows nothing of WebSockets, until it is told to let them through. */
export class HttpProxy {
  /** Requests for event streams that came, and how many are open now. */
  streams = 0
  openStreams = 0
  lettingWebSockets = false
  readonly #upstreamPort: number
  readonly #server: Server
  readonly #carried = new Set<Duplex>()

  private constructor(upstreamPort: number) {
    this.#upstreamPort = upstreamPort
    this.#server = createServer((asked, answer) => this.#pass(asked, answer))
    this.#server.on('upgrade', (asked: IncomingMessage, client: Socket, head: Buffer) => {
      if (this.lettingWebSockets) this.#upgrade(asked, client, head)
      else client.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    })
  }

  /** A proxy before that port of this machine. */
  static async to(upstreamPort: number): Promise<HttpProxy> {
    const proxy = new HttpProxy(upstreamPort)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  /** 127.0.0.1:1234 */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resets everything that is on its way. */
  cut(): void {
    for (const socket of this.#carried) socket.destroy()
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
    this.cut()
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    const isStream = asked.url?.startsWith('/events') === true
    if (isStream) this.#count(answer)
    const { url, method, headers } = asked
    const passed = request(
      { host: '127.0.0.1', port: this.#upstreamPort, path: url, method, headers },
      (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers)
        answer.flushHeaders()
        got.pipe(answer)
        got.on('error', () => answer.destroy())
      },
    )
    passed.on('error', () => answer.destroy())
    answer.on('close', () => passed.destroy())
    asked.pipe(passed)
  }

  #count(answer: ServerResponse): void {
    this.streams++
    this.openStreams++
    const { socket } = answer
    if (socket !== null) this.#carry(socket)
    answer.on('close', () => this.openStreams--)
  }

  #upgrade(asked: IncomingMessage, client: Socket, head: Buffer): void {
    const upstream = connect(this.#upstreamPort, '127.0.0.1')
    const lines = [`${asked.method} ${asked.url} HTTP/1.1`]
    for (let i = 0; i < asked.rawHeaders.length; i += 2) {
      lines.push(`${asked.rawHeaders[i]}: ${asked.rawHeaders[i + 1]}`)
    }
    upstream.write(`${lines.join('\r\n')}\r\n\r\n`)
    upstream.write(head)
    client.pipe(upstream).pipe(client)
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#carry(one)
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  }

  #carry(socket: Socket): void {
    this.#carried.add(socket)
    socket.on('close', () => this.#carried.delete(socket))
  }
}

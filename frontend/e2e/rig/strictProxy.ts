import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'

/** What the proxy does to whoever passes it; it may be changed at any time. */
export interface Strictness {
  /** WebSockets do not get through. */
  refusesUpgrades?: boolean
  /** Of an event stream nothing goes on before so many bytes are there. */
  holdsBytes?: number
  /** The server hears its own address as Host, as nginx does it by default. */
  changesHost?: boolean
}

/** A proxy before a server, of the kind that is often met: it passes on what it likes. */
export class StrictProxy {
  strictness: Strictness
  readonly #web: Server
  readonly #server: string
  readonly #streams = new Set<ServerResponse>()
  readonly #sockets = new Set<Socket>()

  private constructor(server: string, strictness: Strictness) {
    this.#server = server
    this.strictness = strictness
    this.#web = createServer((asked, answer) => this.#passOn(asked, answer))
    this.#web.on('upgrade', (asked: IncomingMessage, socket: Socket, head: Buffer) =>
      this.#upgrade(asked, socket, head),
    )
  }

  static async before(server: { address: string }, strictness: Strictness): Promise<StrictProxy> {
    const proxy = new StrictProxy(server.address, strictness)
    proxy.#web.listen(0, '127.0.0.1')
    await once(proxy.#web, 'listening')
    return proxy
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#web.address() as AddressInfo).port}/`
  }

  /** How many event streams run through it now. */
  get eventStreams(): number {
    return this.#streams.size
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#web.closeAllConnections()
    this.#web.close()
  }

  #passOn(asked: IncomingMessage, answer: ServerResponse): void {
    const { method, url = '/' } = asked
    const headers = { ...asked.headers, ...(this.strictness.changesHost && { host: this.#server }) }
    const [host, port] = this.#server.split(':')
    const passed = request({ host, port, path: url, method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers)
      if (url.startsWith('/events')) this.#stream(reply, answer)
      else reply.pipe(answer)
    })
    passed.on('error', () => answer.destroy())
    answer.on('close', () => passed.destroy())
    asked.pipe(passed)
  }

  #stream(reply: IncomingMessage, answer: ServerResponse): void {
    this.#streams.add(answer)
    answer.on('close', () => this.#streams.delete(answer))
    answer.flushHeaders()
    let held: Buffer[] = []
    reply.on('data', (piece: Buffer) => {
      held.push(piece)
      const all = Buffer.concat(held)
      if (all.length < (this.strictness.holdsBytes ?? 0)) return
      held = []
      answer.write(all)
    })
    reply.on('end', () => answer.end())
    reply.on('error', () => answer.destroy())
  }

  #upgrade(asked: IncomingMessage, socket: Socket, head: Buffer): void {
    if (this.strictness.refusesUpgrades === true) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    const [host = '', port] = this.#server.split(':')
    const passed = connect(Number(port), host, () => {
      const lines = [`${asked.method} ${asked.url} HTTP/1.1`]
      for (let i = 0; i < asked.rawHeaders.length; i += 2) {
        const [name = '', value] = [asked.rawHeaders[i], asked.rawHeaders[i + 1]]
        const changed = this.strictness.changesHost === true && name.toLowerCase() === 'host'
        lines.push(`${name}: ${changed ? this.#server : value}`)
      }
      passed.write(`${lines.join('\r\n')}\r\n\r\n`)
      passed.write(head)
      passed.pipe(socket)
      socket.pipe(passed)
    })
    for (const [one, other] of [
      [socket, passed],
      [passed, socket],
    ] as const) {
      this.#sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        this.#sockets.delete(one)
        other.destroy()
      })
    }
  }
}

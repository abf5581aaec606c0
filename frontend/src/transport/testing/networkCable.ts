import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** What lies between a client and a server that keeps running, for tests: it can be cut, pulled, and put back. */
export class NetworkCable {
  readonly #server: Server
  readonly #carried = new Set<Socket>()
  #plugged = true

  private constructor(server: Server) {
    this.#server = server
  }

  /** A cable to that port of this machine. */
  static async to(port: number): Promise<NetworkCable> {
    const server = createServer()
    const cable = new NetworkCable(server)
    server.on('connection', (client) => {
      if (cable.#plugged) cable.#carry(client, connect(port, '127.0.0.1'))
      else client.resetAndDestroy()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return cable
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`
  }

  /** Resets every connection, in the middle of whatever is on its way; new ones are let through. */
  cut(): void {
    for (const socket of this.#carried) socket.resetAndDestroy()
  }

  /** Resets every connection and lets none through. */
  pull(): void {
    this.#plugged = false
    this.cut()
  }

  plug(): void {
    this.#plugged = true
  }

  close(): void {
    this.#server.close()
    this.pull()
  }

  #carry(client: Socket, upstream: Socket): void {
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#carried.add(from)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        this.#carried.delete(from)
        to.destroy()
      })
    }
  }
}

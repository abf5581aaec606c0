import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP proxy before a server that cuts what it carries when a test says so. */
export class CuttingProxy {
  readonly #server: Server
  readonly #carried = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
  }

  static async before(host: string, port: number): Promise<CuttingProxy> {
    const server = createServer()
    const proxy = new CuttingProxy(server)
    server.on('connection', (client) => proxy.#carry(client, connect(port, host)))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Resets every connection, in the middle of whatever is on its way. */
  cut(): void {
    for (const socket of this.#carried) socket.resetAndDestroy()
  }

  close(): void {
    this.#server.close()
    this.cut()
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

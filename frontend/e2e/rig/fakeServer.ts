import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Catalog, Hello, Host, Series } from '../../src/wire/types.gen.ts'
import type { VitalsServer } from './vitalsServer.ts'

/** What a tick of the fake machine measures: a value a series, null for none. */
export type Values = readonly (number | null)[]

export interface FakeMachine {
  host: Host
  series: Series[]
  interval: number
  /** The values of the tick of that number, 1 being the first. */
  values: (tick: number) => Values
  /** How many ticks lie behind it when the first viewer comes. */
  past: number
}

/**
 * Speaks the session protocol for one machine that does what a story wants. The app itself comes from a real server
 * that stands behind it, with its headers.
 */
export class FakeServer {
  readonly machine: FakeMachine
  readonly #web: Server
  readonly #sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'vitals.v1.json' })
  readonly #began: number
  #tick: number

  private constructor(machine: FakeMachine, app: VitalsServer) {
    this.machine = machine
    this.#tick = machine.past
    this.#began = Date.now() / 1000 - machine.past * machine.interval
    this.#web = createServer((asked, answer) => {
      if (!this.#tellPast(new URL(asked.url ?? '/', app.url), answer)) passOn(app, asked, answer)
    })
    this.#web.on('upgrade', (asked: IncomingMessage, socket: Socket, head: Buffer) => {
      this.#sockets.handleUpgrade(asked, socket, head, (viewer) => this.#greet(viewer))
    })
  }

  static async start(machine: FakeMachine, app: VitalsServer): Promise<FakeServer> {
    const server = new FakeServer(machine, app)
    server.#web.listen(0, '127.0.0.1')
    await once(server.#web, 'listening')
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#web.address() as AddressInfo).port}/`
  }

  /** The number of the newest tick. */
  get tick(): number {
    return this.#tick
  }

  /** Sends the next ticks at once; resolves when the kernel has taken them. */
  async push(ticks: number): Promise<void> {
    const sent: Promise<void>[] = []
    for (let count = 0; count < ticks; count++) {
      const seq = ++this.#tick
      const frame = { type: 'update', seq, timestamp: this.#timeOf(seq), values: this.machine.values(seq) }
      sent.push(...this.#say(frame))
    }
    await Promise.all(sent)
  }

  /** A series appears. */
  async extend(series: Series): Promise<void> {
    this.machine.series.push(series)
    await Promise.all(this.#say({ type: 'catalog', series: this.machine.series }))
  }

  close(): void {
    for (const viewer of this.#sockets.clients) viewer.terminate()
    this.#web.closeAllConnections()
    this.#web.close()
  }

  #say(frame: object): Promise<void>[] {
    const text = JSON.stringify({ host: this.machine.host.name, ...frame })
    return [...this.#sockets.clients].map((viewer) => send(viewer, text))
  }

  /** Its clock stands still at the first tick: however long a story takes, no sample of it is ever old. */
  #greet(viewer: WebSocket): void {
    viewer.send(JSON.stringify(this.#hello()))
    viewer.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as { type: string; id?: number }
      if (frame.type === 'ping') {
        viewer.send(JSON.stringify({ type: 'pong', id: frame.id, time: this.#began }))
      }
      if (frame.type === 'subscribe') this.#begin(viewer)
    })
  }

  #hello(): Hello {
    const { host, interval } = this.machine
    return {
      type: 'hello',
      protocol: 1,
      server: { version: 'v0.0.0-fake', time: this.#began },
      epoch: 'the-only-one',
      interval,
      backfill: this.machine.past * interval,
      limits: { messageBytes: 16_384, hosts: 128, globs: 16 },
      hosts: [host],
    }
  }

  /** It has recorded nothing; the real server behind it knows no such machine. */
  #tellPast({ pathname, searchParams }: URL, answer: ServerResponse): boolean {
    if (pathname !== '/api/v1/history') return false
    const [from, to] = [Number(searchParams.get('from')), Number(searchParams.get('to'))]
    const steps = searchParams.get('step') === 'raw' ? {} : { step: Number(searchParams.get('step')) }
    const nothing = { host: this.machine.host.name, from, to, ...steps, timelines: [], series: [] }
    answer.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(nothing))
    return true
  }

  #begin(viewer: WebSocket): void {
    const { host, series, past } = this.machine
    const catalog: Catalog = { type: 'catalog', host: host.name, series }
    viewer.send(JSON.stringify(catalog))
    if (past === 0) return
    const ticks = Array.from({ length: past }, (_, index) => this.#tick - past + 1 + index)
    const rows = ticks.map((tick) => this.machine.values(tick))
    viewer.send(
      JSON.stringify({
        type: 'snapshot',
        host: host.name,
        seq: ticks[0],
        timestamps: ticks.map((tick) => this.#timeOf(tick)),
        columns: series.map((_, column) => rows.map((row) => row[column] ?? null)),
      }),
    )
  }

  #timeOf(tick: number): number {
    return Math.round((this.#began + tick * this.machine.interval) * 1000) / 1000
  }
}

function send(viewer: WebSocket, text: string): Promise<void> {
  return new Promise((resolve, reject) => viewer.send(text, (error) => (error ? reject(error) : resolve())))
}

function passOn(app: VitalsServer, asked: IncomingMessage, answer: ServerResponse): void {
  const { method, headers } = asked
  const passed = request(new URL(asked.url ?? '/', app.url), { method, headers }, (reply) => {
    answer.writeHead(reply.statusCode ?? 502, reply.headers)
    reply.pipe(answer)
  })
  passed.on('error', () => answer.destroy())
  asked.pipe(passed)
}

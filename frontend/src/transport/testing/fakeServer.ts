import type { ClientFrame } from '../../wire/frames.ts'
import type { Position, Subscribe } from '../../wire/types.gen.ts'
import type { EventsTransport } from '../sessionOptions.ts'
import type { Socket, SocketEvents, SocketFactory } from '../socket.ts'
import type { FakeClock } from './fakeClock.ts'

interface Row {
  seq: number
  timestamp: number
  value: number
}

/** One connection as the server sees it. */
export class FakeConnection implements Socket {
  readonly received: ClientFrame[] = []
  open = true
  readonly #events: SocketEvents
  readonly #onFrame: (frame: ClientFrame) => void

  constructor(events: SocketEvents, onFrame: (connection: FakeConnection, frame: ClientFrame) => void) {
    this.#events = events
    this.#onFrame = (frame) => onFrame(this, frame)
  }

  send(frame: ClientFrame): void {
    this.received.push(frame)
    this.#onFrame(frame)
  }

  close(): void {
    this.open = false
  }

  /** What the server says; also after the client let go, as a real socket may. */
  say(frame: object): void {
    this.#events.onMessage(JSON.stringify(frame))
  }

  sayText(text: string): void {
    this.#events.onMessage(text)
  }

  /** The connection stands. */
  accept(): void {
    this.#events.onOpen('json')
  }

  cut(code = 1006, reason = '', retryAfterMs?: number): void {
    this.open = false
    this.#events.onClose(code, reason, retryAfterMs)
  }
}

/**
 * A server in memory that does what the real one does: hello, catalogue, resume from a ring. Its one host has one
 * series whose value is the row's own number since the server was made, over all its lives: what a client holds shows
 * at once whether a row is missing or twice.
 */
export class FakeServer {
  readonly connections: FakeConnection[] = []
  accepting = true
  /** Something on the way lets no WebSocket through. */
  webSocketsBlocked = false
  /** Event streams that were asked for, with what they were asked for. */
  readonly streams: { connection: FakeConnection; wish: Subscribe }[] = []
  answersPings = true
  app = 'app-1'
  version = 'v0.1.0'
  epoch = 'epoch-1'
  interval = 1
  protocol = 1
  ringRows = 300
  roundTripMs = 20
  /** Server minus client. */
  clockAheadMs = 0
  readonly #clock: FakeClock
  #ring: Row[] = []
  #seq = 0
  #value = 0
  readonly #subscribed = new Set<FakeConnection>()

  constructor(clock: FakeClock) {
    this.#clock = clock
  }

  readonly factory: SocketFactory = (_url, events) => {
    const connection = new FakeConnection(events, (from, frame) => this.#answer(from, frame))
    this.connections.push(connection)
    this.#clock.after(1, () => {
      if (!connection.open) return
      if (!this.accepting || this.webSocketsBlocked) return connection.cut()
      connection.accept()
      this.#sayHello(connection)
    })
    return connection
  }

  /** Event streams on the same server. */
  readonly events: EventsTransport = {
    url: 'http://test/events',
    answersHttp: () => Promise.resolve(this.accepting),
    open: (_url, events, wish) => {
      const connection = new FakeConnection(events, (from, frame) => {
        if (frame.type === 'subscribe') this.#beginStream(from, frame)
      })
      this.connections.push(connection)
      this.#clock.after(1, () => {
        if (!connection.open) return
        if (!this.accepting) return connection.cut()
        connection.accept()
        this.#beginStream(connection, wish)
      })
      return connection
    },
  }

  get latest(): FakeConnection {
    return this.connections.at(-1)!
  }

  get seconds(): number {
    return (this.#clock.wallMs() + this.clockAheadMs) / 1000
  }

  /** One tick. A deaf connection does not hear of it. */
  tick(deaf?: FakeConnection): void {
    const row = { seq: ++this.#seq, timestamp: this.seconds, value: ++this.#value }
    this.#ring = [...this.#ring, row].slice(-this.ringRows)
    for (const connection of this.#subscribed) {
      if (connection === deaf || !connection.open) continue
      const { seq, timestamp, value } = row
      connection.say({ type: 'update', host: 'web-1', seq, timestamp, values: [value] })
    }
  }

  /** Another life: a new epoch, an empty ring. */
  restart(epoch: string): void {
    for (const connection of this.connections) if (connection.open) connection.cut(1012, 'restart')
    this.#subscribed.clear()
    this.epoch = epoch
    this.#seq = 0
    this.#ring = []
  }

  #beginStream(connection: FakeConnection, wish: Subscribe): void {
    this.streams.push({ connection, wish })
    this.#subscribed.delete(connection)
    this.#sayHello(connection)
    this.#subscribe(connection, { hosts: ['web-1'], ...wish })
  }

  #sayHello(connection: FakeConnection): void {
    connection.say({
      type: 'hello',
      protocol: this.protocol,
      server: { version: this.version, time: this.seconds, app: this.app },
      epoch: this.epoch,
      interval: this.interval,
      backfill: 300,
      limits: { messageBytes: 16_384, hosts: 128, globs: 16 },
      hosts: [
        { name: 'web-1', hostname: 'web-1' },
        { name: 'db-1', hostname: 'db-1' },
      ],
    })
  }

  #answer(connection: FakeConnection, frame: ClientFrame): void {
    if (frame.type === 'ping' && this.answersPings) this.#pong(connection, frame.id)
    if (frame.type === 'subscribe') this.#subscribe(connection, frame)
  }

  /** A ping is on its way for as long as its answer. */
  #pong(connection: FakeConnection, id: number): void {
    this.#clock.after(this.roundTripMs / 2, () => {
      const time = this.seconds
      this.#clock.after(this.roundTripMs / 2, () => {
        if (connection.open) connection.say({ type: 'pong', id, time })
      })
    })
  }

  #subscribe(connection: FakeConnection, frame: Subscribe): void {
    if (!frame.hosts?.includes('web-1')) return
    this.#subscribed.add(connection)
    const series = [{ metric: 'cpu', family: 'cpu', unit: 'percent', kind: 'gauge' }]
    connection.say({ type: 'catalog', host: 'web-1', series })
    const rows = this.#rowsAfter(connection, frame.since?.['web-1'])
    if (rows.length === 0) return
    connection.say({
      type: 'snapshot',
      host: 'web-1',
      seq: rows[0]!.seq,
      timestamps: rows.map((row) => row.timestamp),
      columns: [rows.map((row) => row.value)],
    })
  }

  #rowsAfter(connection: FakeConnection, since: Position | undefined): Row[] {
    if (since === undefined) return this.#ring
    const oldest = this.#ring[0]?.seq ?? this.#seq + 1
    if (since.epoch === this.epoch && since.seq + 1 >= oldest)
      return this.#ring.filter((row) => row.seq > since.seq)
    connection.say({ type: 'gap', host: 'web-1', recovered: false })
    return this.#ring
  }
}

import { DecodeError } from '../wire/check.ts'
import { decodeFrame } from '../wire/decode.ts'
import { protocolVersion, type ServerFrame } from '../wire/frames.ts'
import type { Hello, Subscribe } from '../wire/types.gen.ts'
import { Backoff } from './backoff.ts'
import { browserClock, type Clock } from './clock.ts'
import { isTerminal } from './closeCode.ts'
import {
  StatusBoard,
  type ConnectionState,
  type ConnectionStatus,
  type TransportKind,
} from './connectionStatus.ts'
import { EventsWatch } from './eventsWatch.ts'
import { Heartbeat, type HeartbeatEvents, type Watch } from './heartbeat.ts'
import { browserPage, type PageSignals } from './pageSignals.ts'
import type { SessionOptions } from './sessionOptions.ts'
import { openWebSocket, type FrameFormat, type Socket } from './socket.ts'
import { Throughput } from './throughput.ts'
import { TransportChoice } from './transportChoice.ts'

export type { ConnectionState, ConnectionStatus, TransportKind } from './connectionStatus.ts'
export type { SessionOptions } from './sessionOptions.ts'

/** One connection, from the attempt to its end. */
interface Link {
  readonly kind: TransportKind
  readonly socket: Socket
  /** The host that it was opened for; undefined for the server's own. */
  readonly openedFor: string | undefined
  format: FrameFormat
  /** Its hello came. */
  greeted: boolean
  subscribed: string | undefined
}

/** A server that accepts and then says nothing must not hold us up. */
const helloWithinMs = 10_000
/** The code that a socket reports when a connection ends without one. */
const abnormalClosure = 1006
const policyViolation = 1008
const tellThroughputMs = 2_000
/** A server that asks for longer than this is not obeyed. */
const longestRetryAfterMs = 5 * 60_000

/**
 * The connection to one server, kept up for as long as it is started: it connects, subscribes, hands frames to the
 * store, and after a loss comes back with the position of the last row it has. Where WebSockets are blocked it takes an
 * event stream, and goes back when it can. One connection at a time (beside an event stream a WebSocket is tried now
 * and then); what a connection reports after it was let go is ignored.
 */
export class Session {
  readonly #options: SessionOptions
  readonly #clock: Clock
  readonly #page: PageSignals
  readonly #random: () => number
  readonly #backoff: Backoff
  readonly #choice = new TransportChoice()
  readonly #throughput = new Throughput()
  readonly #board: StatusBoard
  #running = false
  #link: Link | undefined
  /** A WebSocket that is tried beside an event stream. */
  #trial: Link | undefined
  #watch: Watch | undefined
  #liveSinceMs = NaN
  #throughputToldMs = -Infinity
  #cancelTimer = nothing // the wait for the hello, or for the next attempt
  #cancelTrial = nothing // the wait for the next trial, or for its hello
  #endSignals = nothing
  #watched: string | undefined
  #app: string | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    this.#clock = options.clock ?? browserClock
    this.#page = options.page ?? browserPage
    this.#random = options.random ?? Math.random
    this.#backoff = new Backoff(this.#random)
    this.#board = new StatusBoard(this.#clock.wallMs())
  }

  get status(): ConnectionStatus {
    return this.#board.status
  }

  /** Tells of each new status. The result ends it. */
  subscribe(listener: () => void): () => void {
    return this.#board.subscribe(listener)
  }

  start(): void {
    if (this.#running) return
    this.#running = true
    this.#endSignals = this.#page.subscribe((signal) => this.#onSignal(signal))
    this.#backoff.reset()
    this.#enter('connecting', { attempt: 0 })
    this.#connect()
  }

  stop(): void {
    if (!this.#running) return
    this.#running = false
    this.#endSignals()
    this.#endSignals = nothing
    this.#release()
    this.#enter('offline')
  }

  /** Tries at once, also after the server refused. Without effect on a live or a stopped session. */
  retryNow(): void {
    if (this.#link !== undefined || !this.#running) return
    this.#cancelTimer()
    if (this.status.state === 'refused') this.#enter('reconnecting')
    this.#connect()
  }

  /** Whose data to ask for; undefined for the server's own host. Holds for later connections too. */
  watch(host: string | undefined): void {
    this.#watched = host
    if (this.#link?.greeted === true) this.#subscribe()
  }

  #connect(): void {
    this.#board.publish({}, ['nextRetryAt'])
    this.#cancelTimer = this.#clock.after(helloWithinMs, () =>
      this.#lose(abnormalClosure, 'no hello within 10 s'),
    )
    try {
      this.#link = this.#open(this.#choice.kind)
    } catch (error) {
      // The browser refuses the address itself, as it will the next time.
      this.#refuse(policyViolation, error instanceof Error ? error.message : 'the address cannot be used')
    }
  }

  #open(kind: TransportKind): Link {
    const { events, url, socketFactory = openWebSocket } = this.#options
    const open = kind === 'events' && events !== undefined ? events.open : socketFactory
    const address = kind === 'events' && events !== undefined ? events.url : url
    const openedFor = this.#watched ?? this.#options.store.own
    const socket = open(
      address,
      {
        onOpen: (format) => (link.format = format),
        onMessage: (data) => this.#onMessage(link, data),
        onClose: (code, reason, retryAfterMs) => this.#onClose(link, code, reason, retryAfterMs),
      },
      this.#wishFor(openedFor),
    )
    const link: Link = { kind, socket, openedFor, format: 'json', greeted: false, subscribed: undefined }
    return link
  }

  #onMessage(link: Link, data: string | ArrayBuffer): void {
    if (link !== this.#link && link !== this.#trial) return
    this.#noteThroughput(typeof data === 'string' ? data.length : data.byteLength)
    if (link === this.#link) this.#watch?.heard()
    try {
      const frame = decodeFrame(data)
      if (frame !== undefined) this.#onFrame(link, frame)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      // Nothing after this frame can be trusted to follow on what we have: come back with the last good position.
      this.#onClose(link, abnormalClosure, `the server sent a frame that cannot be read: ${error.message}`)
    }
  }

  #noteThroughput(bytes: number): void {
    const now = this.#clock.monotonicMs()
    this.#throughput.add(bytes, now)
    if (now - this.#throughputToldMs < tellThroughputMs || this.status.state !== 'live') return
    this.#throughputToldMs = now
    this.#board.publish({ bytesPerSecond: this.#throughput.bytesPerSecond(now) })
  }

  #onClose(link: Link, code: number, reason: string, retryAfterMs?: number): void {
    if (link === this.#link) this.#lose(code, reason, retryAfterMs)
    else if (link === this.#trial) this.#endTrial()
  }

  #onFrame(link: Link, frame: ServerFrame): void {
    if (!link.greeted) {
      if (frame.type === 'hello') this.#onGreeting(link, frame)
      else this.#onClose(link, abnormalClosure, 'the first frame was not a hello')
      return
    }
    this.#options.store.apply(frame)
    switch (frame.type) {
      case 'hello': // an event stream begins anew with each subscription
        return this.#noteApp(frame.server.app)
      case 'pong':
        return this.#watch?.pong(frame)
      case 'gap':
        return this.#board.publish({ dropped: this.status.dropped + (frame.dropped ?? 0) })
      case 'error':
        // Should the host come, it is asked for again.
        if (frame.code === 'unknown_host') link.subscribed = undefined
        return this.#board.publish({ problem: frame.message })
      case 'host':
        if (frame.state === 'gone' && frame.host.name === link.subscribed) link.subscribed = undefined
        if (frame.state === 'live' && frame.host.name === this.#wanted) this.#subscribe()
        return
      default:
        return
    }
  }

  #onGreeting(link: Link, hello: Hello): void {
    if (hello.protocol !== protocolVersion) {
      if (link === this.#trial) return this.#endTrial()
      return this.#refuse(
        policyViolation,
        `the server speaks protocol ${hello.protocol}, this app ${protocolVersion}`,
      )
    }
    if (link === this.#trial) this.#promote(link)
    link.greeted = true
    this.#cancelTimer()
    this.#liveSinceMs = this.#clock.monotonicMs()
    this.#choice.succeeded(link.kind)
    this.#options.store.apply(hello)
    this.#noteApp(hello.server.app)
    this.#noteTransport()
    this.#enter('live', { attempt: 0, serverVersion: hello.server.version, format: link.format })
    // An event stream has begun with what it was opened for.
    if (link.kind === 'events') link.subscribed = link.openedFor ?? this.#options.store.own
    this.#subscribe()
    this.#watch?.stop()
    this.#watch = this.#watchOver(link, hello)
    if (link.kind === 'events') this.#planTrial()
  }

  #noteApp(app: string | undefined): void {
    if (this.#options.servedPage !== true || app === undefined) return
    this.#app ??= app
    if (app !== this.#app) this.#board.publish({ appChanged: true })
  }

  #watchOver(link: Link, hello: Hello): Watch {
    const events: HeartbeatEvents = {
      onMeasured: (measured) => this.#board.publish(measured),
      onDead: (reason) => this.#lose(abnormalClosure, reason),
    }
    if (link.kind === 'events') return new EventsWatch(this.#clock, events)
    return new Heartbeat(hello.interval, this.#clock, (id) => link.socket.send({ type: 'ping', id }), events)
  }

  get #wanted(): string | undefined {
    return this.#watched ?? this.#options.store.own
  }

  /** Asks for the watched host from where we are, and no longer for the one before. */
  #subscribe(): void {
    const link = this.#link
    const host = this.#wanted
    if (link === undefined || host === undefined || host === link.subscribed) return
    if (link.subscribed !== undefined) link.socket.send({ type: 'unsubscribe', hosts: [link.subscribed] })
    link.subscribed = host
    link.socket.send(this.#wishFor(host))
  }

  /** A subscription to a host from where we are; to the server's own if there is none. */
  #wishFor(host: string | undefined): Subscribe {
    if (host === undefined) return { type: 'subscribe' }
    const since = this.#options.store.position(host)
    return { type: 'subscribe', hosts: [host], ...(since === undefined ? {} : { since: { [host]: since } }) }
  }

  #onSignal(signal: 'visible' | 'online' | 'offline'): void {
    const { state } = this.status
    if (state === 'live') {
      this.#watch?.probe()
      if (signal === 'online' && this.#link?.kind === 'events') this.#tryAnew()
    } else if (signal === 'offline') this.#enterLost()
    else if (state === 'reconnecting' || state === 'offline') this.retryNow()
  }

  #lose(code: number, reason: string, retryAfterMs?: number): void {
    if (isTerminal(code)) return this.#refuse(code, reason)
    const upMs = Number.isNaN(this.#liveSinceMs) ? 0 : this.#clock.monotonicMs() - this.#liveSinceMs
    const came = this.#link?.greeted === true
    this.#release()
    const waitMs = this.#waitAfter(came, code, upMs, retryAfterMs)
    this.#cancelTimer = this.#clock.after(waitMs, () => this.#connect())
    this.#enterLost({
      attempt: this.#backoff.failures,
      nextRetryAt: this.#clock.wallMs() + waitMs,
      closeCode: code,
      closeReason: reason,
    })
  }

  /** Draws the conclusions from a loss, and says when the next attempt is due. */
  #waitAfter(came: boolean, code: number, upMs: number, retryAfterMs: number | undefined): number {
    const waitMs = this.#backoff.next(upMs)
    if (retryAfterMs !== undefined) {
      this.#choice.refusedForNow()
      this.#noteTransport()
      // All that were refused at once must not come back at once.
      return Math.max(waitMs, Math.min(retryAfterMs, longestRetryAfterMs) * (1 + this.#random() / 2))
    }
    if (came || code !== abnormalClosure || this.#options.events === undefined) return waitMs
    const switched = this.#choice.failed()
    this.#noteTransport()
    if (this.#choice.doubtful) {
      void this.#options.events.answersHttp().then((answers) => this.#choice.noteHttp(answers))
    }
    // The server is there, and this client has waited once already.
    return switched && this.#choice.kind === 'events' ? 0 : waitMs
  }

  #planTrial(): void {
    this.#cancelTrial()
    this.#cancelTrial = this.#clock.after(this.#choice.nextTrialMs(this.#random()), () => this.#try())
  }

  #tryAnew(): void {
    this.#choice.networkChanged()
    this.#endTrial()
    this.#cancelTrial()
    this.#try()
  }

  /** Opens a WebSocket beside the event stream. It takes over with its hello; the stream goes on until then. */
  #try(): void {
    this.#cancelTrial = this.#clock.after(helloWithinMs, () => this.#endTrial())
    try {
      this.#trial = this.#open('websocket')
    } catch {
      this.#endTrial()
    }
  }

  #endTrial(): void {
    const trial = this.#trial
    this.#trial = undefined
    trial?.socket.close()
    this.#planTrial()
  }

  #promote(trial: Link): void {
    this.#trial = undefined
    this.#release()
    this.#link = trial
  }

  #noteTransport(): void {
    const transport = this.#choice.kind
    if (transport === this.status.transport) return
    const change = { transport, transportSince: this.#clock.wallMs() }
    if (transport === 'websocket') this.#board.publish(change, ['transportReason'])
    else
      this.#board.publish({ ...change, transportReason: 'WebSockets are blocked on the way to the server' })
  }

  #refuse(code: number, reason: string): void {
    this.#release()
    this.#enter('refused', { closeCode: code, closeReason: reason })
  }

  #enterLost(change: Partial<ConnectionStatus> = {}): void {
    if (this.status.state === 'refused') return
    this.#enter(this.#page.online() ? 'reconnecting' : 'offline', change)
  }

  /** Lets go of the connection, of a trial beside it, and of all that waits for them. */
  #release(): void {
    const sockets = [this.#link?.socket, this.#trial?.socket]
    this.#link = this.#trial = undefined
    this.#cancelTimer()
    this.#cancelTrial()
    this.#watch?.stop()
    this.#watch = undefined
    this.#liveSinceMs = NaN
    for (const socket of sockets) socket?.close()
  }

  #enter(state: ConnectionState, change: Partial<ConnectionStatus> = {}): void {
    this.#board.enter(state, this.#clock.wallMs(), change)
  }
}

function nothing(): void {
  // Nothing to take back yet.
}

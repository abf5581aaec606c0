import { DecodeError } from '../wire/check.ts'
import { decodeFrame } from '../wire/decode.ts'
import { encodeFrame } from '../wire/encode.ts'
import { protocolVersion, type ServerFrame } from '../wire/frames.ts'
import type { Hello, Position, Subscribe } from '../wire/types.gen.ts'
import { Backoff } from './backoff.ts'
import { browserClock, type Clock } from './clock.ts'
import { ClockOffset } from './clockOffset.ts'
import { isTerminal } from './closeCode.ts'
import { type ConnectionState, type ConnectionStatus, StatusBoard } from './connectionStatus.ts'
import { Heartbeat } from './heartbeat.ts'
import { browserPage, type PageSignals } from './pageSignals.ts'
import { openWebSocket, type Socket, type SocketFactory } from './socket.ts'
import { Throughput } from './throughput.ts'

export type { ConnectionState, ConnectionStatus } from './connectionStatus.ts'

/** Where the frames go. */
export interface FrameStore {
  apply(frame: ServerFrame): void
  position(host: string): Position | undefined
  readonly own: string | undefined
}

export interface SessionOptions {
  url: string
  store: FrameStore
  /** The page came from this server, so a newer app there is news. */
  servedPage?: boolean
  socketFactory?: SocketFactory
  clock?: Clock
  page?: PageSignals
  random?: () => number
}

/** A server that accepts and then says nothing must not hold us up. */
const helloWithinMs = 10_000
/** The code that a socket reports when a connection ends without one. */
const abnormalClosure = 1006
const policyViolation = 1008

/**
 * The connection to one server, kept up for as long as it is started: it connects, subscribes, hands frames to the
 * store, and after a loss comes back with the position of the last row it has. One socket at a time; what a socket
 * reports after it was let go is ignored.
 */
export class Session {
  readonly #options: SessionOptions
  readonly #clock: Clock
  readonly #page: PageSignals
  readonly #backoff: Backoff
  readonly #throughput = new Throughput()
  readonly #offset = new ClockOffset()
  readonly #board: StatusBoard
  #running = false
  #socket: Socket | undefined
  #heartbeat: Heartbeat | undefined
  #liveSinceMs = NaN
  #cancelTimer = nothing // the wait for the hello, or for the next attempt
  #endSignals = nothing
  #watched: string | undefined
  #subscribed: string | undefined
  #app: string | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    this.#clock = options.clock ?? browserClock
    this.#page = options.page ?? browserPage
    this.#backoff = new Backoff(options.random)
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
    if (this.#socket !== undefined || !this.#running) return
    this.#cancelTimer()
    if (this.status.state === 'refused') this.#enter('reconnecting')
    this.#connect()
  }

  /** Whose data to ask for; undefined for the server's own host. Holds for later connections too. */
  watch(host: string | undefined): void {
    this.#watched = host
    if (this.status.state === 'live') this.#subscribe()
  }

  #connect(): void {
    this.#board.publish({}, ['nextRetryAt'])
    this.#cancelTimer = this.#clock.after(helloWithinMs, () =>
      this.#lose(abnormalClosure, 'no hello within 10 s'),
    )
    try {
      this.#socket = this.#openSocket()
    } catch (error) {
      // The browser refuses the address itself, as it will the next time.
      this.#refuse(policyViolation, error instanceof Error ? error.message : 'the address cannot be used')
    }
  }

  #openSocket(): Socket {
    const current = (): boolean => this.#socket === socket
    const socket = (this.#options.socketFactory ?? openWebSocket)(this.#options.url, {
      onText: (text) => {
        if (current()) this.#onText(text)
      },
      onClose: (code, reason) => {
        if (current()) this.#lose(code, reason)
      },
    })
    return socket
  }

  #onText(text: string): void {
    this.#throughput.add(text.length, this.#clock.monotonicMs())
    this.#heartbeat?.heard()
    try {
      const frame = decodeFrame(text)
      if (frame !== undefined) this.#onFrame(frame)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      // Nothing after this frame can be trusted to follow on what we have: come back with the last good position.
      this.#lose(abnormalClosure, `the server sent a frame that cannot be read: ${error.message}`)
    }
  }

  #onFrame(frame: ServerFrame): void {
    if (frame.type === 'hello') return this.#onHello(frame)
    if (this.status.state !== 'live') return this.#lose(abnormalClosure, 'the first frame was not a hello')
    this.#options.store.apply(frame)
    if (frame.type === 'pong') this.#heartbeat?.pong(frame)
    if (frame.type === 'gap') this.#board.publish({ dropped: this.status.dropped + (frame.dropped ?? 0) })
    if (frame.type === 'error') this.#board.publish({ problem: frame.message })
  }

  #onHello(hello: Hello): void {
    if (hello.protocol !== protocolVersion) {
      return this.#refuse(
        policyViolation,
        `the server speaks protocol ${hello.protocol}, this app ${protocolVersion}`,
      )
    }
    this.#cancelTimer()
    this.#liveSinceMs = this.#clock.monotonicMs()
    this.#offset.clear()
    this.#options.store.apply(hello)
    this.#noteApp(hello.server.app)
    this.#enter('live', { attempt: 0, serverVersion: hello.server.version })
    this.#subscribed = undefined
    this.#subscribe()
    this.#heartbeat?.stop()
    this.#heartbeat = this.#watchOver(hello.interval)
  }

  #noteApp(app: string | undefined): void {
    if (this.#options.servedPage !== true || app === undefined) return
    this.#app ??= app
    if (app !== this.#app) this.#board.publish({ appChanged: true })
  }

  #watchOver(intervalSeconds: number): Heartbeat {
    return new Heartbeat(intervalSeconds, this.#clock, {
      sendPing: (id) => this.#socket?.send(encodeFrame({ type: 'ping', id })),
      onPong: (sample) => {
        this.#offset.add(sample)
        this.#board.publish({
          ...(sample.steady ? { roundTripMs: sample.roundTripMs } : {}),
          clockOffsetMs: this.#offset.offsetMs ?? sample.offsetMs,
          bytesPerSecond: this.#throughput.bytesPerSecond(this.#clock.monotonicMs()),
        })
      },
      onDead: (reason) => this.#lose(abnormalClosure, reason),
    })
  }

  /** Asks for the watched host from where we are, and no longer for the one before. */
  #subscribe(): void {
    const { store } = this.#options
    const host = this.#watched ?? store.own
    if (host === undefined || host === this.#subscribed) return
    if (this.#subscribed !== undefined) {
      this.#socket?.send(encodeFrame({ type: 'unsubscribe', hosts: [this.#subscribed] }))
    }
    this.#subscribed = host
    const since = store.position(host)
    const frame: Subscribe = { type: 'subscribe', hosts: [host] }
    if (since !== undefined) frame.since = { [host]: since }
    this.#socket?.send(encodeFrame(frame))
  }

  #onSignal(signal: 'visible' | 'online' | 'offline'): void {
    const { state } = this.status
    if (state === 'live') this.#heartbeat?.probe()
    else if (signal === 'offline') this.#enterLost()
    else if (state === 'reconnecting' || state === 'offline') this.retryNow()
  }

  #lose(code: number, reason: string): void {
    if (isTerminal(code)) return this.#refuse(code, reason)
    const upMs = Number.isNaN(this.#liveSinceMs) ? 0 : this.#clock.monotonicMs() - this.#liveSinceMs
    this.#release()
    const waitMs = this.#backoff.next(upMs)
    this.#cancelTimer = this.#clock.after(waitMs, () => this.#connect())
    this.#enterLost({
      attempt: this.#backoff.failures,
      nextRetryAt: this.#clock.wallMs() + waitMs,
      closeCode: code,
      closeReason: reason,
    })
  }

  #refuse(code: number, reason: string): void {
    this.#release()
    this.#enter('refused', { closeCode: code, closeReason: reason })
  }

  #enterLost(change: Partial<ConnectionStatus> = {}): void {
    if (this.status.state === 'refused') return
    this.#enter(this.#page.online() ? 'reconnecting' : 'offline', change)
  }

  /** Lets go of the socket and of all that waits for it. */
  #release(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#cancelTimer()
    this.#heartbeat?.stop()
    this.#heartbeat = undefined
    this.#liveSinceMs = NaN
    socket?.close()
  }

  #enter(state: ConnectionState, change: Partial<ConnectionStatus> = {}): void {
    this.#board.enter(state, this.#clock.wallMs(), change)
  }
}

function nothing(): void {
  // Nothing to take back yet.
}

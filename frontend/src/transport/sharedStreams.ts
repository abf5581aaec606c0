import type { Subscribe } from '../wire/types.gen.ts'
import type { Clock } from './clock.ts'
import { Follower } from './follower.ts'
import { peek } from './peek.ts'
import type { TabMessage, WorkerPort } from './sharedMessages.ts'
import type { Socket, SocketFactory } from './socket.ts'

/** Tabs that come together, as when a browser restores them, are served by one stream that is opened once. */
const gatherMs = 50
const askEveryMs = 10_000
/** Ports tell nothing when their tab has gone or is frozen: one that leaves so many questions unanswered is dropped. */
const unansweredMost = 3
const droppedCode = 4001

/** The one event stream per server that the tabs of a browser share. It runs in a worker and holds no data. */
export class SharedStreams {
  readonly #open: SocketFactory
  readonly #clock: Clock
  readonly #streams = new Map<string, SharedStream>()

  constructor(open: SocketFactory, clock: Clock) {
    this.#open = open
    this.#clock = clock
  }

  /** Takes in a tab. */
  connect(port: WorkerPort): void {
    let stream: SharedStream | undefined
    port.listen((message) => {
      if (message.type === 'open') stream = this.#streamOf(message.url)
      stream?.onMessage(port, message)
    })
  }

  #streamOf(url: string): SharedStream {
    const known = this.#streams.get(url)
    if (known !== undefined) return known
    const stream = new SharedStream(url, this.#open, this.#clock, () => this.#streams.delete(url))
    this.#streams.set(url, stream)
    return stream
  }
}

/**
 * The stream of one server, for the union of the hosts that its tabs want. When that changes, or a tab comes that needs
 * a past, it is opened anew from the oldest position that any of them has; a tab that is further is not told again what
 * it has. It comes back from nothing by itself: a loss is told to all tabs, and each decides when to come again.
 */
class SharedStream {
  readonly #url: string
  readonly #open: SocketFactory
  readonly #clock: Clock
  readonly #onEmpty: () => void
  readonly #followers = new Map<WorkerPort, Follower>()
  #socket: Socket | undefined
  #opened = false
  #epoch = ''
  #own: string | undefined
  #cancelGathering: (() => void) | undefined
  #cancelAsking: (() => void) | undefined

  constructor(url: string, open: SocketFactory, clock: Clock, onEmpty: () => void) {
    this.#url = url
    this.#open = open
    this.#clock = clock
    this.#onEmpty = onEmpty
  }

  onMessage(port: WorkerPort, message: TabMessage): void {
    switch (message.type) {
      case 'open':
        return this.#join(port, message.wish)
      case 'want':
        this.#want(port, message.wish)
        return
      case 'here':
        this.#followers.get(port)?.answer()
        return
      case 'bye':
        return this.#leave(port)
    }
  }

  #join(port: WorkerPort, wish: Subscribe): void {
    this.#followers.set(port, new Follower(port, wish))
    if (this.#opened) port.post({ type: 'opened' })
    this.#cancelAsking ??= this.#clock.after(askEveryMs, () => this.#ask())
    this.#gather()
  }

  #want(port: WorkerPort, wish: Subscribe): void {
    const follower = this.#followers.get(port)
    if (follower === undefined) return
    follower.want(wish)
    this.#gather()
  }

  #leave(port: WorkerPort): void {
    if (!this.#followers.delete(port)) return
    port.close()
    // What the others do not want is left away when the stream is next opened: only the last one ends it.
    if (this.#followers.size === 0) this.#end()
  }

  /** Opens the stream for what all want, once those that come now have come. */
  #gather(): void {
    this.#cancelGathering ??= this.#clock.after(gatherMs, () => {
      this.#cancelGathering = undefined
      const wish = this.#union()
      for (const follower of this.#followers.values()) follower.include()
      if (this.#socket === undefined) this.#socket = this.#openFor(wish)
      else this.#socket.send(wish)
    })
  }

  #openFor(wish: Subscribe): Socket {
    const current = (): boolean => this.#socket === socket
    const socket = this.#open(
      this.#url,
      {
        onOpen: () => {
          if (!current()) return
          this.#opened = true
          for (const { port } of this.#followers.values()) port.post({ type: 'opened' })
        },
        onMessage: (data) => {
          if (current() && typeof data === 'string') this.#pass(data)
        },
        onClose: (code, reason, retryAfterMs) => {
          if (current()) this.#lose(code, reason, retryAfterMs)
        },
      },
      wish,
    )
    return socket
  }

  /** The hosts that anybody wants, from the oldest position on. Who wants the own host before it is known is first. */
  #union(): Subscribe {
    const followers = [...this.#followers.values()]
    const hosts = new Set(followers.flatMap((follower) => follower.hosts(this.#own)))
    if (followers.some((follower) => follower.wantsOwn) && this.#own === undefined)
      return { type: 'subscribe' }
    const since: NonNullable<Subscribe['since']> = {}
    for (const host of hosts) {
      const positions = followers
        .filter((follower) => follower.hosts(this.#own).includes(host))
        .map((follower) => follower.position(host))
      const [first] = positions
      if (first === undefined || positions.some((position) => position?.epoch !== first.epoch)) continue
      const seq = Math.min(...positions.map((position) => position?.seq ?? 0))
      since[host] = { epoch: first.epoch, seq }
    }
    return { type: 'subscribe', hosts: [...hosts], ...(Object.keys(since).length > 0 ? { since } : {}) }
  }

  #pass(data: string): void {
    const frame = peek(data)
    const { hello } = frame
    if (hello !== undefined) {
      this.#epoch = hello.epoch
      const knewOwn = this.#own !== undefined
      this.#own = hello.own
      // Until now only the own host was asked for.
      if (!knewOwn && this.#others()) this.#gather()
    }
    for (const follower of this.#followers.values()) follower.take(frame, this.#epoch, this.#own)
  }

  #others(): boolean {
    return [...this.#followers.values()].some((follower) =>
      follower.hosts(this.#own).some((host) => host !== this.#own),
    )
  }

  #ask(): void {
    this.#cancelAsking = this.#clock.after(askEveryMs, () => this.#ask())
    for (const [port, follower] of this.#followers) {
      if (follower.unanswered < unansweredMost) {
        follower.ask()
        continue
      }
      const reason = 'this tab stood still'
      port.post({ type: 'closed', code: droppedCode, reason, retryAfterMs: undefined })
      this.#leave(port)
    }
  }

  #lose(code: number, reason: string, retryAfterMs: number | undefined): void {
    for (const port of this.#followers.keys()) {
      port.post({ type: 'closed', code, reason, retryAfterMs })
      port.close()
    }
    this.#followers.clear()
    this.#end()
  }

  #end(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#cancelGathering?.()
    this.#cancelAsking?.()
    this.#cancelGathering = this.#cancelAsking = undefined
    this.#onEmpty()
    socket?.close()
  }
}

import type { ConnectionStatus } from '../../transport/connectionStatus.ts'
import type { FrameStore } from '../../transport/sessionOptions.ts'
import { Throughput } from '../../transport/throughput.ts'
import type { ServerFrame } from '../../wire/frames.ts'
import type { Gap, Hello, Position, Update } from '../../wire/types.gen.ts'

/** A hole in the stream that the server announced. */
export interface GapNote {
  /** Our clock, ms since the epoch. */
  atMs: number
  host: string
  /** Updates, as far as the server counted them. */
  dropped?: number
}

/** One update, as it arrived. */
export interface ArrivalNote {
  /** Our clock, ms since the epoch. */
  atMs: number
  /** From the measurement to the arrival, both by the server's clock. */
  delayMs: number
  /** The server said that updates are missing before it. */
  afterGap: boolean
}

/** What the session measured by one ping. */
export interface PingNote {
  roundTripMs: number
  bytesPerSecond: number
  /** The server's clock minus ours. */
  clockOffsetMs: number
}

/** Two minutes at 1 Hz. */
const mostArrivals = 120
const mostGaps = 50
/** Five minutes. */
const mostPings = 60
/** What arrives within this time of a hello is the past, or was waiting for us. */
const settleMs = 250

export interface JournalClock {
  wallMs: () => number
  monotonicMs: () => number
}

/**
 * Writes down what the Connection page tells of a stream, on the way of its frames into the store: who greeted us, when
 * updates arrived and how old they were, what was left out. Bounded, and cheap: an update
 * costs one small object.
 */
export class Journal implements FrameStore {
  readonly #store: FrameStore
  readonly #clock: JournalClock
  readonly #frames = new Throughput()
  readonly #listeners = new Set<() => void>()
  #hello: Hello | undefined
  #greetings = 0
  #greetedAtMs = Number.NaN
  readonly #gaps: GapNote[] = []
  readonly #arrivals: ArrivalNote[] = []
  readonly #pings: PingNote[] = []
  #newestTime = Number.NaN
  #afterGap = false
  #total = 0
  #clockOffsetMs = 0

  constructor(
    store: FrameStore,
    clock: JournalClock = { wallMs: Date.now, monotonicMs: () => performance.now() },
  ) {
    this.#store = store
    this.#clock = clock
  }

  get own(): string | undefined {
    return this.#store.own
  }

  position(host: string): Position | undefined {
    return this.#store.position(host)
  }

  /** The greeting of the connection that stands, or stood last. */
  get hello(): Hello | undefined {
    return this.#hello
  }

  /** How often the connection came back. */
  get reconnects(): number {
    return Math.max(0, this.#greetings - 1)
  }

  /** When the last connection was greeted, ms since the epoch; NaN before the first. */
  get greetedAtMs(): number {
    return this.#greetedAtMs
  }

  /** Newest last. */
  get gaps(): readonly GapNote[] {
    return this.#gaps
  }

  /** The last two minutes or so, newest last. */
  get arrivals(): readonly ArrivalNote[] {
    return this.#arrivals
  }

  /** Newest last. */
  get pings(): readonly PingNote[] {
    return this.#pings
  }

  /** Unix seconds of the newest sample; NaN before the first. */
  get newestTime(): number {
    return this.#newestTime
  }

  /** Updates since the page was opened. */
  get total(): number {
    return this.#total
  }

  /** Frames of any kind, over the last ten seconds. */
  framesPerSecond(): number {
    return this.#frames.bytesPerSecond(this.#clock.monotonicMs())
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Takes over what a session measures, for as long as it lives. */
  follow(session: { status: ConnectionStatus; subscribe: (listener: () => void) => unknown }): void {
    session.subscribe(() => {
      const { roundTripMs, bytesPerSecond, clockOffsetMs } = session.status
      this.#clockOffsetMs = clockOffsetMs ?? 0
      const last = this.#pings.at(-1)
      if (roundTripMs === undefined || roundTripMs === last?.roundTripMs) return
      keep(this.#pings, { roundTripMs, bytesPerSecond, clockOffsetMs: this.#clockOffsetMs }, mostPings)
    })
  }

  apply(frame: ServerFrame): void {
    this.#frames.add(1, this.#clock.monotonicMs())
    this.#note(frame)
    this.#store.apply(frame)
    for (const listener of this.#listeners) listener()
  }

  #note(frame: ServerFrame): void {
    switch (frame.type) {
      case 'hello':
        return this.#noteHello(frame)
      case 'gap':
        return this.#noteGap(frame)
      case 'snapshot':
        this.#newestTime = frame.timestamps.at(-1) ?? this.#newestTime
        return
      case 'update':
        return this.#noteUpdate(frame)
      default: // the rest says nothing about the connection
    }
  }

  #noteHello(hello: Hello): void {
    this.#hello = hello
    this.#greetings++
    this.#greetedAtMs = this.#clock.wallMs()
  }

  #noteGap(gap: Gap): void {
    const note: GapNote = { atMs: this.#clock.wallMs(), host: gap.host }
    if (gap.dropped !== undefined) note.dropped = gap.dropped
    keep(this.#gaps, note, mostGaps)
    this.#afterGap = true
  }

  #noteUpdate(update: Update): void {
    this.#total++
    this.#newestTime = update.timestamp
    // Rows of pushed values bear the time that somebody gave them.
    if (update.columns !== undefined) return
    const atMs = this.#clock.wallMs()
    if (atMs - this.#greetedAtMs < settleMs) return
    const delayMs = Math.max(0, atMs + this.#clockOffsetMs - update.timestamp * 1000)
    keep(this.#arrivals, { atMs, delayMs, afterGap: this.#afterGap }, mostArrivals)
    this.#afterGap = false
  }
}

/** Adds to the end of a list of the newest so many. */
function keep<Note>(notes: Note[], note: Note, most: number): void {
  notes.push(note)
  if (notes.length > most) notes.shift()
}
